//! D18: has each injected namespace of the remote the root certificate that its pods mount?
//!
//! A control plane writes it into a remote only when it serves others, and when the remote's namespace
//! named it before the cluster was added: the annotation is read once.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, ControlPlaneFacts, JoinFacts, MeshFacts, Role},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RootCertificateMaps,
    group: Group::Sync,
    lines: Lines::Istiod,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

const ANNOTATION: &str = "topology.istio.io/controlPlaneClusters";

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let led = |remote: &ClusterFacts| remote.role == Role::Remote;
    for (join, primary, remote) in facts
        .joins_with_clusters()
        .filter(|(.., remote)| led(remote))
    {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        if let Some(plane) = plane {
            tally.saw();
            if plane.env_var("EXTERNAL_ISTIOD") != "true" {
                let line = format!("{}: EXTERNAL_ISTIOD is not true", primary.name);
                tally.block(line, Remedy::AnnotateAndReread);
            }
            if join.joined {
                annotated(plane, join, remote, &mut tally);
            }
        }
        if join.joined {
            maps(remote, &mut tally);
        }
    }
    tally.finding()
}

fn annotated(
    plane: &ControlPlaneFacts,
    join: &JoinFacts,
    remote: &ClusterFacts,
    tally: &mut Tally,
) {
    let name = format!("{}: namespaces", remote.name);
    if tally.known(&name, &remote.namespaces).is_none() {
        return;
    }
    let system = remote.namespace(&remote.istio_namespace);
    let told = system.and_then(|one| one.annotations.get(ANNOTATION));
    let told = told.map_or("", String::as_str);
    let own = plane.cluster_id();
    if !told
        .split(',')
        .any(|one| one.trim() == own || one.trim() == "*")
    {
        let (system, primary) = (&remote.istio_namespace, &join.primary);
        let line = format!(
            "{}: Namespace {system} does not name {own} ({primary}) in {ANNOTATION}",
            remote.name
        );
        tally.block(line, Remedy::AnnotateAndReread);
    }
}

fn maps(remote: &ClusterFacts, tally: &mut Tally) {
    let Some(maps) = tally.known(
        &format!("{}: ConfigMaps", remote.name),
        &remote.root_cert_namespaces,
    ) else {
        return;
    };
    let namespaces = remote.namespaces.as_deref().unwrap_or_default();
    for namespace in namespaces.iter().filter(|one| one.injection_enabled()) {
        tally.saw();
        if !maps.contains(&namespace.name) {
            let line = format!(
                "{}: Namespace {} has no ConfigMap istio-ca-root-cert",
                remote.name, namespace.name
            );
            tally.block(line, Remedy::AnnotateAndReread);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use std::collections::BTreeSet;
    use wire::check::Verdict;

    #[test]
    fn a_namespace_without_the_root_blocks() {
        let mut facts = today();
        west(&mut facts).root_cert_namespaces = Ok(BTreeSet::new());
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["west: Namespace bookinfo has no ConfigMap istio-ca-root-cert"]
        );
    }

    #[test]
    fn a_remote_that_does_not_name_its_control_plane_blocks() {
        let mut facts = today();
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].annotations = map(&[(ANNOTATION, "north, south")]);
        assert!(CHECK.run(&facts).found[0].contains("does not name east"));
        let namespaces = west(&mut facts).namespaces.as_mut().expect("known");
        namespaces[0].annotations = map(&[(ANNOTATION, "*")]);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }

    #[test]
    fn a_control_plane_that_serves_nobody_else_blocks_before_the_join() {
        let mut facts = today();
        join(&mut facts).joined = false;
        plane_of(&mut facts).env.remove("EXTERNAL_ISTIOD");
        assert_eq!(
            CHECK.run(&facts).found,
            ["east: EXTERNAL_ISTIOD is not true"]
        );
    }
}
