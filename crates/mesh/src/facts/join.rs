//! Facts about the join of a remote to a primary: the reader in the remote, the remote Secret in the primary,
//! and the connections between them.

use super::{Fact, JoinTraits, not_requested};
use cluster::{ServerCheck, UserInfo};
use std::collections::BTreeSet;
use wire::{ClusterId, ClusterName, Secret, mesh::JoiningTool};

/// A token Secret of the reader.
#[derive(Clone, Debug)]
pub struct TokenSecretFacts {
    /// Its name.
    pub name: String,
    /// Whether it contains a token and a CA.
    pub populated: bool,
    /// The subject of the token: `system:serviceaccount:NAMESPACE:NAME`.
    pub subject: String,
    /// When the token expires, in seconds since 1970; none for never.
    pub expires: Option<i64>,
    /// When the Secret was created, in seconds since 1970; none when unknown.
    pub created: Option<i64>,
}

/// The ServiceAccount with which the control plane reads the remote.
#[derive(Clone, Debug)]
pub struct ReaderFacts {
    /// The ServiceAccount's namespace.
    pub namespace: String,
    /// The ServiceAccount.
    pub account: String,
    /// Whether the ServiceAccount exists.
    pub exists: bool,
    /// Whether the ServiceAccount has the mark of a join of the console.
    pub is_own: bool,
    /// Its token Secrets.
    pub tokens: Vec<TokenSecretFacts>,
    /// The ClusterRole of its binding; none without a binding.
    pub role: Option<String>,
    /// Whether that role exists.
    pub role_exists: bool,
    /// The rights that the control plane needs and the role lacks, `list pods`.
    pub missing_rights: Fact<Vec<String>>,
    /// The rights that the control plane does not need, `get secrets`.
    pub excess_rights: Fact<Vec<String>>,
}

impl ReaderFacts {
    /// The subject of its tokens.
    pub fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.account)
    }
}

/// The kubeconfig in a remote Secret.
#[derive(Clone, Debug)]
pub struct KubeconfigFacts {
    /// The server, as written.
    pub server: String,
    /// The host of the server.
    pub host: String,
    /// The token.
    pub token: Option<Secret<String>>,
    /// The subject of the token, unverified.
    pub subject: String,
    /// The SHA-256 of each CA certificate.
    pub ca_fingerprints: Vec<String>,
    /// The fields that a control plane rejects, such as `exec`.
    pub rejected: Vec<String>,
}

/// The answer of the remote to the stored kubeconfig.
#[derive(Clone, Debug)]
pub enum Access {
    /// The remote accepts the token.
    Accepted {
        /// The user of the token.
        user_info: UserInfo,
        /// The UID of that cluster's kube-system, if it may be read.
        uid: Option<String>,
    },
    /// The remote responds with 401.
    Rejected(String),
    /// The stored CA did not sign the certificate of the remote.
    UntrustedCertificate(String),
}

/// A key of a remote Secret.
#[derive(Clone, Debug)]
pub struct RemoteEntry {
    /// The key: the cluster's ID in the mesh.
    pub key: String,
    /// The kubeconfig, parsed strictly.
    pub kubeconfig: Fact<KubeconfigFacts>,
    /// The answer of the remote.
    pub access: Fact<Access>,
}

/// A Secret with the kubeconfigs of other clusters for a control plane.
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
    /// Whether it has the mark of a join of the console.
    pub is_own: bool,
    /// Its keys.
    pub entries: Vec<RemoteEntry>,
}

impl RemoteSecretFacts {
    /// The reference to the Secret, `Secret istio-system/name`.
    pub fn reference(&self) -> String {
        format!("Secret {}/{}", self.namespace, self.name)
    }

    /// Whether control planes watch it.
    pub fn is_watched(&self) -> bool {
        self.label == "true"
    }
}

/// The purpose of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The remote's API server, from the primary's pods.
    ApiServer,
    /// The control plane, from the remote's pods.
    ControlPlane,
    /// A Service's endpoint, from the caller's pods.
    Endpoint,
}

/// A connection that was probed from inside a cluster.
#[derive(Clone, Debug)]
pub struct ProbeFacts {
    /// The cluster of the probe.
    pub from: ClusterName,
    /// The probed address and port.
    pub to: String,
    /// The purpose.
    pub purpose: Purpose,
    /// Whether the connection succeeded, else the error; unknown when the probe did not run.
    pub outcome: Fact<Result<(), String>>,
}

/// An address at which the remote dials a component of the primary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteEndpoint {
    /// The component: `pilot`, `policy`, `telemetry`, `statsd`, `zipkin`.
    pub purpose: String,
    /// The address or host name, as in the values.
    pub address: String,
    /// The current addresses of the component.
    pub current_addresses: BTreeSet<String>,
    /// Whether its Service restricts the source ranges or has an internal load balancer.
    pub restricted: bool,
    /// The other addresses of its Service that are public without an allowed source range.
    pub exposed: Vec<String>,
    /// Why the current addresses are incomplete: a host name of a load balancer cannot be resolved.
    pub unresolved: Option<String>,
}

/// The join of a remote to a primary.
#[derive(Clone, Debug)]
pub struct JoinFacts {
    /// The primary, by its name in the console.
    pub primary: ClusterName,
    /// The remote, by its name in the console.
    pub remote: ClusterName,
    /// The remote's ID in the mesh: the key of the remote Secret.
    pub id: ClusterId,
    /// The server of the kubeconfig, existing or planned.
    pub server: String,
    /// Whether the remote Secret exists.
    pub joined: bool,
    /// The reader in the remote.
    pub reader: Fact<ReaderFacts>,
    /// The TLS handshake with the server.
    pub handshake: Fact<ServerCheck>,
    /// The probed connections.
    pub probes: Vec<ProbeFacts>,
    /// The addresses at which the remote dials the primary.
    pub endpoints: Fact<Vec<RemoteEndpoint>>,
}

impl JoinFacts {
    /// A join without any facts yet.
    pub fn new(primary: &ClusterName, remote: &ClusterName, id: &ClusterId) -> Self {
        Self {
            primary: primary.clone(),
            remote: remote.clone(),
            id: id.clone(),
            server: String::new(),
            joined: false,
            reader: not_requested(),
            handshake: not_requested(),
            probes: Vec::new(),
            endpoints: not_requested(),
        }
    }

    /// The probes with one purpose.
    pub fn probes_of(&self, purpose: Purpose) -> impl Iterator<Item = &ProbeFacts> {
        let probes = self.probes.iter();
        probes.filter(move |probe| probe.purpose == purpose)
    }

    /// The tool that joined the remote; none before the join, and while its remote Secret is not known.
    pub fn joined_by(&self, secrets: &[RemoteSecretFacts]) -> Option<JoiningTool> {
        let (secret, entry) = self.entry(secrets)?;
        let reader = self.reader.as_ref().ok();
        let account = reader.map(|reader| reader.account.as_str());
        if secret.is_own && reader.is_none_or(|reader| reader.is_own) {
            return Some(JoiningTool::Console);
        }
        let traits = JoinTraits {
            key: &entry.key,
            secret: &secret.name,
            annotation: &secret.annotation,
            account: account.unwrap_or_default(),
        };
        Some(traits.tool())
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
        entries.find(|(_, entry)| entry.key == self.id.as_str())
    }
}
