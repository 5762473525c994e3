//! The probe of a context before its cluster is added: connection, server and identity, permissions.
//!
//! The three stages are requested independently, so that a page shows each result as it arrives.
//! Nothing is stored and nothing is changed. Start at [`Console::probe`].

use crate::{Action, Caller, Console, Error};
use cluster::{
    AccessReview, Cluster, Credentials, HandshakeError, KubeconfigError, ServerCheck,
    handshake_with_name, read_kubeconfig,
};
use jiff::Timestamp;
use mesh::istio::SYSTEM_NAMESPACE;
use std::time::Duration;
use wire::{
    ClusterName,
    cluster::{ProbeItem, ProbeLine, ProbeRequest, ProbeStage},
};

/// The timeout of each call.
const PROBE_TIMEOUT: Duration = Duration::from_secs(8);

/// The permissions that a control plane, a reader and a remote chart need: verb, group, resource, namespace.
pub(super) const REQUIRED_PERMISSIONS: &[(&str, &str, &str, Option<&str>)] = &[
    ("create", "", "namespaces", None),
    ("create", "rbac.authorization.k8s.io", "clusterroles", None),
    (
        "create",
        "rbac.authorization.k8s.io",
        "clusterrolebindings",
        None,
    ),
    (
        "create",
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        None,
    ),
    (
        "create",
        "admissionregistration.k8s.io",
        "mutatingwebhookconfigurations",
        None,
    ),
    ("create", "", "serviceaccounts", Some(SYSTEM_NAMESPACE)),
    ("create", "", "secrets", Some(SYSTEM_NAMESPACE)),
    ("create", "", "services", Some(SYSTEM_NAMESPACE)),
    ("create", "apps", "deployments", Some(SYSTEM_NAMESPACE)),
];

impl Console {
    /// One stage of the probe of a context.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`], [`Error::Cluster`] when its credential cannot be used, or
    /// [`Error::NotPermitted`]. A server that does not answer is no error: a line says so.
    pub async fn probe(
        &self,
        caller: &Caller,
        request: ProbeRequest,
    ) -> Result<Vec<ProbeLine>, Error> {
        self.permitted(caller, Action::WriteCluster, async {
            let credentials = self.credentials_of(request.kubeconfig.reveal(), &request.context)?;
            Ok(match request.stage {
                ProbeStage::Connection => {
                    let (server, ca_bundle) = (&credentials.server, &credentials.ca_bundle);
                    let name = credentials.tls_server_name.as_deref();
                    let seen =
                        handshake_with_name(server, name, ca_bundle, self.setup.addresses).await;
                    way(server, ca_bundle.is_empty(), seen)
                }
                ProbeStage::Server => server(&self.to(&credentials)?).await,
                ProbeStage::Rights => rights(&self.to(&credentials)?).await,
            })
        })
        .await
    }

    /// The credentials of one context.
    pub(super) fn credentials_of(&self, text: &str, context: &str) -> Result<Credentials, Error> {
        let contexts = read_kubeconfig(text, self.setup.addresses).map_err(Error::Kubeconfig)?;
        let found = contexts.into_iter().find(|known| known.name == context);
        let missing = Error::Kubeconfig(KubeconfigError::MissingField { key: "context" });
        found.ok_or(missing)?.outcome.map_err(Error::Kubeconfig)
    }

    /// A client of a cluster that is not registered.
    pub(super) fn to(&self, credentials: &Credentials) -> Result<Cluster, Error> {
        let name = ClusterName::new("new").map_err(|source| Error::BadName {
            kind: "cluster",
            name: "new".to_owned(),
            source,
        })?;
        let cluster = Cluster::connect(name, credentials, self.setup.addresses)?;
        Ok(cluster.with_timeout(PROBE_TIMEOUT))
    }
}

fn line(item: ProbeItem, passed: Option<bool>, message: impl ToString) -> ProbeLine {
    ProbeLine {
        item,
        passed,
        message: message.to_string(),
    }
}

