//! Reads a kubeconfig strictly: inline data only, nothing that runs or reads anything.
//!
//! A kubeconfig may name programs to run, files to read and proxies to go through; a server that takes
//! one from a stranger must do none of that. What is refused is refused by name, with the reason.

mod file;
mod mounted;

pub use mounted::Mount;

use crate::address::AddressPolicy;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use file::{ClusterPart, File, NamedContext, UserPart};
use rustls_pki_types::ServerName;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use wire::Secret;

/// How to reach one cluster and log in to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The API server, `https://host:port`.
    pub server: String,
    /// The name that its certificate has, where it is another than the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_server_name: Option<String>,
    /// The certificates that may have signed its own, as PEM.
    pub authority: String,
    /// How to log in.
    pub login: Login,
}

/// How to log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Login {
    /// A bearer token.
    Token(Secret<String>),
    /// A bearer token in a file that is read anew for each call: the one of the pod we run in.
    TokenFile(PathBuf),
    /// A client certificate and its key, both PEM.
    Certificate {
        /// The certificate.
        certificate: String,
        /// Its key.
        key: Secret<String>,
    },
}

impl Login {
    /// How a person calls it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::TokenFile(_) => "token of its pod",
            Self::Certificate { .. } => "client certificate",
        }
    }
}

/// Why a kubeconfig, or one context of it, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a kubeconfig.
    #[error("this is no kubeconfig: {0}")]
    Unreadable(String),
    /// It holds no context.
    #[error("this kubeconfig has no context")]
    NoContext,
    /// The context names a cluster or user that is not in the file.
    #[error("the context names the {what} {name}, which is not in the file")]
    Dangling {
        /// `cluster` or `user`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A key that this console refuses.
    #[error("{key} is refused: {why}")]
    Key {
        /// The key, as written in the file.
        key: &'static str,
        /// Why.
        why: &'static str,
    },
    /// A key that must be there.
    #[error("{key} is missing")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// Data that cannot be read.
    #[error("{key} cannot be read: {why}")]
    Data {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// An address that may not be dialled.
    #[error("the server {server} is refused: {why}")]
    Server {
        /// As written.
        server: String,
        /// Why.
        why: String,
    },
}

/// One context of a kubeconfig, taken or refused.
#[derive(Debug)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// Its server, as written.
    pub server: String,
    /// What it gives.
    pub outcome: Result<Credentials, Refusal>,
}

/// Reads a kubeconfig and judges each of its contexts.
///
/// # Errors
/// [`Refusal::Unreadable`] or [`Refusal::NoContext`] when nothing of the file can be used.
pub fn read_kubeconfig(text: &str, policy: AddressPolicy) -> Result<Vec<Context>, Refusal> {
    const MOST: usize = 1 << 20;
    if text.len() > MOST {
        return Err(Refusal::Unreadable("it is larger than 1 MiB".into()));
    }
    let file: File =
        serde_saphyr::from_str(text).map_err(|error| Refusal::Unreadable(tell(&error)))?;
    if file.kind.as_deref().is_some_and(|kind| kind != "Config") {
        return Err(Refusal::Unreadable("its kind is not Config".into()));
    }
    if file.contexts.is_empty() {
        return Err(Refusal::NoContext);
    }
    Ok(file
        .contexts
        .iter()
        .map(|context| judge(&file, context, policy))
        .collect())
}

/// The parser's message without the lines of the file that it would quote: a token may stand there.
fn tell(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first
        .trim_start_matches("error: ")
        .chars()
        .take(200)
        .collect()
}

fn judge(file: &File, context: &NamedContext, policy: AddressPolicy) -> Context {
    let cluster = file
        .clusters
        .iter()
        .find(|one| one.name == context.context.cluster);
    let user = file
        .users
        .iter()
        .find(|one| one.name == context.context.user);
    let server = cluster
        .map(|one| one.cluster.server.clone())
        .unwrap_or_default();
    let outcome = (|| {
        let cluster = cluster.ok_or_else(|| Refusal::Dangling {
            what: "cluster",
            name: context.context.cluster.clone(),
        })?;
        let user = user
            .and_then(|one| one.user.as_ref())
            .ok_or_else(|| Refusal::Dangling {
                what: "user",
                name: context.context.user.clone(),
            })?;
        refuse_cluster(&cluster.cluster)?;
        refuse_user(user)?;
        Ok(Credentials {
            server: server_of(&cluster.cluster.server, policy)?,
            tls_server_name: tls_name_of(&cluster.cluster)?,
            authority: authority_of(&cluster.cluster)?,
            login: login_of(user)?,
        })
    })();
    Context {
        name: context.name.clone(),
        server,
        outcome,
    }
}

