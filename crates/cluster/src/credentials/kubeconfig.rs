//! A strict kubeconfig parser: inline data only, no exec plugins, files or proxies.
//!
//! A kubeconfig may name programs to run, files to read and proxies to dial through; a server that accepts
//! one over the network must do none of that. Each such field is an error with its name and the reason.
//! Start at [`read_kubeconfig`].

use super::{
    AuthInfo, Credentials, KubeconfigError,
    file::{self, ClusterEntry, Kubeconfig, NamedContext, UserEntry},
    parse_server, parse_token, pem,
};
use crate::address::AddressPolicy;
use rustls_pki_types::ServerName;
use wire::{Secret, address::without_userinfo};

/// The reason why fields that name files are not supported.
const INLINE_DATA: &str =
    "it names a file of your host; `kubectl config view --flatten --minify` inlines the data";

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
    let file: Kubeconfig = serde_saphyr::from_str(file::first_document(text))
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
        cluster.proxy_url.0,
        "proxy-url",
        "the console dials clusters itself",
    )?;
    reject_if(
        cluster.certificate_authority.0,
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
    reject_if(user.exec.0, "exec", runs)?;
    reject_if(user.auth_provider.0, "auth-provider", runs)?;
    reject_if(user.token_file.0, "tokenFile", INLINE_DATA)?;
    reject_if(user.client_certificate.0, "client-certificate", INLINE_DATA)?;
    reject_if(user.client_key.0, "client-key", INLINE_DATA)?;
    reject_if(user.username.0 || user.password.0, "username", token)?;
    let impersonates = user.impersonate.0
        || user.impersonate_uid.0
        || user.impersonate_groups.0
        || user.impersonate_extra.0;
    reject_if(
        impersonates,
        "as",
        "impersonation is not supported; the console acts as the user of the credentials",
    )
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
    let token = user.token.as_ref();
    if let Some(token) = token.filter(|token| !token.reveal().is_empty()) {
        return Ok(AuthInfo::Token(parse_token(token.reveal())?));
    }
    let certificate = user.client_certificate_data.as_ref();
    let certificate = certificate.filter(|certificate| !certificate.is_empty());
    let key = user.client_key_data.as_ref();
    match (certificate, key.filter(|key| !key.reveal().is_empty())) {
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
