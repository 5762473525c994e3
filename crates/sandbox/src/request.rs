//! An API request: path, query, headers and body.
//!
//! A path names objects of a kind, or is one of the server itself. Start at [`ApiRequest`] and
//! [`Target::parse`].

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::Value;

use crate::access::Identity;
use crate::api_status::ApiStatus;
use crate::protobuf;

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) identity: Identity,
    /// When the server received it.
    pub(crate) received: Timestamp,
}

impl ApiRequest {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as an object, from JSON or protobuf.
    pub(crate) fn object(&self) -> Result<Value, ApiStatus> {
        let media_type = self
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default();
        match media_type.trim() {
            "application/vnd.kubernetes.protobuf" => protobuf::decode(&self.body)
                .ok_or_else(|| ApiStatus::unsupported_media("application/vnd.kubernetes.protobuf")),
            "application/cbor" => Err(ApiStatus::unsupported_media("application/cbor")),
            _ => serde_json::from_slice(&self.body).map_err(|failure| {
                ApiStatus::bad_request(format!(
                    "the object provided is unrecognized (must be of type JSON): {failure}"
                ))
            }),
        }
    }

    /// Whether this is a dry run.
    pub(crate) fn is_dry(&self) -> bool {
        self.query.all("dryRun").any(|run| run == "All")
    }

    /// The field manager of the writer.
    pub(crate) fn manager(&self) -> String {
        let field_manager = self.query.get("fieldManager");
        if !field_manager.is_empty() {
            return field_manager.to_owned();
        }
        let agent = self
            .header("user-agent")
            .split('/')
            .next()
            .unwrap_or_default();
        if agent.is_empty() {
            "unknown".to_owned()
        } else {
            agent.to_owned()
        }
    }
}

/// The query of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pairs: BTreeMap<String, Vec<String>>,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            pairs
                .entry(name.into_owned())
                .or_default()
                .push(value.into_owned());
        }
        Self { pairs }
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .get(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self.get(name), "true" | "1")
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.get(name).parse().ok()
    }
}

/// The objects that a path names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
    pub(crate) subresource: String,
}

impl Target {
    /// Parses a path below `/api/v1` or `/apis/group/version`.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let parts: Vec<String> = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(decoded)
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (group, version, mut rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        if let [keyword, remaining @ ..] = rest
            && *keyword == "watch"
        {
            rest = remaining;
        }
        let mut target = Self {
            group: group.to_owned(),
            version: version.to_owned(),
            ..Self::default()
        };
        let named: &[&str] = match rest {
            [] => return None,
            ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => rest,
            ["namespaces", namespace, rest @ ..] => {
                (*namespace).clone_into(&mut target.namespace);
                rest
            }
            rest => rest,
        };
        let mut words = named.iter().map(|word| (*word).to_owned());
        target.plural = words.next()?;
        target.name = words.next().unwrap_or_default();
        target.subresource = words.collect::<Vec<_>>().join("/");
        Some(target)
    }
}

fn decoded(part: &str) -> String {
    // A plus sign is literal in a path.
    let text = format!("p={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map_or_else(|| part.to_owned(), |(_, value)| value.into_owned())
}