fn refuse_cluster(cluster: &ClusterPart) -> Result<(), Refusal> {
    let no = |there: bool, key, why| {
        if there {
            Err(Refusal::Key { key, why })
        } else {
            Ok(())
        }
    };
    no(
        cluster.insecure_skip_tls_verify == Some(true),
        "insecure-skip-tls-verify",
        "anybody on the way could read the token; give certificate-authority-data instead",
    )?;
    no(
        cluster.proxy_url.is_some(),
        "proxy-url",
        "the console dials clusters itself",
    )?;
    no(
        cluster.certificate_authority.is_some(),
        "certificate-authority",
        "it names a file of your machine; kubectl config view --flatten --minify puts the data inline",
    )
}

fn refuse_user(user: &UserPart) -> Result<(), Refusal> {
    let no = |there: bool, key, why| {
        if there {
            Err(Refusal::Key { key, why })
        } else {
            Ok(())
        }
    };
    let inline = "it names a file of your machine; kubectl config view --flatten --minify puts the data inline";
    let token = "give the token of a ServiceAccount instead";
    let runs = "it would run a program on the console's machine; give the token of a ServiceAccount instead";
    no(user.exec.is_some(), "exec", runs)?;
    no(user.auth_provider.is_some(), "auth-provider", runs)?;
    no(user.token_file.is_some(), "tokenFile", inline)?;
    no(
        user.client_certificate.is_some(),
        "client-certificate",
        inline,
    )?;
    no(user.client_key.is_some(), "client-key", inline)?;
    no(
        user.username.is_some() || user.password.is_some(),
        "username",
        token,
    )?;
    let somebody = user.impersonate.is_some()
        || user.impersonate_uid.is_some()
        || user.impersonate_groups.is_some()
        || user.impersonate_extra.is_some();
    no(
        somebody,
        "as",
        "the console acts as the credential's own user",
    )
}

fn server_of(server: &str, policy: AddressPolicy) -> Result<String, Refusal> {
    let refused = |why: String| Refusal::Server {
        server: server.to_owned(),
        why,
    };
    let url = url::Url::parse(server).map_err(|error| refused(error.to_string()))?;
    if url.scheme() != "https" {
        return Err(refused("it is not https".into()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("it carries a password".into()));
    }
    let host = url
        .host_str()
        .ok_or_else(|| refused("it names no host".into()))?;
    policy
        .check_host(host)
        .map_err(|error| refused(error.to_string()))?;
    Ok(server.trim_end_matches('/').to_owned())
}

/// The name that is looked for in the certificate; nothing else is dialled by it.
fn tls_name_of(cluster: &ClusterPart) -> Result<Option<String>, Refusal> {
    let Some(name) = cluster
        .tls_server_name
        .as_deref()
        .filter(|name| !name.is_empty())
    else {
        return Ok(None);
    };
    let read = ServerName::try_from(name).map_err(|_| Refusal::Data {
        key: "tls-server-name",
        why: "it is no name of a server".into(),
    })?;
    Ok(Some(read.to_str().into_owned()))
}

fn authority_of(cluster: &ClusterPart) -> Result<String, Refusal> {
    let key = "certificate-authority-data";
    let data = cluster
        .certificate_authority_data
        .as_deref()
        .ok_or(Refusal::Missing { key })?;
    let pem = pem_of(key, data)?;
    if pem.contains("BEGIN CERTIFICATE") {
        return Ok(pem);
    }
    Err(Refusal::Data {
        key,
        why: "it holds no PEM certificate".into(),
    })
}

fn login_of(user: &UserPart) -> Result<Login, Refusal> {
    if let Some(token) = &user.token {
        return Ok(Login::Token(token_of(token.reveal())?));
    }
    match (&user.client_certificate_data, &user.client_key_data) {
        (Some(certificate), Some(key)) => Ok(Login::Certificate {
            certificate: pem_of("client-certificate-data", certificate)?,
            key: Secret::new(pem_of("client-key-data", key.reveal())?),
        }),
        (Some(_), None) => Err(Refusal::Missing {
            key: "client-key-data",
        }),
        _ => Err(Refusal::Missing { key: "token" }),
    }
}

fn token_of(text: &str) -> Result<Secret<String>, Refusal> {
    let clean = text.trim();
    if clean.is_empty() || !clean.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Refusal::Data {
            key: "token",
            why: "it is empty or holds blanks".into(),
        });
    }
    Ok(Secret::new(clean.to_owned()))
}

fn pem_of(key: &'static str, data: &str) -> Result<String, Refusal> {
    let compact: String = data.split_whitespace().collect();
    let unreadable = |why: &str| Refusal::Data {
        key,
        why: why.to_owned(),
    };
    let bytes = STANDARD
        .decode(compact)
        .map_err(|_| unreadable("it is not base64"))?;
    String::from_utf8(bytes).map_err(|_| unreadable("it is not PEM"))
}

#[cfg(test)]
mod tests;
