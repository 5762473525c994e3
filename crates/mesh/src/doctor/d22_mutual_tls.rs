//! D22: is mutual TLS demanded alike in each cluster?

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use std::collections::{BTreeMap, BTreeSet};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::MutualTls,
    group: Group::Certificates,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    // A remote without a control plane is configured by its primary's policies.
    let planes: Vec<&ClusterFacts> = facts.primaries().collect();
    let mut said: Vec<(&str, BTreeMap<&str, &str>)> = Vec::new();
    for cluster in planes {
        if let Some(policies) = tally.known(&cluster.name, &cluster.mutual_tls) {
            let modes = policies
                .iter()
                .map(|one| (one.scope.as_str(), one.mode.as_str()));
            said.push((&cluster.name, modes.collect()));
        }
    }
    let scopes: BTreeSet<&str> = said
        .iter()
        .flat_map(|(_, modes)| modes.keys().copied())
        .collect();
    for scope in scopes {
        compare(scope, &said, &mut tally);
    }
    tally.finding()
}

fn compare(scope: &str, said: &[(&str, BTreeMap<&str, &str>)], tally: &mut Tally) {
    let mode = |modes: &BTreeMap<&str, &str>| {
        let own = modes.get(scope).or_else(|| modes.get(""));
        own.map_or_else(|| "PERMISSIVE".to_owned(), |mode| (*mode).to_owned())
    };
    let all: Vec<(&str, String)> = said
        .iter()
        .map(|(who, modes)| (*who, mode(modes)))
        .collect();
    let different: BTreeSet<&str> = all.iter().map(|(_, mode)| mode.as_str()).collect();
    if different.len() > 1 {
        let where_ = match scope {
            "" => "the mesh".to_owned(),
            namespace => format!("Namespace {namespace}"),
        };
        let each = all.iter().map(|(who, mode)| format!("{who} {mode}"));
        let each: Vec<String> = each.collect();
        let line = format!("{where_}: {}", each.join(", "));
        tally.warn(line, Remedy::AlignMutualTls);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::{MutualTlsFacts, Role};
    use wire::check::Verdict;

    fn policy(scope: &str, mode: &str) -> MutualTlsFacts {
        MutualTlsFacts {
            object: format!("PeerAuthentication {scope}/default"),
            scope: scope.to_owned(),
            mode: mode.to_owned(),
        }
    }

    fn with(mine: &[MutualTlsFacts], theirs: &[MutualTlsFacts]) -> Finding {
        let mut facts = today();
        east(&mut facts).mutual_tls = Ok(mine.to_vec());
        west(&mut facts).role = Role::Primary;
        west(&mut facts).mutual_tls = Ok(theirs.to_vec());
        CHECK.run(&facts)
    }

    #[test]
    fn strict_here_and_permissive_there_is_a_warning() {
        let finding = with(&[policy("", "STRICT")], &[]);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.found, ["the mesh: east STRICT, west PERMISSIVE"]);
        let one = with(&[policy("bookinfo", "STRICT")], &[policy("", "PERMISSIVE")]);
        assert_eq!(
            one.found,
            ["Namespace bookinfo: east STRICT, west PERMISSIVE"]
        );
    }

    #[test]
    fn the_same_demand_passes() {
        let strict = [policy("", "STRICT")];
        assert_eq!(with(&strict, &strict).verdict, Verdict::Passed);
        assert_eq!(with(&[], &[]).verdict, Verdict::Passed);
    }
}
