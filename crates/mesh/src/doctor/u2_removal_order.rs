//! U2: in which order does what stands have to go, and was something taken away too early?
//!
//! Workloads with a sidecar first, then remote Secrets, webhooks, gateways, the control plane: pods whose
//! control plane is gone run on with what they knew last, and new ones are refused.

use super::{Check, Lines, Needs, gateway};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RemovalOrder,
    group: Group::Removal,
    lines: Lines::Both,
    needs: Needs::Removal,
    reads: Stage::Remotes,
    look,
};

/// What stands in a cluster, in the order in which it is to go.
fn standing(cluster: &ClusterFacts) -> Vec<(&'static str, usize)> {
    let pods = cluster.known_pods().iter();
    let injected = pods.filter(|pod| pod.live && pod.sidecar.is_some()).count();
    let secrets = cluster.remote_secrets.as_deref().unwrap_or_default().len();
    let webhooks = cluster.webhooks.as_deref().unwrap_or_default();
    let webhooks = webhooks.iter().filter(|one| one.istio).count();
    let all = [
        ("workloads with a sidecar", injected),
        ("remote Secrets", secrets),
        ("webhooks", webhooks),
        ("gateways", gateway::of(cluster).count()),
        (
            "control plane",
            usize::from(cluster.installed_control_plane().is_some()),
        ),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    let mut leads = false;
    for primary in facts.primaries() {
        if tally.known(&primary.name, &primary.control_plane).is_some() {
            leads |= primary.installed_control_plane().is_some();
        }
    }
    for cluster in &facts.clusters {
        if tally
            .known(&format!("{}: pods", cluster.name), &cluster.pods)
            .is_none()
        {
            continue;
        }
        let standing = standing(cluster);
        let pods = standing
            .iter()
            .find(|(what, _)| what.starts_with("workloads"));
        if let (Some((what, count)), false) = (pods, leads) {
            let line = format!("{}: {count} {what}, and nobody leads them", cluster.name);
            tally.warn(line, Remedy::RemoveInOrder);
        } else if !standing.is_empty() {
            let each = standing
                .iter()
                .map(|(what, count)| format!("{count} {what}"));
            let each: Vec<String> = each.collect();
            let line = format!("{}: {}", cluster.name, each.join(", then "));
            tally.note(line, Remedy::RemoveInOrder);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn what_stands_is_named_in_order() {
        let finding = CHECK.run(&removed(today()));
        assert_eq!(finding.verdict, Verdict::Noted);
        assert_eq!(
            finding.found[0],
            "east: 1 workloads with a sidecar, then 1 remote Secrets, then 1 webhooks, \
             then 1 gateways, then 1 control plane"
        );
    }

    #[test]
    fn workloads_that_nobody_leads_are_a_warning() {
        let mut facts = removed(today());
        east(&mut facts).control_plane = Ok(None);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert!(
            finding.found[1].starts_with("west: 1 workloads"),
            "{finding:?}"
        );
    }

    #[test]
    fn when_nothing_stands_it_passes() {
        let mut facts = removed(today());
        for cluster in &mut facts.clusters {
            cluster.pods = Ok(Vec::new());
            cluster.services = Ok(Vec::new());
            cluster.webhooks = Ok(Vec::new());
            cluster.remote_secrets = Ok(Vec::new());
            cluster.control_plane = Ok(None);
        }
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
