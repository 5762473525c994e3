//! The token that a client sends: a hostile API server may repeat it in its messages, and no error shows it.

use crate::{ApiStatus, AuthInfo};
use std::sync::Arc;
use wire::Secret;

/// The text that replaces the token.
const MASK: &str = "••••";

/// The token of a client, if it has one in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct SentToken(Option<Arc<Secret<String>>>);

impl SentToken {
    pub(super) fn of(auth_info: &AuthInfo) -> Self {
        match auth_info {
            AuthInfo::Token(token) => Self(Some(Arc::new(token.clone()))),
            AuthInfo::TokenFile(_) | AuthInfo::Certificate { .. } => Self(None),
        }
    }

    /// The status without the token.
    pub(super) fn out_of(&self, status: ApiStatus) -> ApiStatus {
        let Some(token) = &self.0 else {
            return status;
        };
        let masked = |text: String| text.replace(token.reveal().as_str(), MASK);
        ApiStatus {
            code: status.code,
            reason: masked(status.reason),
            message: masked(status.message),
            causes: status
                .causes
                .into_iter()
                .map(|(field, message)| (masked(field), masked(message)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AddressPolicy, Cluster, Credentials, Verb};
    use kube::core::Status;
    use wire::ClusterName;

    #[tokio::test]
    async fn an_error_does_not_repeat_the_token_that_an_api_server_echoes() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(vec!["east".to_owned()]).expect("parameters");
        let ca = params.self_signed(&key).expect("a certificate");
        let credentials = Credentials {
            server: "https://10.0.0.1".into(),
            tls_server_name: None,
            ca_bundle: ca.pem(),
            auth_info: AuthInfo::Token(Secret::new("c4n4ry-token".into())),
        };
        let name = ClusterName::new("east").expect("a name");
        let cluster = Cluster::connect(name, &credentials, AddressPolicy::Remote);
        let cluster = cluster.unwrap_or_else(|error| panic!("{}", wire::error_chain(&error)));
        let status = Status::failure("you sent Bearer c4n4ry-token", "c4n4ry-token").with_code(403);
        let refused = kube::Error::Api(Box::new(status));
        let error = cluster.error(Verb::Get, "Secret a/b".to_owned(), refused);
        let problem = wire::Problem::from(&error);
        let shown = format!("{error:?} {} {problem:?}", wire::error_chain(&error));
        assert!(shown.contains("you sent Bearer ••••"), "{shown}");
        assert!(!shown.contains("c4n4ry"), "{shown}");
    }
}
