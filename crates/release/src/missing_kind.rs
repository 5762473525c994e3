//! Kinds that a plan needs and that neither the cluster serves nor the release defines.
//!
//! Helm fails at such an object too, but only after it has applied the objects before it. Here they are
//! found before anything is applied. Start at [`missing_kinds`].

use crate::{Plan, plan::defined_kinds};
use chart::{ApiLifecycle, Hook, api_lifecycle};
use cluster::{Kinds, Object, ObjectRef};
use std::{collections::BTreeMap, fmt};

/// A kind that a release needs and that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingKind {
    /// The first object of this kind.
    pub object: ObjectRef,
    /// The number of its objects.
    pub count: usize,
    /// How the cluster comes to serve it.
    pub origin: KindOrigin,
}

impl MissingKind {
    /// Whether it is the kind of this object.
    pub fn is_of(&self, object: &ObjectRef) -> bool {
        (&object.api_version, &object.kind) == (&self.object.api_version, &self.object.kind)
    }
}

impl fmt::Display for MissingKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = &self.object;
        write!(
            out,
            "{} of {} (for {object}",
            object.kind, object.api_version
        )?;
        match self.count {
            0 | 1 => out.write_str(")"),
            count => write!(out, " and {} more)", count - 1),
        }
    }
}

/// What brings a kind into a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindOrigin {
    /// The cluster serves the kind in other versions of its group: these.
    OtherVersions(Vec<String>),
    /// Kubernetes does not have it any more.
    Removed(ApiLifecycle),
    /// The CRDs of this chart or project define it.
    Chart(&'static str),
    /// Nothing is known.
    Unknown,
}

/// The projects that define the kinds of an API group, by the end of its name.
const CHARTS: &[(&str, &str)] = &[
    ("istio.io", "ack-istio or istio/base"),
    ("gateway.networking.k8s.io", "the CRDs of Gateway API"),
    (
        "monitoring.coreos.com",
        "kube-prometheus-stack or prometheus-operator-crds",
    ),
    ("cert-manager.io", "cert-manager"),
    ("external-secrets.io", "external-secrets"),
    ("keda.sh", "keda"),
    (
        "argoproj.io",
        "Argo (argo-cd, argo-rollouts, argo-workflows)",
    ),
    ("traefik.io", "traefik"),
    ("traefik.containo.us", "traefik before version 3"),
    ("snapshot.storage.k8s.io", "the CRDs of the CSI snapshotter"),
    ("opentelemetry.io", "opentelemetry-operator"),
    ("jaegertracing.io", "jaeger-operator"),
    ("kyverno.io", "kyverno"),
    ("strimzi.io", "strimzi-kafka-operator"),
    ("crossplane.io", "crossplane"),
    ("cilium.io", "cilium"),
    ("projectcalico.org", "calico"),
];

/// Each kind of the plan and its hooks that the cluster does not serve and the release does not define, in
/// the order of the plan.
pub fn missing_kinds(plan: &Plan, hooks: &[Hook], kinds: &Kinds) -> Vec<MissingKind> {
    let definitions = plan.crds.iter().chain(plan.objects()).map(Object::value);
    let of_hooks = hooks.iter().map(|hook| &hook.manifest.object);
    let defined = defined_kinds(definitions.chain(of_hooks.clone()));
    let hook_objects = of_hooks.filter_map(|object| Object::new(object.clone()).ok());
    let references = plan
        .objects()
        .map(Object::reference)
        .chain(hook_objects.map(|object| object.reference()));
    let mut missing: Vec<MissingKind> = Vec::new();
    let mut position: BTreeMap<(String, String), usize> = BTreeMap::new();
    for object in references {
        let key = (object.api_version.clone(), object.kind.clone());
        if kinds.find(&object).is_some() || defined.contains_key(&key) {
            continue;
        }
        let at = *position.entry(key).or_insert_with(|| {
            let origin = origin(&object, kinds);
            missing.push(MissingKind {
                object,
                count: 0,
                origin,
            });
            missing.len() - 1
        });
        if let Some(kind) = missing.get_mut(at) {
            kind.count += 1;
        }
    }
    missing
}

fn origin(object: &ObjectRef, kinds: &Kinds) -> KindOrigin {
    let group = object
        .api_version
        .rsplit_once('/')
        .map_or("", |(group, _)| group);
    let other_versions: Vec<String> = kinds
        .all()
        .filter(|kind| kind.kind() == object.kind && kind.group() == group)
        .map(|kind| kind.api_version().to_owned())
        .collect();
    if !other_versions.is_empty() {
        return KindOrigin::OtherVersions(other_versions);
    }
    let lifecycle = api_lifecycle(&object.api_version, &object.kind);
    if let Some(lifecycle) = lifecycle.filter(ApiLifecycle::is_removed) {
        return KindOrigin::Removed(lifecycle);
    }
    CHARTS
        .iter()
        .find(|(end, _)| {
            let rest = group.strip_suffix(end);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
        .map_or(KindOrigin::Unknown, |(_, chart)| KindOrigin::Chart(chart))
}
