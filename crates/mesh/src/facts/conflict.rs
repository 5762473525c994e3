//! Facts about possible conflicts: webhooks, CRDs, and the owners of objects.

use std::collections::BTreeMap;

/// The kind of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookKind {
    /// The webhook may change objects.
    Mutating,
    /// The webhook accepts or rejects objects.
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

/// The failure policy of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailurePolicy {
    /// The request fails.
    Fail,
    /// The request continues.
    Ignore,
}

/// A requirement of a label selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The label has one of these values.
    In(String, Vec<String>),
    /// The label has none of these values.
    NotIn(String, Vec<String>),
    /// The label exists.
    Exists(String),
    /// The label does not exist.
    Absent(String),
}

/// A label selector: every requirement has to match; an empty selector matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(pub Vec<Requirement>);

impl Selector {
    /// Whether the selector matches `labels`.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
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

/// A webhook of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookFacts {
    /// Its kind.
    pub kind: WebhookKind,
    /// Its configuration's name.
    pub configuration: String,
    /// Its own name.
    pub name: String,
    /// The namespace and name of the Service that it calls; none when it calls a URL.
    pub service: Option<(String, String)>,
    /// Its failure policy.
    pub failure: FailurePolicy,
    /// The SHA-256 of each certificate of its CA bundle.
    pub bundle: Vec<String>,
    /// Its namespace selector.
    pub namespaces: Selector,
    /// The Helm release of its configuration.
    pub release: Option<String>,
    /// Whether it belongs to Istio.
    pub istio: bool,
}

/// A version of a CRD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdVersion {
    /// Its name, `v1alpha3`.
    pub name: String,
    /// Whether it is served.
    pub served: bool,
}

/// A CRD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdFacts {
    /// Its name, `gateways.networking.istio.io`.
    pub name: String,
    /// Its versions.
    pub versions: Vec<CrdVersion>,
    /// The versions in which objects are stored.
    pub stored: Vec<String>,
    /// The Helm release of the CRD.
    pub release: Option<String>,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// The version of the bundle of the Gateway API that it is from, `v1.4.1`.
    pub bundle: Option<String>,
}

impl CrdFacts {
    /// The served versions.
    pub fn serves(&self) -> Vec<&str> {
        let served = self.versions.iter().filter(|version| version.served);
        served.map(|version| version.name.as_str()).collect()
    }
}

/// The owner of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A Helm release: name and namespace.
    Release(String, String),
    /// The console.
    Console,
    /// Another field manager; "" when it is not known.
    Manager(String),
}

/// The owner of an object that a join and a chart both create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnershipFacts {
    /// Kind, namespace and name.
    pub object: String,
    /// The owner.
    pub owner: Owner,
}

/// An object of Istio that another tool manages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedFacts {
    /// Kind, namespace and name.
    pub object: String,
    /// The tool: Argo CD, Flux, an operator.
    pub tool: String,
}
