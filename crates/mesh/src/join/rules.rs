//! The rules of the reader's role: those that a control plane needs, and those that a role lacks.
//!
//! A rule of Kubernetes allows each verb on each resource of each group; `*` means all. Rules are only
//! added: those of a chart or a script stay. Start at [`needed`] and [`union`].

use crate::facts::IstioGeneration;
use serde_json::{Value, json};

const READ: [&str; 3] = ["get", "list", "watch"];

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

/// The rules that a control plane needs in a remote.
///
/// Istio 1.0: the rules of its reader, and the owners of pods that Mixer reads. istiod: the kinds that
/// istiod 1.30 lists, the Services that it exports, and the reviews that authenticate the remote's pods.
pub fn needed(generation: IstioGeneration) -> Vec<Value> {
    match generation {
        IstioGeneration::Mixer => vec![
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
        IstioGeneration::Istiod => istiod_rules(),
    }
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

fn strings<'a>(rule: &'a Value, key: &str) -> impl Iterator<Item = &'a str> + Clone {
    let list = rule.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// A right: group, resource, verb.
type Right<'a> = (&'a str, &'a str, &'a str);

fn rights(rule: &Value) -> impl Iterator<Item = Right<'_>> {
    strings(rule, "apiGroups").flat_map(move |group| {
        strings(rule, "resources").flat_map(move |resource| {
            strings(rule, "verbs").map(move |verb| (group, resource, verb))
        })
    })
}

fn gives(rule: &Value, (group, resource, verb): Right<'_>) -> bool {
    let has = |key, wanted| strings(rule, key).any(|value| value == "*" || value == wanted);
    // A rule for named objects allows no list.
    let of_all = strings(rule, "resourceNames").next().is_none();
    of_all && has("apiGroups", group) && has("resources", resource) && has("verbs", verb)
}

/// The needed rights that `rules` lack, a line each: `list, watch replicasets.apps`.
pub fn missing(rules: &[Value], needed: &[Value]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for right in needed.iter().flat_map(rights) {
        if rules.iter().any(|rule| gives(rule, right)) {
            continue;
        }
        let (group, resource, verb) = right;
        let name = match group {
            "" => resource.to_owned(),
            group => format!("{resource}.{group}"),
        };
        match lines.iter_mut().find(|(other, _)| *other == name) {
            Some((_, verbs)) => verbs.push(verb),
            None => lines.push((name, vec![verb])),
        }
    }
    let line = |(name, verbs): (String, Vec<&str>)| format!("{} {name}", verbs.join(", "));
    lines.into_iter().map(line).collect()
}

/// `rules` and, after them, each rule of `needed` that gives something that they lack.
pub fn union(rules: &[Value], needed: &[Value]) -> Vec<Value> {
    let lacking = needed
        .iter()
        .filter(|rule| rights(rule).any(|right| !rules.iter().any(|rule| gives(rule, right))));
    rules.iter().chain(lacking).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_of_istio_1_0_lacks_the_owners_of_pods() {
        let reader = [rule("", &["nodes", "pods", "services", "endpoints"], &READ)];
        let needed = needed(IstioGeneration::Mixer);
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
        for generation in [IstioGeneration::Mixer, IstioGeneration::Istiod] {
            let all = [json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]})];
            assert!(missing(&all, &needed(generation)).is_empty());
            assert_eq!(union(&all, &needed(generation)), all);
            assert_eq!(
                union(&needed(generation), &needed(generation)),
                needed(generation)
            );
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
        assert!(!missing(&needed(IstioGeneration::Mixer), &secrets).is_empty());
        assert!(missing(&needed(IstioGeneration::Istiod), &secrets).is_empty());
    }
}
