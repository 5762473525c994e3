//! The rules of the reader's role: what a line needs, what a role lacks of it, and both together.
//!
//! A rule of Kubernetes allows each verb on each resource of each group; `*` stands for all. Rules are
//! only ever added: what a chart or a script gave stays. Start at [`needed`] and [`union`].

use crate::facts::IstioGeneration;
use serde_json::{Value, json};

const LOOK: [&str; 3] = ["get", "list", "watch"];

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": [group], "resources": resources, "verbs": verbs})
}

/// What the control plane of a line does in a remote.
///
/// The old line: Istio 1.0's reader, and what mixer looks up of a pod's owners. Today's: what istiod
/// 1.30 lists, the Services that it exports, and the reviews by which it knows the remote's pods.
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
                &LOOK,
            ),
            rule("apps", &["replicasets"], &LOOK),
        ],
        IstioGeneration::Istiod => today(),
    }
}

fn today() -> Vec<Value> {
    let istios = [
        "config.istio.io",
        "security.istio.io",
        "networking.istio.io",
        "authentication.istio.io",
        "rbac.istio.io",
        "telemetry.istio.io",
        "extensions.istio.io",
    ];
    vec![
        json!({"apiGroups": istios, "resources": ["*"], "verbs": LOOK}),
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
            &LOOK,
        ),
        rule("apps", &["replicasets"], &LOOK),
        rule("discovery.k8s.io", &["endpointslices"], &LOOK),
        rule(
            "apiextensions.k8s.io",
            &["customresourcedefinitions"],
            &LOOK,
        ),
        json!({"apiGroups": ["networking.x-k8s.io", "gateway.networking.k8s.io"],
               "resources": ["gateways"], "verbs": LOOK}),
        rule(
            "multicluster.x-k8s.io",
            &["serviceexports"],
            &["get", "list", "watch", "create", "delete"],
        ),
        rule("multicluster.x-k8s.io", &["serviceimports"], &LOOK),
        rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
        rule(
            "authorization.k8s.io",
            &["subjectaccessreviews"],
            &["create"],
        ),
    ]
}

fn words<'a>(rule: &'a Value, key: &str) -> impl Iterator<Item = &'a str> + Clone {
    let list = rule.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// One right: group, resource, verb.
type One<'a> = (&'a str, &'a str, &'a str);

fn rights(rule: &Value) -> impl Iterator<Item = One<'_>> {
    words(rule, "apiGroups").flat_map(move |group| {
        words(rule, "resources")
            .flat_map(move |resource| words(rule, "verbs").map(move |verb| (group, resource, verb)))
    })
}

fn gives(rule: &Value, (group, resource, verb): One<'_>) -> bool {
    let has = |key, wanted| words(rule, key).any(|one| one == "*" || one == wanted);
    // A rule for named objects allows no list.
    let of_all = words(rule, "resourceNames").next().is_none();
    of_all && has("apiGroups", group) && has("resources", resource) && has("verbs", verb)
}

/// What `rules` lack of `needed`, a line each: `list, watch replicasets.apps`.
pub fn missing(rules: &[Value], needed: &[Value]) -> Vec<String> {
    let mut lines: Vec<(String, Vec<&str>)> = Vec::new();
    for right in needed.iter().flat_map(rights) {
        if rules.iter().any(|rule| gives(rule, right)) {
            continue;
        }
        let (group, resource, verb) = right;
        let whole = match group {
            "" => resource.to_owned(),
            group => format!("{resource}.{group}"),
        };
        match lines.iter_mut().find(|(one, _)| *one == whole) {
            Some((_, verbs)) => verbs.push(verb),
            None => lines.push((whole, vec![verb])),
        }
    }
    let say = |(whole, verbs): (String, Vec<&str>)| format!("{} {whole}", verbs.join(", "));
    lines.into_iter().map(say).collect()
}

/// `rules` and, after them, each rule of `needed` that gives something that they lack.
pub fn union(rules: &[Value], needed: &[Value]) -> Vec<Value> {
    let lacking = needed
        .iter()
        .filter(|one| rights(one).any(|right| !rules.iter().any(|rule| gives(rule, right))));
    rules.iter().chain(lacking).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_articles_role_lacks_what_mixer_looks_up() {
        let articles = [rule("", &["nodes", "pods", "services", "endpoints"], &LOOK)];
        let needed = needed(IstioGeneration::Mixer);
        assert_eq!(
            missing(&articles, &needed),
            [
                "get, list, watch replicationcontrollers",
                "get, list, watch replicasets.apps"
            ]
        );
        let both = union(&articles, &needed);
        assert_eq!(both.first(), articles.first(), "what was there stays first");
        assert!(missing(&both, &needed).is_empty());
    }

    #[test]
    fn what_is_wide_enough_stays_as_it_is() {
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
    fn a_rule_for_named_objects_does_not_count() {
        let mut named = rule("", &["pods"], &LOOK);
        named["resourceNames"] = json!(["one"]);
        let pods = [rule("", &["pods"], &["list"])];
        assert_eq!(missing(&[named], &pods), ["list pods"]);
    }

    #[test]
    fn a_legacy_reader_sees_no_secret_and_todays_does() {
        let secrets = [rule("", &["secrets"], &["list"])];
        assert!(!missing(&needed(IstioGeneration::Mixer), &secrets).is_empty());
        assert!(missing(&needed(IstioGeneration::Istiod), &secrets).is_empty());
    }
}
