//! A strict kubeconfig parser: inline data only, no exec plugins, files or proxies.
//!
//! A kubeconfig may name programs to run, files to read and proxies to dial through; a server that accepts
//! one over the network must do none of that. Each such field is an error with its name and the reason.

mod file;
mod mounted;
mod pem;

pub use mounted::ServiceAccountMount;
pub(crate) use pem::{are_certificates, is_private_key};

use crate::address::AddressPolicy;
use file::{ClusterEntry, Kubeconfig, NamedContext, UserEntry};
use rustls_pki_types::ServerName;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use wire::{Secret, address::without_userinfo};

/// The reason why fields that name files are not supported.
const INLINE_DATA: &str =
    "it names a file of your host; `kubectl config view --flatten --minify` inlines the data";

/// The address of one cluster and the credentials for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The API server, `https://host:port`.
    pub server: String,
    /// The name in its certificate, if it differs from the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_server_name: Option<String>,
    /// The CA certificates that verify the server, as PEM.
    #[serde(alias = "authority")]
    pub ca_bundle: String,
    /// The credentials of the client.
    #[serde(alias = "login")]
    pub auth_info: AuthInfo,
}

/// The credentials of a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum AuthInfo {
    /// A bearer token.
    Token(Secret<String>),
    /// A bearer token in a file that is read for each call: the token of the console's own pod.
    TokenFile(PathBuf),
    /// A client certificate and its key, both PEM.
    Certificate {
        /// The certificate.
        certificate: String,
        /// Its key.
        key: Secret<String>,
    },
}

impl AuthInfo {
    /// A short description for the operator.
    pub fn description(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::TokenFile(_) => "token of its pod",
            Self::Certificate { .. } => "client certificate",
        }
    }
}

/// The error of a kubeconfig, or of one of its contexts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KubeconfigError {
    /// The text is not a kubeconfig.
    #[error("invalid kubeconfig: {0}")]
    Unreadable(String),
    /// The kubeconfig has no context.
    #[error("the kubeconfig has no context")]
    NoContext,
    /// The context names a cluster or user that is not in the file.
    #[error("the context refers to the {entry} {name}, which is not in the kubeconfig")]
    UnknownReference {
        /// `cluster` or `user`.
        entry: &'static str,
        /// Its name.
        name: String,
    },
    /// A field that this console does not support.
    #[error("{key} is not supported: {reason}")]
    UnsupportedField {
        /// The key, as written in the file.
        key: &'static str,
        /// The reason.
        reason: &'static str,
    },
    /// A required field is missing.
    #[error("{key} is missing")]
    MissingField {
        /// The key.
        key: &'static str,
    },
    /// A field has an invalid value.
    #[error("{key} is invalid: {reason}")]
    InvalidField {
        /// The key.
        key: &'static str,
        /// The reason.
        reason: String,
    },
    /// The address policy refuses the server.
    #[error("the server {server} is not allowed: {reason}")]
    InvalidServer {
        /// As written, without a user, a password and a query.
        server: String,
        /// The reason.
        reason: String,
    },
}

/// One context of a kubeconfig with its credentials, or the reason why it cannot be used.
#[derive(Debug)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// Its server, as written, without a user, a password and a query.
    pub server: String,
    /// Its credentials, or why it cannot be used.
    pub outcome: Result<Credentials, KubeconfigError>,
}

/// Parses a kubeconfig and validates each of its contexts.
///
/// # Errors
/// [`KubeconfigError::Unreadable`] or [`KubeconfigError::NoContext`] when no context can be read.
pub fn read_kubeconfig(text: &str, policy: AddressPolicy) -> Result<Vec<Context>, KubeconfigError> {
    const MAX_BYTES: usize = 1 << 20;
    if text.len() > MAX_BYTES {
        return Err(KubeconfigError::Unreadable(
            "it is larger than 1 MiB".into(),
        ));
    }
    let file: Kubeconfig = serde_saphyr::from_str(text)
        .map_err(|error| KubeconfigError::Unreadable(file::describe(&error)))?;
    if file.kind.as_deref().is_some_and(|kind| kind != "Config") {
        return Err(KubeconfigError::Unreadable("its kind is not Config".into()));
    }
    if file.contexts.is_empty() {
        return Err(KubeconfigError::NoContext);
    }
    Ok(file
        .contexts
        .iter()
        .map(|context| resolve(&file, context, policy))
        .collect())
}

