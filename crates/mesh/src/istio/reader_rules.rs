//! The rules of the reader's role: those that a control plane needs, and those that a role lacks.
//!
//! Rules are only added: those of a chart or a script stay. A join gives the reader these rules, and the
//! checks ask for the same ones. Start at [`needed`]; rules are compared in [`cluster::rules`].

use super::IstioGeneration;
use cluster::rules::rights;
pub use cluster::rules::{missing, union};
use serde_json::{Value, json};

const READ: [&str; 3] = ["get", "list", "watch"];

/// What a control plane does in a remote, which decides the rights of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReaderScope {
    /// Istio 1.0 reads.
    Mixer,
    /// istiod reads.
    Istiod,
    /// istiod reads and writes: its `EXTERNAL_ISTIOD` is true, and the remote names it as its control plane. It
    /// completes the injection webhook, and publishes its root certificate in each namespace.
    ExternalIstiod,
}

impl ReaderScope {
    /// The scope of a control plane in a remote; `is_external` is whether istiod controls remotes.
    pub fn new(generation: IstioGeneration, is_external: bool) -> Self {
        match (generation, is_external) {
            (IstioGeneration::Mixer, _) => Self::Mixer,
            (IstioGeneration::Istiod, false) => Self::Istiod,
            (IstioGeneration::Istiod, true) => Self::ExternalIstiod,
        }
    }
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

/// The rules that a control plane needs in a remote.
///
/// Istio 1.0: the rules of its reader, and the owners of pods that Mixer reads. istiod: the rules of
/// `reader-clusterrole.yaml` in the istiod chart of Istio 1.30 and 1.31.
pub fn needed(scope: ReaderScope) -> Vec<Value> {
    match scope {
        ReaderScope::Mixer => vec![
            rule(
                "",
                &[
                    "nodes",
                    "pods",
                    "services",
                    "endpoints",
                    "replicationcontrollers",
                ],
                &READ,
            ),
            rule("apps", &["replicasets"], &READ),
        ],
        ReaderScope::Istiod => istiod_rules(),
        ReaderScope::ExternalIstiod => istiod_rules().into_iter().chain(write_rules()).collect(),
    }
}

/// The rules under `istiodRemote.enabled` of that file.
fn write_rules() -> [Value; 3] {
    let webhooks = "admissionregistration.k8s.io";
    [
        rule(
            "",
            &["configmaps"],
            &["create", "get", "list", "watch", "update"],
        ),
        rule(
            webhooks,
            &["mutatingwebhookconfigurations"],
            &["get", "list", "watch", "update", "patch"],
        ),
        rule(
            webhooks,
            &["validatingwebhookconfigurations"],
            &["get", "list", "watch", "update"],
        ),
    ]
}

fn istiod_rules() -> Vec<Value> {
    let istio_groups = [
        "config.istio.io",
        "security.istio.io",
        "networking.istio.io",
        "authentication.istio.io",
        "rbac.istio.io",
        "telemetry.istio.io",
        "extensions.istio.io",
    ];
    vec![
        json!({"apiGroups": istio_groups, "resources": ["*"], "verbs": READ}),
        rule(
            "",
            &[
                "endpoints",
                "pods",
                "services",
                "nodes",
                "replicationcontrollers",
                "namespaces",
                "secrets",
                "configmaps",
            ],
            &READ,
        ),
        rule("apps", &["replicasets"], &READ),
        rule("discovery.k8s.io", &["endpointslices"], &READ),
        rule(
            "apiextensions.k8s.io",
            &["customresourcedefinitions"],
            &READ,
        ),
        json!({"apiGroups": ["networking.x-k8s.io", "gateway.networking.k8s.io"],
               "resources": ["gateways"], "verbs": READ}),
        rule(
            "multicluster.x-k8s.io",
            &["serviceexports"],
            &["get", "list", "watch", "create", "delete"],
        ),
        rule("multicluster.x-k8s.io", &["serviceimports"], &READ),
        rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
        rule(
            "authorization.k8s.io",
            &["subjectaccessreviews"],
            &["create"],
        ),
    ]
}

/// Groups that a cluster need not serve: a reader without these rights is complete.
const OPTIONAL_GROUPS: [&str; 3] = [
    "multicluster.x-k8s.io",
    "networking.x-k8s.io",
    "gateway.networking.k8s.io",
];

/// The verbs that are asked for: `get` comes with `list`.
const REVIEWED_VERBS: [&str; 6] = ["list", "watch", "create", "update", "patch", "delete"];

/// The rights to ask a cluster for, as verb, group and resource: those of [`needed`] without the kinds that only
/// some clusters serve.
pub fn reviewed_rights(scope: ReaderScope) -> Vec<(&'static str, String, String)> {
    let needed = needed(scope);
    let all = needed.iter().flat_map(rights);
    let mut reviewed: Vec<_> = all
        .filter(|(group, resource, _)| *resource != "*" && !OPTIONAL_GROUPS.contains(group))
        .filter_map(|(group, resource, verb)| {
            let verb = REVIEWED_VERBS.into_iter().find(|known| *known == verb)?;
            Some((verb, group.to_owned(), resource.to_owned()))
        })
        .collect();
    reviewed.sort();
    reviewed.dedup();
    reviewed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_of_istio_1_0_lacks_the_owners_of_pods() {
        let reader = [rule("", &["nodes", "pods", "services", "endpoints"], &READ)];
        let needed = needed(ReaderScope::Mixer);
        assert_eq!(
            missing(&reader, &needed),
            [
                "get, list, watch replicationcontrollers",
                "get, list, watch replicasets.apps"
            ]
        );
        let both = union(&reader, &needed);
        assert_eq!(both.first(), reader.first(), "existing rules stay first");
        assert!(missing(&both, &needed).is_empty());
    }

    #[test]
    fn a_wide_rule_is_not_extended() {
        for scope in [
            ReaderScope::Mixer,
            ReaderScope::Istiod,
            ReaderScope::ExternalIstiod,
        ] {
            let all = [json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})];
            assert!(missing(&all, &needed(scope)).is_empty());
            assert_eq!(union(&all, &needed(scope)), all);
            assert_eq!(union(&needed(scope), &needed(scope)), needed(scope));
        }
    }

    #[test]
    fn a_rule_for_named_objects_allows_no_list() {
        let mut named = rule("", &["pods"], &READ);
        named["resourceNames"] = json!(["one"]);
        let pods = [rule("", &["pods"], &["list"])];
        assert_eq!(missing(&[named], &pods), ["list pods"]);
    }

    #[test]
    fn only_the_reader_of_istiod_reads_secrets() {
        let secrets = [rule("", &["secrets"], &["list"])];
        assert!(!missing(&needed(ReaderScope::Mixer), &secrets).is_empty());
        assert!(missing(&needed(ReaderScope::Istiod), &secrets).is_empty());
    }

    #[test]
    fn istiod_writes_only_where_it_controls_the_remote() {
        let patch = [rule(
            "admissionregistration.k8s.io",
            &["mutatingwebhookconfigurations"],
            &["patch"],
        )];
        assert_eq!(
            missing(&needed(ReaderScope::Istiod), &patch),
            ["patch mutatingwebhookconfigurations.admissionregistration.k8s.io"]
        );
        assert!(missing(&needed(ReaderScope::ExternalIstiod), &patch).is_empty());
        let reviewed = reviewed_rights(ReaderScope::ExternalIstiod);
        let update = ("update", String::new(), "configmaps".to_owned());
        assert!(reviewed.contains(&update), "{reviewed:?}");
        assert!(!reviewed_rights(ReaderScope::Istiod).contains(&update));
    }
}
