//! What may stand in the way: webhooks, definitions, and whose objects are.

use std::collections::BTreeMap;

/// Whether a webhook changes or judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookKind {
    /// It may change what comes.
    Mutating,
    /// It says yes or no.
    Validating,
}

impl WebhookKind {
    /// The kind of its configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mutating => "MutatingWebhookConfiguration",
            Self::Validating => "ValidatingWebhookConfiguration",
        }
    }
}

/// What happens when a webhook cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailurePolicy {
    /// The request is refused.
    Fail,
    /// The request goes on.
    Ignore,
}

/// One demand of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The label has one of these values.
    In(String, Vec<String>),
    /// The label has none of these values.
    NotIn(String, Vec<String>),
    /// The label is there.
    Exists(String),
    /// The label is not there.
    Absent(String),
}

/// A label selector: every demand must hold; an empty one chooses everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(pub Vec<Requirement>);

impl Selector {
    /// Whether `labels` fit.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|one| one.holds(labels))
    }
}

impl Requirement {
    fn holds(&self, labels: &BTreeMap<String, String>) -> bool {
        let among = |key: &String, values: &[String]| {
            labels.get(key).is_some_and(|have| values.contains(have))
        };
        match self {
            Self::In(key, values) => among(key, values),
            Self::NotIn(key, values) => !among(key, values),
            Self::Exists(key) => labels.contains_key(key),
            Self::Absent(key) => !labels.contains_key(key),
        }
    }
}

/// One webhook of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookFacts {
    /// Its kind.
    pub kind: WebhookKind,
    /// Its configuration's name.
    pub configuration: String,
    /// Its own name.
    pub name: String,
    /// Namespace and name of the Service it asks; none when it asks a URL.
    pub service: Option<(String, String)>,
    /// What happens when it cannot be asked.
    pub failure: FailurePolicy,
    /// SHA-256 of each certificate of its bundle.
    pub bundle: Vec<String>,
    /// Which namespaces it is asked about.
    pub namespaces: Selector,
    /// The Helm release that its configuration belongs to.
    pub release: Option<String>,
    /// Whether it is Istio's.
    pub istio: bool,
}

/// One version of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdVersion {
    /// Its name, `v1alpha3`.
    pub name: String,
    /// Whether it is served.
    pub served: bool,
}

/// One definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdFacts {
    /// Its name, `gateways.networking.istio.io`.
    pub name: String,
    /// Its versions.
    pub versions: Vec<CrdVersion>,
    /// Versions in which objects are stored.
    pub stored: Vec<String>,
    /// The release it belongs to.
    pub release: Option<String>,
    /// Whether it is being deleted.
    pub terminating: bool,
}

impl CrdFacts {
    /// The versions it serves.
    pub fn serves(&self) -> Vec<&str> {
        let served = self.versions.iter().filter(|one| one.served);
        served.map(|one| one.name.as_str()).collect()
    }
}

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A Helm release's: name and namespace.
    Release(String, String),
    /// The console's own.
    Console,
    /// Nobody left a name that Helm would know; who wrote it, when that is known.
    Manager(String),
}

/// An object that a join and a chart both make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnershipFacts {
    /// Kind, namespace and name.
    pub object: String,
    /// Whose it is.
    pub owner: Owner,
}

/// An object of Istio's that another tool manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedFacts {
    /// Kind, namespace and name.
    pub object: String,
    /// The tool: Argo CD, Flux, an operator.
    pub tool: String,
}