/// The stages of a connection to the server.
fn way(
    server: &str,
    by_system: bool,
    outcome: Result<ServerCheck, HandshakeError>,
) -> Vec<ProbeLine> {
    use ProbeItem::{Certificate, Connection, Name};
    let fine = |item| line(item, Some(true), server);
    match outcome {
        Ok(seen) => vec![fine(Name), fine(Connection), certificate(&seen, by_system)],
        Err(error) => match &error {
            HandshakeError::NoHost(_) | HandshakeError::Address(_) | HandshakeError::Resolve(_) => {
                vec![line(Name, Some(false), &error)]
            }
            HandshakeError::Connect(..) | HandshakeError::TimedOut(..) => {
                vec![fine(Name), line(Connection, Some(false), &error)]
            }
            HandshakeError::Tls(..) | HandshakeError::CaBundle(_) => {
                vec![
                    fine(Name),
                    fine(Connection),
                    line(Certificate, Some(false), &error),
                ]
            }
        },
    }
}

fn certificate(seen: &ServerCheck, by_system: bool) -> ProbeLine {
    let shown = seen.chain.first().map(|certificate| {
        let end = Timestamp::from_second(certificate.not_after)
            .map(|end| end.strftime("%Y-%m-%d").to_string());
        format!("{} · {}", certificate.subject, end.unwrap_or_default())
    });
    let mut shown = shown.unwrap_or_default();
    if by_system {
        shown.push_str(" · verified by the CA certificates of the console's system");
    }
    match &seen.verified {
        Ok(()) => line(ProbeItem::Certificate, Some(true), shown),
        Err(why) => line(
            ProbeItem::Certificate,
            Some(false),
            format!("{shown} · {why}"),
        ),
    }
}

async fn server(cluster: &Cluster) -> Vec<ProbeLine> {
    let (version, identity, facts) =
        tokio::join!(cluster.version(), cluster.whoami(), cluster.facts());
    let mut lines = vec![match version {
        Ok(version) => line(ProbeItem::Version, Some(true), version),
        Err(error) => line(ProbeItem::Version, Some(false), error_message(&error)),
    }];
    match identity {
        Ok(identity) => lines.push(line(ProbeItem::User, Some(true), identity.user)),
        // Kubernetes before 1.28 has no SelfSubjectReview.
        Err(error) => {
            let known = error.is_unauthorized().then_some(false);
            lines.push(line(ProbeItem::User, known, error_message(&error)));
        }
    }
    if let Ok(facts) = facts {
        for (item, ranges) in [
            (ProbeItem::PodRanges, facts.pod_cidrs),
            (ProbeItem::ServiceRanges, facts.service_cidrs),
        ] {
            let known = (!ranges.is_empty()).then_some(true);
            lines.push(line(item, known, ranges.join(", ")));
        }
    }
    lines
}

async fn rights(cluster: &Cluster) -> Vec<ProbeLine> {
    let asks = REQUIRED_PERMISSIONS
        .iter()
        .map(|(verb, group, resource, namespace)| AccessReview {
            verb,
            group: (*group).to_owned(),
            resource: (*resource).to_owned(),
            namespace: namespace.map(str::to_owned),
        });
    match cluster.check_access_all(asks.collect()).await {
        Err(error) => vec![line(ProbeItem::Rights, None, error_message(&error))],
        Ok(rights) => {
            let missing = rights.iter().filter(|right| !right.allowed);
            let missing: Vec<String> = missing.map(|right| right.review.to_string()).collect();
            vec![line(
                ProbeItem::Rights,
                Some(missing.is_empty()),
                missing.join(", "),
            )]
        }
    }
}

/// The message of a cluster's status, or of the error.
fn error_message(error: &cluster::Error) -> String {
    match error.status() {
        Some(status) => status.message.clone(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_before_the_failure_passes() {
        let nowhere = way(
            "https://east.invalid",
            false,
            Err(HandshakeError::Resolve("east.invalid".into())),
        );
        assert_eq!(nowhere.len(), 1);
        assert_eq!(nowhere[0].passed, Some(false));
        let silent = way(
            "https://10.0.0.1",
            false,
            Err(HandshakeError::TimedOut("10.0.0.1".into(), 8)),
        );
        assert_eq!(
            silent
                .iter()
                .map(|line| (line.item, line.passed))
                .collect::<Vec<_>>(),
            [
                (ProbeItem::Name, Some(true)),
                (ProbeItem::Connection, Some(false))
            ]
        );
    }

    #[test]
    fn a_server_that_the_system_verifies_says_so() {
        let seen = |verified| ServerCheck {
            chain: Vec::new(),
            verified,
        };
        let message = |by_system| certificate(&seen(Ok(())), by_system).message;
        assert!(message(true).contains("of the console's system"));
        assert!(!message(false).contains("system"));
    }
}