fn resolve(file: &Kubeconfig, context: &NamedContext, policy: AddressPolicy) -> Context {
    let cluster = file
        .clusters
        .iter()
        .find(|cluster| cluster.name == context.context.cluster);
    let user = file
        .users
        .iter()
        .find(|user| user.name == context.context.user);
    let server = cluster
        .map(|cluster| without_userinfo(&cluster.cluster.server))
        .unwrap_or_default();
    let outcome = (|| {
        let cluster = cluster.ok_or_else(|| KubeconfigError::UnknownReference {
            entry: "cluster",
            name: context.context.cluster.clone(),
        })?;
        let user = user.and_then(|user| user.user.as_ref()).ok_or_else(|| {
            KubeconfigError::UnknownReference {
                entry: "user",
                name: context.context.user.clone(),
            }
        })?;
        check_cluster_fields(&cluster.cluster)?;
        check_user_fields(user)?;
        Ok(Credentials {
            server: parse_server(&cluster.cluster.server, policy)?,
            tls_server_name: parse_tls_server_name(&cluster.cluster)?,
            ca_bundle: pem::ca_bundle(cluster.cluster.certificate_authority_data.as_deref())?,
            auth_info: parse_auth_info(user)?,
        })
    })();
    Context {
        name: context.name.clone(),
        server,
        outcome,
    }
}

fn check_cluster_fields(cluster: &ClusterEntry) -> Result<(), KubeconfigError> {
    let reject_if = |present: bool, key, reason| {
        if present {
            Err(KubeconfigError::UnsupportedField { key, reason })
        } else {
            Ok(())
        }
    };
    reject_if(
        cluster.insecure_skip_tls_verify == Some(true),
        "insecure-skip-tls-verify",
        "the token would be sent to an unverified server; use certificate-authority-data instead",
    )?;
    reject_if(
        cluster.proxy_url.is_some(),
        "proxy-url",
        "the console dials clusters itself",
    )?;
    reject_if(
        cluster.certificate_authority.is_some(),
        "certificate-authority",
        INLINE_DATA,
    )
}

fn check_user_fields(user: &UserEntry) -> Result<(), KubeconfigError> {
    let reject_if = |present: bool, key, reason| {
        if present {
            Err(KubeconfigError::UnsupportedField { key, reason })
        } else {
            Ok(())
        }
    };
    let token = "use the token of a ServiceAccount instead";
    let runs =
        "it would run a program on the console's host; use the token of a ServiceAccount instead";
    reject_if(user.exec.is_some(), "exec", runs)?;
    reject_if(user.auth_provider.is_some(), "auth-provider", runs)?;
    reject_if(user.token_file.is_some(), "tokenFile", INLINE_DATA)?;
    reject_if(
        user.client_certificate.is_some(),
        "client-certificate",
        INLINE_DATA,
    )?;
    reject_if(user.client_key.is_some(), "client-key", INLINE_DATA)?;
    reject_if(
        user.username.is_some() || user.password.is_some(),
        "username",
        token,
    )?;
    let impersonates = user.impersonate.is_some()
        || user.impersonate_uid.is_some()
        || user.impersonate_groups.is_some()
        || user.impersonate_extra.is_some();
    reject_if(
        impersonates,
        "as",
        "impersonation is not supported; the console acts as the user of the credentials",
    )
}

fn parse_server(server: &str, policy: AddressPolicy) -> Result<String, KubeconfigError> {
    let invalid = |reason: String| KubeconfigError::InvalidServer {
        server: without_userinfo(server),
        reason,
    };
    let url = url::Url::parse(server).map_err(|error| invalid(error.to_string()))?;
    if url.scheme() != "https" {
        return Err(invalid("it is not https".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("it contains a password".into()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it has a query or a fragment".into()));
    }
    let host = url
        .host_str()
        .ok_or_else(|| invalid("it has no host".into()))?;
    policy
        .check_host(host)
        .map_err(|error| invalid(error.to_string()))?;
    Ok(server.trim_end_matches('/').to_owned())
}

/// The name that the certificate must have; the address that is dialled does not depend on it.
fn parse_tls_server_name(cluster: &ClusterEntry) -> Result<Option<String>, KubeconfigError> {
    let Some(name) = cluster
        .tls_server_name
        .as_deref()
        .filter(|name| !name.is_empty())
    else {
        return Ok(None);
    };
    let parsed = ServerName::try_from(name).map_err(|_| KubeconfigError::InvalidField {
        key: "tls-server-name",
        reason: "it is not a server name".into(),
    })?;
    Ok(Some(parsed.to_str().into_owned()))
}

fn parse_auth_info(user: &UserEntry) -> Result<AuthInfo, KubeconfigError> {
    if let Some(token) = &user.token {
        return Ok(AuthInfo::Token(parse_token(token.reveal())?));
    }
    match (&user.client_certificate_data, &user.client_key_data) {
        (Some(certificate), Some(key)) => Ok(AuthInfo::Certificate {
            certificate: pem::certificates("client-certificate-data", certificate)?,
            key: Secret::new(pem::private_key("client-key-data", key.reveal())?),
        }),
        (Some(_), None) => Err(KubeconfigError::MissingField {
            key: "client-key-data",
        }),
        _ => Err(KubeconfigError::MissingField { key: "token" }),
    }
}

fn parse_token(text: &str) -> Result<Secret<String>, KubeconfigError> {
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(KubeconfigError::InvalidField {
            key: "token",
            reason: "it is empty or contains blanks".into(),
        });
    }
    Ok(Secret::new(token.to_owned()))
}

#[cfg(test)]
mod tests;
