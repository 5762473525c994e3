//! The kubeconfig file format: unknown fields are errors.

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;
use wire::Secret;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kubeconfig {
    #[serde(rename = "apiVersion", default)]
    pub(super) _api_version: Option<String>,
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(rename = "current-context", default)]
    pub(super) _current: Option<String>,
    #[serde(rename = "preferences", default)]
    pub(super) _preferences: Option<IgnoredAny>,
    #[serde(rename = "extensions", default)]
    pub(super) _extensions: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) clusters: Vec<NamedCluster>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) users: Vec<NamedUser>,
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) contexts: Vec<NamedContext>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedCluster {
    pub(super) name: String,
    pub(super) cluster: ClusterEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ClusterEntry {
    pub(super) server: String,
    pub(super) certificate_authority_data: Option<String>,
    #[serde(default)]
    pub(super) certificate_authority: IsSet,
    pub(super) insecure_skip_tls_verify: Option<bool>,
    pub(super) tls_server_name: Option<String>,
    #[serde(default)]
    pub(super) proxy_url: IsSet,
    #[serde(rename = "disable-compression")]
    pub(super) _disable_compression: Option<bool>,
    #[serde(rename = "extensions")]
    pub(super) _extensions: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedUser {
    pub(super) name: String,
    pub(super) user: Option<UserEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct UserEntry {
    pub(super) token: Option<Secret<String>>,
    pub(super) client_certificate_data: Option<String>,
    pub(super) client_key_data: Option<Secret<String>>,
    #[serde(rename = "tokenFile")]
    #[serde(default)]
    pub(super) token_file: IsSet,
    #[serde(default)]
    pub(super) client_certificate: IsSet,
    #[serde(default)]
    pub(super) client_key: IsSet,
    #[serde(default)]
    pub(super) exec: IsSet,
    #[serde(default)]
    pub(super) auth_provider: IsSet,
    #[serde(default)]
    pub(super) username: IsSet,
    #[serde(default)]
    pub(super) password: IsSet,
    #[serde(rename = "as")]
    #[serde(default)]
    pub(super) impersonate: IsSet,
    #[serde(rename = "as-uid")]
    #[serde(default)]
    pub(super) impersonate_uid: IsSet,
    #[serde(rename = "as-groups")]
    #[serde(default)]
    pub(super) impersonate_groups: IsSet,
    #[serde(rename = "as-user-extra")]
    #[serde(default)]
    pub(super) impersonate_extra: IsSet,
    #[serde(rename = "extensions")]
    pub(super) _extensions: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedContext {
    pub(super) name: String,
    pub(super) context: ContextEntry,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextEntry {
    pub(super) cluster: String,
    pub(super) user: String,
    #[serde(rename = "namespace")]
    pub(super) _namespace: Option<String>,
    #[serde(rename = "extensions")]
    pub(super) _extensions: Option<IgnoredAny>,
}

/// A list that may be null, as kubectl writes one without entries.
fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Whether a field that is not supported has a value: null, an empty text, list or map is none, as for
/// kubectl. The value itself is not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct IsSet(pub(super) bool);

impl<'de> Deserialize<'de> for IsSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = IsSet;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<IsSet, E> {
        Ok(IsSet(false))
    }

    fn visit_none<E>(self) -> Result<IsSet, E> {
        Ok(IsSet(false))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<IsSet, D::Error> {
        IsSet::deserialize(deserializer)
    }

    fn visit_str<E>(self, text: &str) -> Result<IsSet, E> {
        Ok(IsSet(!text.is_empty()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<IsSet, E> {
        Ok(IsSet(true))
    }

    fn visit_i64<E>(self, _: i64) -> Result<IsSet, E> {
        Ok(IsSet(true))
    }

    fn visit_u64<E>(self, _: u64) -> Result<IsSet, E> {
        Ok(IsSet(true))
    }

    fn visit_f64<E>(self, _: f64) -> Result<IsSet, E> {
        Ok(IsSet(true))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<IsSet, A::Error> {
        let mut is_set = false;
        while elements.next_element::<IgnoredAny>()?.is_some() {
            is_set = true;
        }
        Ok(IsSet(is_set))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<IsSet, A::Error> {
        let mut is_set = false;
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            is_set = true;
        }
        Ok(IsSet(is_set))
    }
}

/// The first document of a text: kubectl ignores the others.
pub(super) fn first_document(text: &str) -> &str {
    let mut start = None;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let is_marker = line.trim_end() == "---" || line.starts_with("--- ");
        let has_content = !line.trim().is_empty() && !line.starts_with('#');
        match start {
            Some(_) if is_marker || line.trim_end() == "..." => {
                return text.get(..offset).unwrap_or(text);
            }
            None if has_content && !is_marker => start = Some(offset),
            _ => {}
        }
        offset += line.len();
    }
    text
}

/// What is wrong with a text that is not a kubeconfig. The parser's own message is left out: it quotes
/// values, which may be tokens and keys.
pub(super) fn describe(error: &serde_saphyr::Error) -> String {
    let message = error.to_string();
    let name_after = |start: &str| {
        let (_, rest) = message.split_once(start)?;
        let (name, _) = rest.split_once('`')?;
        (name.len() <= MAX_NAME).then(|| format!("{start}{name}`"))
    };
    let reason = ["unknown field `", "missing field `"]
        .into_iter()
        .find_map(name_after)
        .unwrap_or_else(|| "it is not YAML, or a field does not have its type".to_owned());
    match error.location() {
        Some(at) => format!("line {}, column {}: {reason}", at.line(), at.column()),
        None => reason,
    }
}

/// The length of the longest name of a field that an error repeats.
const MAX_NAME: usize = 40;
