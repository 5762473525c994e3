//! The kubeconfig file format: unknown fields are errors.

use serde::{Deserialize, de::IgnoredAny};
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
    #[serde(default)]
    pub(super) clusters: Vec<NamedCluster>,
    #[serde(default)]
    pub(super) users: Vec<NamedUser>,
    #[serde(default)]
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
    pub(super) certificate_authority: Option<IgnoredAny>,
    pub(super) insecure_skip_tls_verify: Option<bool>,
    pub(super) tls_server_name: Option<String>,
    pub(super) proxy_url: Option<IgnoredAny>,
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
    pub(super) token_file: Option<IgnoredAny>,
    pub(super) client_certificate: Option<IgnoredAny>,
    pub(super) client_key: Option<IgnoredAny>,
    pub(super) exec: Option<IgnoredAny>,
    pub(super) auth_provider: Option<IgnoredAny>,
    pub(super) username: Option<IgnoredAny>,
    pub(super) password: Option<IgnoredAny>,
    #[serde(rename = "as")]
    pub(super) impersonate: Option<IgnoredAny>,
    #[serde(rename = "as-uid")]
    pub(super) impersonate_uid: Option<IgnoredAny>,
    #[serde(rename = "as-groups")]
    pub(super) impersonate_groups: Option<IgnoredAny>,
    #[serde(rename = "as-user-extra")]
    pub(super) impersonate_extra: Option<IgnoredAny>,
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
