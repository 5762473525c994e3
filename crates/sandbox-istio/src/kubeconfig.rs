//! What a control plane reads from the kubeconfig in a Secret.
//!
//! Only what is written inline counts, as for a program that has none of the files. Start at
//! [`Kubeconfig::parse`].

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::object;

/// Where an API server is and how to prove who asks.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Kubeconfig {
    pub(super) server: String,
    /// The name to expect in the server's certificate, when it is not that of the address.
    pub(super) server_name: String,
    pub(super) ca_pem: Vec<u8>,
    pub(super) token: String,
    /// Ways to prove who asks that a control plane does not take from a stranger.
    pub(super) is_unsafe: bool,
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Kubeconfig({})", self.server)
    }
}

impl Kubeconfig {
    /// Reads the current context; what is no kubeconfig gives nothing.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let whole: Value = serde_saphyr::from_str(text).ok()?;
        let named = |list: &str, name: &str| {
            object::items(&whole, list)
                .find(|one| object::text(one, "/name") == name)
                .cloned()
        };
        let context = named("/contexts", object::text(&whole, "/current-context"))?;
        let cluster = named("/clusters", object::text(&context, "/context/cluster"))?;
        let user = named("/users", object::text(&context, "/context/user")).unwrap_or_default();
        let ca = object::text(&cluster, "/cluster/certificate-authority-data");
        let files = [
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
            is_unsafe: files.iter().any(|way| !user["user"][way].is_null()),
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
            read.map(|read| (read.ca_pem, read.is_unsafe)),
            Some((b"pem".to_vec(), false))
        );
    }

    #[test]
    fn a_program_to_run_is_unsafe_and_other_text_is_no_kubeconfig() {
        let unsafe_one = TEXT.replace("token: t", "exec: {command: x}");
        assert!(Kubeconfig::parse(&unsafe_one).is_some_and(|read| read.is_unsafe));
        for text in ["", "hello", "{", "a: 1"] {
            assert!(Kubeconfig::parse(text).is_none(), "{text:?}");
        }
    }
}
