//! The kubeconfig in a remote Secret.
//!
//! Only inline values are used, since the control plane has none of the files. Start at
//! [`Kubeconfig::parse`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::object;
use serde_json::Value;

/// The address of an API server and the credentials for it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Kubeconfig {
    pub(crate) server: String,
    /// The expected name in the certificate of the server, if it differs from the address.
    pub(crate) server_name: String,
    pub(crate) ca_pem: Vec<u8>,
    pub(crate) token: String,
    /// Whether it has authentication methods that istiod rejects.
    pub(crate) is_insecure: bool,
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Kubeconfig({})", self.server)
    }
}

impl Kubeconfig {
    /// Reads the current context; `None` when the text is no kubeconfig.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let document: Value = serde_saphyr::from_str(text).ok()?;
        let named = |list: &str, name: &str| {
            object::items(&document, list)
                .find(|entry| object::text(entry, "/name") == name)
                .cloned()
        };
        let context = named("/contexts", object::text(&document, "/current-context"))?;
        let cluster = named("/clusters", object::text(&context, "/context/cluster"))?;
        let user = named("/users", object::text(&context, "/context/user")).unwrap_or_default();
        let ca = object::text(&cluster, "/cluster/certificate-authority-data");
        let insecure_methods = [
            "exec",
            "auth-provider",
            "tokenFile",
            "client-certificate",
            "client-key",
        ];
        Some(Self {
            server: object::text(&cluster, "/cluster/server").to_owned(),
            server_name: object::text(&cluster, "/cluster/tls-server-name").to_owned(),
            ca_pem: STANDARD.decode(ca).unwrap_or_default(),
            token: object::text(&user, "/user/token").to_owned(),
            is_insecure: insecure_methods
                .iter()
                .any(|method| !user["user"][method].is_null()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Kubeconfig;

    const TEXT: &str = "apiVersion: v1\nkind: Config\ncurrent-context: b\nclusters:\n- name: x\n  \
        cluster:\n    server: https://one:6443\n    certificate-authority-data: cGVt\ncontexts:\n\
        - name: b\n  context: {cluster: x, user: y}\nusers:\n- name: y\n  user:\n    token: t\n";

    #[test]
    fn the_current_context_is_read() {
        let read = Kubeconfig::parse(TEXT);
        let shown = read.as_ref().map(|read| (&*read.server, &*read.token));
        assert_eq!(shown, Some(("https://one:6443", "t")));
        assert_eq!(
            read.map(|read| (read.ca_pem, read.is_insecure)),
            Some((b"pem".to_vec(), false))
        );
    }

    #[test]
    fn a_program_to_run_is_insecure_and_other_text_is_no_kubeconfig() {
        let insecure = TEXT.replace("token: t", "exec: {command: x}");
        assert!(Kubeconfig::parse(&insecure).is_some_and(|read| read.is_insecure));
        for text in ["", "hello", "{", "a: 1"] {
            assert!(Kubeconfig::parse(text).is_none(), "{text:?}");
        }
    }
}
