//! The ServiceAccount credentials that Kubernetes mounts into the console's own pod.
//!
//! The kubelet rotates the projected token about every hour, so the token file is read for each call; the
//! CA bundle is read once, when the cluster is added. Only the console's own environment leads here: a
//! kubeconfig that names a file is an error. Start at [`ServiceAccountMount::credentials`].

use super::{AuthInfo, Credentials, KubeconfigError, parse_server, parse_token};
use crate::address::AddressPolicy;
use std::path::PathBuf;

/// The mount of a pod's ServiceAccount credentials, and the address of its API server.
#[derive(Clone, Debug)]
pub struct ServiceAccountMount {
    /// The API server, `https://host:port`.
    pub server: String,
    /// The directory with `token` and `ca.crt`.
    pub folder: PathBuf,
}

impl ServiceAccountMount {
    /// The mount in `folder`, with the API server's host and port from the pod's environment.
    pub fn new(host: &str, port: &str, folder: PathBuf) -> Self {
        let server = if host.contains(':') {
            format!("https://[{host}]:{port}")
        } else {
            format!("https://{host}:{port}")
        };
        Self { server, folder }
    }

    /// The credentials; they stay valid when the token is rotated.
    ///
    /// # Errors
    /// [`KubeconfigError::InvalidServer`], or [`KubeconfigError::InvalidField`] when a file cannot be read
    /// or has invalid content.
    pub fn credentials(&self, policy: AddressPolicy) -> Result<Credentials, KubeconfigError> {
        let read = |key: &'static str| {
            let invalid = |error: std::io::Error| KubeconfigError::InvalidField {
                key,
                reason: wire::io_reason(&error),
            };
            std::fs::read_to_string(self.folder.join(key)).map_err(invalid)
        };
        let ca_bundle = read("ca.crt")?;
        if !ca_bundle.contains("BEGIN CERTIFICATE") {
            return Err(KubeconfigError::InvalidField {
                key: "ca.crt",
                reason: "it contains no PEM certificate".into(),
            });
        }
        parse_token(&read("token")?)?;
        Ok(Credentials {
            server: parse_server(&self.server, policy)?,
            tls_server_name: None,
            ca_bundle,
            auth_info: AuthInfo::TokenFile(self.folder.join("token")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";

    fn outcome(host: &str, files: &[(&str, &str)]) -> String {
        let name = format!("meshspan-mount-{}-{}", std::process::id(), files.len());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            std::fs::write(folder.join(file), text).expect("a file");
        }
        let mount = ServiceAccountMount::new(host, "443", folder.clone());
        let credentials = mount.credentials(AddressPolicy::Remote);
        std::fs::remove_dir_all(folder).expect("removed");
        match credentials {
            Ok(credentials) => format!(
                "{} by {}",
                credentials.server,
                credentials.auth_info.description()
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_complete_mount_gives_credentials() {
        let complete = [("ca.crt", PEM), ("token", "abc\n")];
        assert_eq!(
            outcome("10.96.0.1", &complete),
            "https://10.96.0.1:443 by token of its pod"
        );
        assert!(outcome("fd00::1", &complete).starts_with("https://[fd00::1]:443 by "));
        let message = outcome("127.0.0.1", &complete);
        assert!(message.contains("loopback"), "{message}");
        let message = outcome("10.96.0.1", &[("ca.crt", PEM)]);
        assert_eq!(message, "token is invalid: it does not exist");
        let message = outcome("10.96.0.1", &[]);
        assert_eq!(message, "ca.crt is invalid: it does not exist");
        let message = outcome("10.96.0.1", &[("ca.crt", PEM), ("token", ""), ("x", "")]);
        assert!(message.contains("it is empty"), "{message}");
    }
}
