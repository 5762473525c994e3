//! D01: does the control plane follow the remote?
//!
//! Today's line says it for each of its pods, and they may differ. The old line does not say it: there
//! an endpoint whose address is a pod's of the remote is the proof.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, ControlPlaneFacts, IstioGeneration, JoinFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ClusterSynced,
    group: Group::Sync,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Answers,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, remote) in facts.joins_with_clusters().filter(|(join, ..)| join.joined) {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        match plane {
            Some(plane) if facts.generation == IstioGeneration::Istiod => {
                instances(join, plane, &mut tally)
            }
            Some(plane) => registered(join, plane, remote, &mut tally),
            None => {
                let line = format!("{} has no control plane", primary.name);
                tally.block(line, Remedy::LookAtRemoteAccess);
            }
        }
    }
    tally.finding()
}

fn instances(join: &JoinFacts, plane: &ControlPlaneFacts, tally: &mut Tally) {
    if plane.debug.instances.is_empty() {
        tally.unknown(format!(
            "{}: no pod of the control plane was asked",
            join.primary
        ));
    }
    for instance in &plane.debug.instances {
        let pod = format!("{}: {}", join.primary, instance.pod);
        let Some(clusters) = tally.known(&pod, &instance.clusters) else {
            continue;
        };
        tally.saw();
        let found = clusters.iter().find(|one| one.cluster == join.name);
        let name = &join.name;
        match found.map(|one| one.state.as_str()) {
            Some("synced") => {}
            Some("syncing") => {
                let line = format!("{pod} is reading {name} for the first time");
                tally.warn(line, Remedy::LookAtRemoteAccess);
            }
            Some(state) => {
                let line = format!("{pod} says {state} of {name}");
                tally.block(line, Remedy::LookAtRemoteAccess);
            }
            None => {
                let line = format!("{pod} does not know {name}");
                tally.block(line, Remedy::MendRemoteSecret);
            }
        }
    }
}

fn registered(
    join: &JoinFacts,
    plane: &ControlPlaneFacts,
    remote: &ClusterFacts,
    tally: &mut Tally,
) {
    let Some(endpoints) = tally.known(&join.primary, &plane.debug.endpoints) else {
        return;
    };
    let Some(behind) = tally.known(&remote.name, &remote.endpoints) else {
        return;
    };
    let pods = behind
        .iter()
        .filter(|one| one.ready && remote.is_pod_address(one.address));
    if pods.count() == 0 {
        return;
    }
    tally.saw();
    if !endpoints
        .iter()
        .any(|one| remote.is_pod_address(one.address))
    {
        let line = format!(
            "{}: no endpoint of {} is registered",
            join.primary, join.remote
        );
        tally.block(line, Remedy::LookAtRemoteAccess);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{SkipReason, Verdict};

    fn with_state(state: &str) -> Finding {
        let mut facts = today();
        let clusters = &mut plane_of(&mut facts).debug.instances[0].clusters;
        clusters.as_mut().expect("known")[1].state = state.to_owned();
        CHECK.run(&facts)
    }

    #[test]
    fn a_remote_in_timeout_blocks() {
        let finding = with_state("timeout");
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.found, ["east: istiod-0 says timeout of west"]);
    }

    #[test]
    fn a_remote_that_is_being_read_is_a_warning() {
        assert_eq!(with_state("syncing").verdict, Verdict::Warning);
    }

    #[test]
    fn one_pod_that_does_not_know_the_remote_is_enough() {
        let mut facts = today();
        let instances = &mut plane_of(&mut facts).debug.instances;
        let mut second = instances[0].clone();
        second.pod = "istiod-1".into();
        second.clusters.as_mut().expect("known").truncate(1);
        instances.push(second);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.found, ["east: istiod-1 does not know west"]);
    }

    #[test]
    fn the_old_line_is_judged_by_whose_addresses_are_registered() {
        assert_eq!(CHECK.run(&legacy()).verdict, Verdict::Passed);
        let mut facts = legacy();
        let endpoints = &mut plane_of(&mut facts).debug.endpoints;
        endpoints.as_mut().expect("known").remove(0);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(finding.found, ["east: no endpoint of west is registered"]);
    }

    #[test]
    fn a_remote_without_endpoints_proves_nothing() {
        let mut facts = legacy();
        west(&mut facts).endpoints = Ok(Vec::new());
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }

    #[test]
    fn a_remote_in_sync_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
