//! The commands by which the administrator of a cluster admits this console.
//!
//! They create a ServiceAccount with the permissions that a mesh needs, each rule in full, and print a
//! kubeconfig that is pasted like any other. Nothing here talks to a cluster. Start at
//! [`admission`].

use crate::{Action, Caller, Console, Error};
use wire::cluster::AccessCommandsView;

/// Namespace, ServiceAccount, role, binding and token.
const MANIFEST: &str = include_str!("admission.yaml");

/// Prints the kubeconfig after the manifest was applied.
const PRINT: &str = include_str!("admission.sh");

impl Console {
    /// The commands for the administrator of a cluster.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn cluster_admission(&self, caller: &Caller) -> Result<AccessCommandsView, Error> {
        self.permitted(caller, Action::WriteCluster, async { Ok(admission()) })
            .await
    }
}

/// The commands, in the order in which they are given.
fn admission() -> AccessCommandsView {
    // The messages of kubectl are not part of the kubeconfig.
    let apply = "kubectl apply --server-side --field-manager meshspan --filename - >&2";
    AccessCommandsView {
        apply: format!("{apply} <<'END'\n{}\nEND", MANIFEST.trim_end()),
        print: PRINT.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clusters::probe::REQUIRED_PERMISSIONS;
    use serde_json::Value;

    fn role() -> Value {
        let read = |text| chart::Values::parse(text).expect("YAML").to_json();
        let mut objects = MANIFEST.split("---\n").map(read);
        let role = objects.find(|object| object["kind"] == "ClusterRole");
        role.expect("a role")
    }

    #[test]
    fn the_role_has_every_permission_that_the_probe_and_the_kinds_watch_require() {
        let role = role();
        let rules = role["rules"].as_array().expect("rules");
        let required = REQUIRED_PERMISSIONS
            .iter()
            .map(|(verb, group, resource, _)| (verb, group, resource));
        let watched = [
            (
                &"watch",
                &"apiextensions.k8s.io",
                &"customresourcedefinitions",
            ),
            (&"watch", &"apiregistration.k8s.io", &"apiservices"),
        ];
        for (verb, group, resource) in required.chain(watched) {
            let lists = |rule: &Value, key: &str, wanted: &str| {
                let all = rule[key].as_array().expect("a list");
                all.iter().any(|value| value == wanted)
            };
            let given = rules.iter().any(|rule| {
                lists(rule, "verbs", verb)
                    && lists(rule, "apiGroups", group)
                    && lists(rule, "resources", resource)
            });
            assert!(given, "{verb} {resource}.{group}");
        }
    }

    #[test]
    fn the_role_has_no_wildcard_verb_or_group() {
        for rule in role()["rules"].as_array().expect("rules") {
            for key in ["verbs", "apiGroups"] {
                let all = rule[key].as_array().expect("a list");
                assert!(all.iter().all(|value| value != "*"), "{rule}");
            }
        }
    }
}
