//! The credentials of a cluster, from a kubeconfig or from the mount of the console's own pod.
//!
//! Start at [`Credentials`], [`read_kubeconfig`] and [`ServiceAccountMount`].

mod file;
mod kubeconfig;
mod mounted;
mod pem;

pub use kubeconfig::{Context, read_kubeconfig};
pub use mounted::ServiceAccountMount;
pub(crate) use pem::{are_certificates, is_private_key};

use crate::address::AddressPolicy;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use wire::{Secret, address::without_userinfo};

/// The address of one cluster and the credentials for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The API server, `https://host:port`.
    pub server: String,
    /// The name in its certificate, if it differs from the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_server_name: Option<String>,
    /// The CA certificates that verify the server, as PEM; empty for those of the system.
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

/// An https address without a user, a password and a query, which the policy allows.
fn parse_server(server: &str, policy: AddressPolicy) -> Result<String, KubeconfigError> {
    let invalid = |reason: String| KubeconfigError::InvalidServer {
        server: without_userinfo(server),
        reason,
    };
    let url = url::Url::parse(server)
        .map_err(|_| invalid("it is not a URL such as https://host:6443".into()))?;
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

/// A bearer token without the blanks around it.
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
