//! The kubeconfig in a remote Secret: written in one form, parsed in any.
//!
//! It has one cluster, one context and one user, all named after the remote's ID. Both generations of Istio
//! read it. Start at [`Kubeconfig::text`] and [`Kubeconfig::parse`].

use crate::step::REDACTED;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::Values;
use cluster::{AddressPolicy, AuthInfo, Credentials, read_kubeconfig};
use serde_json::Value;
use wire::Secret;

/// A kubeconfig for a control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubeconfig {
    /// The address of the remote's API server, `https://host:port`.
    pub server: String,
    /// The name in its certificate, when it differs from the address.
    pub tls_server_name: Option<String>,
    /// Its CA, as PEM.
    pub ca_bundle: String,
    /// The reader's token.
    pub token: Secret<String>,
}

/// A double-quoted string that is valid in YAML and JSON.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

impl Kubeconfig {
    /// The file for the remote with this ID.
    pub fn text(&self, id: &str) -> Secret<String> {
        Secret::new(self.render(id, self.token.reveal()))
    }

    /// The file with a redacted token, to be shown.
    pub fn redacted(&self, id: &str) -> String {
        self.render(id, REDACTED)
    }

    fn render(&self, id: &str, token: &str) -> String {
        let ca_bundle = STANDARD.encode(&self.ca_bundle);
        let (id, server) = (quoted(id), quoted(&self.server));
        let tls = self.tls_server_name.as_deref().map(quoted);
        let tls = tls.map_or_else(String::new, |tls| format!("    tls-server-name: {tls}\n"));
        let token = quoted(token);
        format!(
            "apiVersion: v1\nkind: Config\npreferences: {{}}\n\
             clusters:\n- name: {id}\n  cluster:\n    server: {server}\n{tls}    \
             certificate-authority-data: {ca_bundle}\n\
             users:\n- name: {id}\n  user:\n    token: {token}\n\
             contexts:\n- name: {id}\n  context:\n    cluster: {id}\n    user: {id}\n\
             current-context: {id}\n"
        )
    }

    /// Parses a file of a script or of the console: the current context, else the first. None when the text
    /// is no kubeconfig.
    pub fn parse(text: &str) -> Option<Self> {
        let file = Values::parse(text).ok()?.to_json();
        let text = |value: &Value, pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let named = |list: &str, name: &str| -> Option<Value> {
            let list = file.get(list)?.as_array()?;
            let found = list.iter().find(|entry| text(entry, "/name") == name);
            found
                .or_else(|| list.first().filter(|_| name.is_empty()))
                .cloned()
        };
        let context = named("contexts", &text(&file, "/current-context"))?;
        let cluster = named("clusters", &text(&context, "/context/cluster"))?;
        let user = named("users", &text(&context, "/context/user"))?;
        let ca_bundle = text(&cluster, "/cluster/certificate-authority-data");
        let ca_bundle = STANDARD.decode(ca_bundle.trim()).unwrap_or_default();
        let tls = text(&cluster, "/cluster/tls-server-name");
        Some(Self {
            server: text(&cluster, "/cluster/server"),
            tls_server_name: Some(tls).filter(|name| !name.is_empty()),
            ca_bundle: String::from_utf8(ca_bundle).unwrap_or_default(),
            token: Secret::new(text(&user, "/user/token")),
        })
    }

    /// Whether server, TLS server name and CA are the same, whatever the token is.
    pub fn has_same_server(&self, other: &Self) -> bool {
        let pem = |kubeconfig: &Self| kubeconfig.ca_bundle.split_whitespace().collect::<String>();
        self.server == other.server
            && self.tls_server_name == other.tls_server_name
            && pem(self) == pem(other)
    }

    /// The credentials for requests of the console.
    ///
    /// # Errors
    /// The reason why the console cannot or may not use the kubeconfig.
    pub fn credentials(&self, policy: AddressPolicy) -> Result<Credentials, String> {
        let text = self.text("stored");
        let contexts = read_kubeconfig(text.reveal(), policy).map_err(|error| error.to_string())?;
        let context = contexts.into_iter().next();
        let context = context.ok_or_else(|| "it has no context".to_owned())?;
        let read = context.outcome.map_err(|refusal| refusal.to_string())?;
        match read.auth_info {
            AuthInfo::Token(_) => Ok(read),
            AuthInfo::TokenFile(_) | AuthInfo::Certificate { .. } => {
                Err("it contains no token".to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(tls: Option<&str>) -> Kubeconfig {
        Kubeconfig {
            server: "https://10.0.2.6:6443".into(),
            tls_server_name: tls.map(str::to_owned),
            ca_bundle: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
            token: Secret::new("eyJ.token.c2ln".into()),
        }
    }

    #[test]
    fn a_written_kubeconfig_is_parsed_again() {
        for tls in [None, Some("kubernetes")] {
            let written = sample(tls).text("west");
            assert_eq!(Kubeconfig::parse(written.reveal()), Some(sample(tls)));
        }
    }

    #[test]
    fn control_planes_can_parse_it() {
        let text = sample(Some("kubernetes")).redacted("west");
        let read = Values::parse(&text).expect("YAML").to_json();
        let at = |pointer: &str| read.pointer(pointer).and_then(Value::as_str);
        assert_eq!(at("/current-context"), Some("west"));
        assert_eq!(at("/contexts/0/context/user"), Some("west"));
        assert_eq!(
            at("/clusters/0/cluster/tls-server-name"),
            Some("kubernetes")
        );
        assert_eq!(at("/users/0/user/token"), Some(REDACTED));
        assert!(!text.contains("eyJ"));
    }

    #[test]
    fn a_stored_kubeconfig_is_validated_before_use() {
        let used = sample(None)
            .credentials(AddressPolicy::Remote)
            .expect("usable");
        assert_eq!(used.server, "https://10.0.2.6:6443");
        let loopback = Kubeconfig {
            server: "https://127.0.0.1:6443".into(),
            ..sample(None)
        };
        let refused = loopback
            .credentials(AddressPolicy::Remote)
            .expect_err("refused");
        assert!(refused.contains("loopback"), "{refused}");
        assert!(loopback.credentials(AddressPolicy::WithLoopback).is_ok());
        let by_name = sample(Some("kubernetes"))
            .credentials(AddressPolicy::Remote)
            .expect("usable");
        assert_eq!(by_name.tls_server_name.as_deref(), Some("kubernetes"));
    }

    #[test]
    fn other_texts_are_no_kubeconfig() {
        assert_eq!(Kubeconfig::parse("not: one"), None);
        assert_eq!(Kubeconfig::parse("- 1"), None);
        assert_eq!(Kubeconfig::parse(""), None);
    }
}
