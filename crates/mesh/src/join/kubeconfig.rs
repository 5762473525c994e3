//! The kubeconfig that a control plane is given: written in one shape, read in any.
//!
//! One cluster, one context and one user, all called as the remote is in the mesh. Both lines read it.
//! Start at [`Kubeconfig::text`] and [`Kubeconfig::read`].

use crate::step::COVERED;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::Values;
use cluster::{AddressPolicy, AuthInfo, Credentials, read_kubeconfig};
use serde_json::Value;
use wire::Secret;

/// What a kubeconfig for a control plane says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubeconfig {
    /// The remote's API server, `https://host:port`.
    pub server: String,
    /// The name that its certificate has, where it is another than the address.
    pub tls_server_name: Option<String>,
    /// Its authority, as PEM.
    pub ca_bundle: String,
    /// The reader's token.
    pub token: Secret<String>,
}

/// A text in double quotes, as YAML and JSON both read it.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

impl Kubeconfig {
    /// The file for a remote of this name.
    pub fn text(&self, name: &str) -> Secret<String> {
        Secret::new(self.written(name, self.token.reveal()))
    }

    /// The same with its token covered, to be shown.
    pub fn covered(&self, name: &str) -> String {
        self.written(name, COVERED)
    }

    fn written(&self, name: &str, token: &str) -> String {
        let ca_bundle = STANDARD.encode(&self.ca_bundle);
        let (name, server) = (quoted(name), quoted(&self.server));
        let tls = self.tls_server_name.as_deref().map(quoted);
        let tls = tls.map_or_else(String::new, |tls| format!("    tls-server-name: {tls}\n"));
        let token = quoted(token);
        format!(
            "apiVersion: v1\nkind: Config\npreferences: {{}}\n\
             clusters:\n- name: {name}\n  cluster:\n    server: {server}\n{tls}    \
             certificate-authority-data: {ca_bundle}\n\
             users:\n- name: {name}\n  user:\n    token: {token}\n\
             contexts:\n- name: {name}\n  context:\n    cluster: {name}\n    user: {name}\n\
             current-context: {name}\n"
        )
    }

    /// Reads what a script or the console wrote: the current context, else the first; none when it is
    /// no kubeconfig with a token.
    pub fn read(text: &str) -> Option<Self> {
        let file = Values::parse(text).ok()?.to_json();
        let part = |value: &Value, pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let named = |list: &str, name: &str| -> Option<Value> {
            let list = file.get(list)?.as_array()?;
            let found = list.iter().find(|one| part(one, "/name") == name);
            found
                .or_else(|| list.first().filter(|_| name.is_empty()))
                .cloned()
        };
        let context = named("contexts", &part(&file, "/current-context"))?;
        let cluster = named("clusters", &part(&context, "/context/cluster"))?;
        let user = named("users", &part(&context, "/context/user"))?;
        let ca_bundle = part(&cluster, "/cluster/certificate-authority-data");
        let ca_bundle = STANDARD.decode(ca_bundle.trim()).unwrap_or_default();
        let tls = part(&cluster, "/cluster/tls-server-name");
        Some(Self {
            server: part(&cluster, "/cluster/server"),
            tls_server_name: Some(tls).filter(|name| !name.is_empty()),
            ca_bundle: String::from_utf8(ca_bundle).unwrap_or_default(),
            token: Secret::new(part(&user, "/user/token")),
        })
    }

    /// Whether it leads to the same place, whatever the token is.
    pub fn leads_as(&self, other: &Self) -> bool {
        let pem = |one: &Self| one.ca_bundle.split_whitespace().collect::<String>();
        self.server == other.server
            && self.tls_server_name == other.tls_server_name
            && pem(self) == pem(other)
    }

    /// What the console needs to ask with it; the reason where it may not or cannot.
    ///
    /// # Errors
    /// What is refused of it, in words.
    pub fn credentials(&self, policy: AddressPolicy) -> Result<Credentials, String> {
        let text = self.text("stored");
        let contexts = read_kubeconfig(text.reveal(), policy).map_err(|error| error.to_string())?;
        let context = contexts.into_iter().next();
        let context = context.ok_or_else(|| "it has no context".to_owned())?;
        let read = context.outcome.map_err(|refusal| refusal.to_string())?;
        match read.auth_info {
            AuthInfo::Token(_) => Ok(read),
            AuthInfo::TokenFile(_) | AuthInfo::Certificate { .. } => {
                Err("it holds no token".to_owned())
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
    fn what_is_written_is_read_back() {
        for tls in [None, Some("kubernetes")] {
            let written = sample(tls).text("west");
            assert_eq!(Kubeconfig::read(written.reveal()), Some(sample(tls)));
        }
    }

    #[test]
    fn it_has_the_shape_that_control_planes_read() {
        let text = sample(Some("kubernetes")).covered("west");
        let read = Values::parse(&text).expect("YAML").to_json();
        let at = |pointer: &str| read.pointer(pointer).and_then(Value::as_str);
        assert_eq!(at("/current-context"), Some("west"));
        assert_eq!(at("/contexts/0/context/user"), Some("west"));
        assert_eq!(
            at("/clusters/0/cluster/tls-server-name"),
            Some("kubernetes")
        );
        assert_eq!(at("/users/0/user/token"), Some(COVERED));
        assert!(!text.contains("eyJ"));
    }

    #[test]
    fn a_stored_one_is_read_strictly_before_it_is_used() {
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
    fn what_is_no_kubeconfig_is_none() {
        assert_eq!(Kubeconfig::read("not: one"), None);
        assert_eq!(Kubeconfig::read("- 1"), None);
        assert_eq!(Kubeconfig::read(""), None);
    }
}
