//! The credential of the pod in which the console runs, as Kubernetes mounts it.
//!
//! The token is projected and replaced about every hour, so its file is named and read anew for each
//! call; the authority is taken as it is when the cluster is added. Only the console's own surroundings
//! lead here: a kubeconfig that names a file is refused. Start at [`Mount::credentials`].

use super::{Credentials, Login, Refusal, server_of, token_of};
use crate::address::AddressPolicy;
use std::path::PathBuf;

/// Where a pod's credential is mounted, and where its API server is.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The API server, `https://host:port`.
    pub server: String,
    /// The folder with `token` and `ca.crt`.
    pub folder: PathBuf,
}

impl Mount {
    /// The mount in `folder`, with the API server as a pod is told it.
    pub fn at(host: &str, port: &str, folder: PathBuf) -> Self {
        let server = if host.contains(':') {
            format!("https://[{host}]:{port}")
        } else {
            format!("https://{host}:{port}")
        };
        Self { server, folder }
    }

    /// The credential, which stays good while its token is replaced.
    ///
    /// # Errors
    /// [`Refusal::Server`], or [`Refusal::Data`] when a file cannot be read or holds something else.
    pub fn credentials(&self, policy: AddressPolicy) -> Result<Credentials, Refusal> {
        let read = |key: &'static str| {
            let unreadable = |error: std::io::Error| Refusal::Data {
                key,
                why: error.to_string(),
            };
            std::fs::read_to_string(self.folder.join(key)).map_err(unreadable)
        };
        let authority = read("ca.crt")?;
        if !authority.contains("BEGIN CERTIFICATE") {
            return Err(Refusal::Data {
                key: "ca.crt",
                why: "it holds no PEM certificate".into(),
            });
        }
        token_of(&read("token")?)?;
        Ok(Credentials {
            server: server_of(&self.server, policy)?,
            tls_server_name: None,
            authority,
            login: Login::TokenFile(self.folder.join("token")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";

    fn taken(host: &str, files: &[(&str, &str)]) -> String {
        let name = format!("meshspan-mount-{}-{}", std::process::id(), files.len());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (file, text) in files {
            std::fs::write(folder.join(file), text).expect("a file");
        }
        let mount = Mount::at(host, "443", folder.clone());
        let answer = mount.credentials(AddressPolicy::Remote);
        std::fs::remove_dir_all(folder).expect("taken away");
        match answer {
            Ok(credentials) => format!("{} by {}", credentials.server, credentials.login.word()),
            Err(refusal) => refusal.to_string(),
        }
    }

    #[test]
    fn a_mount_is_taken_when_it_is_whole() {
        let whole = [("ca.crt", PEM), ("token", "abc\n")];
        assert_eq!(
            taken("10.96.0.1", &whole),
            "https://10.96.0.1:443 by token of its pod"
        );
        assert!(taken("fd00::1", &whole).starts_with("https://[fd00::1]:443 by "));
        let said = taken("127.0.0.1", &whole);
        assert!(said.contains("loopback"), "{said}");
        let said = taken("10.96.0.1", &[("ca.crt", PEM)]);
        assert!(said.starts_with("token cannot be read"), "{said}");
        let said = taken("10.96.0.1", &[("ca.crt", PEM), ("token", ""), ("x", "")]);
        assert!(said.contains("it is empty"), "{said}");
    }
}
