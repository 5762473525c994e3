//! D22: the modes of mutual TLS are the same in each cluster.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use std::collections::{BTreeMap, BTreeSet};
use wire::check::Remedy;

/// The mode of a scope without a policy.
const DEFAULT_MODE: &str = "PERMISSIVE";

/// The modes of a cluster by scope: a namespace, or "" for the whole mesh.
type Modes<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    // The policies of a primary configure its remotes too.
    let mut clusters: Vec<(&str, Modes<'_>)> = Vec::new();
    for primary in facts.primaries() {
        if let Some(policies) = tally.known(&primary.name, &primary.mutual_tls) {
            let modes = policies
                .iter()
                .map(|policy| (policy.scope.as_str(), policy.mode.as_str()));
            clusters.push((primary.name.as_str(), modes.collect()));
        }
    }
    let scopes: BTreeSet<&str> = clusters
        .iter()
        .flat_map(|(_, modes)| modes.keys().copied())
        .collect();
    for scope in scopes {
        compare(scope, &clusters, &mut tally);
    }
    tally.finding()
}

fn compare(scope: &str, clusters: &[(&str, Modes<'_>)], tally: &mut Tally) {
    let modes: Vec<(&str, &str)> = clusters
        .iter()
        .map(|(cluster, modes)| {
            let mode = modes.get(scope).or_else(|| modes.get(""));
            (*cluster, mode.copied().unwrap_or(DEFAULT_MODE))
        })
        .collect();
    let distinct: BTreeSet<&str> = modes.iter().map(|(_, mode)| *mode).collect();
    if distinct.len() > 1 {
        let modes = modes
            .iter()
            .map(|(cluster, mode)| format!("{cluster} {mode}"));
        let modes = modes.collect::<Vec<String>>().join(", ");
        let detail = match scope {
            "" => detail!(MutualTlsDiffersInMesh { modes }),
            namespace => detail!(MutualTlsDiffersInNamespace { namespace, modes }),
        };
        tally.warn(detail, Remedy::AlignMutualTls);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{MutualTlsFacts, Role};

    fn policy(scope: &str, mode: &str) -> MutualTlsFacts {
        MutualTlsFacts {
            object: format!("PeerAuthentication {scope}/default"),
            scope: scope.to_owned(),
            mode: mode.to_owned(),
        }
    }

    fn with(policies: &[MutualTlsFacts], other_policies: &[MutualTlsFacts]) -> Finding {
        let mut facts = istiod();
        east(&mut facts).mutual_tls = Ok(policies.to_vec());
        west(&mut facts).role = Role::Primary;
        west(&mut facts).mutual_tls = Ok(other_policies.to_vec());
        run(CheckCode::MutualTls, &facts)
    }

    #[test]
    fn strict_in_one_cluster_and_permissive_in_another_is_a_warning() {
        let modes = "east STRICT, west PERMISSIVE";
        let mesh = with(&[policy("", "STRICT")], &[]);
        assert_eq!(mesh.status, CheckStatus::Warning);
        assert_eq!(mesh.details, [detail!(MutualTlsDiffersInMesh { modes })]);
        let namespace = with(&[policy("bookinfo", "STRICT")], &[policy("", "PERMISSIVE")]);
        let expected = detail!(MutualTlsDiffersInNamespace {
            namespace: "bookinfo",
            modes
        });
        assert_eq!(namespace.details, [expected]);
    }

    #[test]
    fn equal_modes_pass() {
        let strict = [policy("", "STRICT")];
        assert_eq!(with(&strict, &strict).status, CheckStatus::Passed);
        assert_eq!(with(&[], &[]).status, CheckStatus::Passed);
    }
}
