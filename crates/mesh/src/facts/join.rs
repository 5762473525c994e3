//! One remote joining one primary: the reader in the remote, the Secret in the primary, the ways between.

use super::{Fact, not_asked};
use cluster::{ServerCheck, UserInfo};
use std::collections::BTreeSet;
use wire::Secret;

/// A token Secret of the reader.
#[derive(Clone, Debug)]
pub struct TokenSecretFacts {
    /// Its name.
    pub name: String,
    /// Whether it holds a token and an authority.
    pub populated: bool,
    /// Whose token it is: `system:serviceaccount:NAMESPACE:NAME`.
    pub subject: String,
    /// When the token ends, in seconds since 1970; none for ever.
    pub expires: Option<i64>,
}

/// Who reads the remote for the control plane.
#[derive(Clone, Debug)]
pub struct ReaderFacts {
    /// The ServiceAccount's namespace.
    pub namespace: String,
    /// The ServiceAccount.
    pub account: String,
    /// Whether it is there.
    pub exists: bool,
    /// Its token Secrets.
    pub tokens: Vec<TokenSecretFacts>,
    /// The ClusterRole that its binding names; none without a binding.
    pub role: Option<String>,
    /// Whether that role is there.
    pub role_exists: bool,
    /// Rights of the chosen line that the role lacks, `list pods`.
    pub missing_rights: Fact<Vec<String>>,
    /// Rights beyond the chosen line, `get secrets`.
    pub excess_rights: Fact<Vec<String>>,
}

impl ReaderFacts {
    /// The subject of its tokens.
    pub fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.account)
    }
}

/// A kubeconfig as it lies in a remote Secret.
#[derive(Clone, Debug)]
pub struct KubeconfigFacts {
    /// Its server, as written.
    pub server: String,
    /// The host of it.
    pub host: String,
    /// The token, under its cover.
    pub token: Option<Secret<String>>,
    /// Whose the token is, as it says itself.
    pub subject: String,
    /// SHA-256 of each authority.
    pub ca_fingerprints: Vec<String>,
    /// What of it a control plane refuses, such as `exec`.
    pub rejected: Vec<String>,
}

/// What the remote said to the stored kubeconfig.
#[derive(Clone, Debug)]
pub enum Access {
    /// It knows it.
    Accepted {
        /// Who it is there.
        who: UserInfo,
        /// The UID of that cluster's kube-system, when it may be read.
        uid: Option<String>,
    },
    /// It answers 401.
    Rejected(String),
    /// Its certificate is not signed by the stored authority.
    UntrustedCertificate(String),
}

/// One key of a remote Secret.
#[derive(Clone, Debug)]
pub struct RemoteEntry {
    /// The key: the cluster's name in the mesh.
    pub key: String,
    /// What it holds, read strictly.
    pub kubeconfig: Fact<KubeconfigFacts>,
    /// What the remote says to it.
    pub access: Fact<Access>,
}

/// A Secret by which a control plane knows another cluster.
#[derive(Clone, Debug)]
pub struct RemoteSecretFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The value of label `istio/multiCluster`, "" without one.
    pub label: String,
    /// Annotation `networking.istio.io/cluster`, "" without one.
    pub annotation: String,
    /// Its keys.
    pub entries: Vec<RemoteEntry>,
}

impl RemoteSecretFacts {
    /// How a line names it.
    pub fn reference(&self) -> String {
        format!("Secret {}/{}", self.namespace, self.name)
    }

    /// Whether control planes look at it.
    pub fn is_watched(&self) -> bool {
        self.label == "true"
    }
}

/// What a probe is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The remote's API server, from the primary's pods.
    ApiServer,
    /// The control plane, from the remote's pods.
    ControlPlane,
    /// A Service's endpoint, from the caller's pods.
    Endpoint,
}

/// A connection that was tried from within a cluster.
#[derive(Clone, Debug)]
pub struct ProbeFacts {
    /// From which cluster.
    pub from: String,
    /// To which address and port.
    pub to: String,
    /// What about.
    pub purpose: Purpose,
    /// Whether it was made, and else what was said; unknown when nothing could be tried.
    pub outcome: Fact<Result<(), String>>,
}

/// An address that the remote is, or is to be, pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteEndpoint {
    /// What for: `pilot`, `policy`, `telemetry`, `statsd`, `zipkin`.
    pub purpose: String,
    /// The address or host name, as the values have it.
    pub address: String,
    /// The addresses that are good now; a host name counts by itself.
    pub current_addresses: BTreeSet<String>,
    /// Whether it is reached by a Service that names an allowed source or an internal balancer.
    pub restricted: bool,
}

/// One remote joining one primary.
#[derive(Clone, Debug)]
pub struct JoinFacts {
    /// The primary, by its name in the console.
    pub primary: String,
    /// The remote, by its name in the console.
    pub remote: String,
    /// The remote's name in the mesh: the key of the Secret.
    pub name: String,
    /// The server that the kubeconfig names or is to name.
    pub server: String,
    /// Whether the remote Secret is there.
    pub joined: bool,
    /// The reader in the remote.
    pub reader: Fact<ReaderFacts>,
    /// What a TLS handshake with the server said.
    pub handshake: Fact<ServerCheck>,
    /// Connections that were tried.
    pub probes: Vec<ProbeFacts>,
    /// Where the remote dials the primary.
    pub endpoints: Fact<Vec<RemoteEndpoint>>,
}

impl JoinFacts {
    /// A join of which nothing is known yet.
    pub fn new(primary: &str, remote: &str, name: &str) -> Self {
        Self {
            primary: primary.to_owned(),
            remote: remote.to_owned(),
            name: name.to_owned(),
            server: String::new(),
            joined: false,
            reader: not_asked(),
            handshake: not_asked(),
            probes: Vec::new(),
            endpoints: not_asked(),
        }
    }

    /// The probes about one purpose.
    pub fn probes_of(&self, purpose: Purpose) -> impl Iterator<Item = &ProbeFacts> {
        let probes = self.probes.iter();
        probes.filter(move |probe| probe.purpose == purpose)
    }

    /// The remote's entry among the primary's remote Secrets.
    pub fn entry<'a>(
        &self,
        secrets: &'a [RemoteSecretFacts],
    ) -> Option<(&'a RemoteSecretFacts, &'a RemoteEntry)> {
        let mut entries = secrets
            .iter()
            .filter(|secret| secret.is_watched())
            .flat_map(|secret| secret.entries.iter().map(move |entry| (secret, entry)));
        entries.find(|(_, entry)| entry.key == self.name)
    }
}
