//! D18: each injected namespace of the remote has the root certificate that its pods mount.
//!
//! A control plane writes it into a remote only when it serves remote clusters and the remote's namespace
//! names it before the cluster is added: the annotation is read once.

use crate::{
    facts::{ClusterFacts, ControlPlaneFacts, JoinFacts, MeshFacts, Role},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

const ANNOTATION: &str = "topology.istio.io/controlPlaneClusters";

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, remote) in facts.joins_with_clusters() {
        if remote.role != Role::Remote {
            continue;
        }
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        if let Some(plane) = plane {
            tally.applies();
            if !plane.controls_remotes() {
                let detail = detail!(ExternalIstiodUnset {});
                tally.fail(detail.on(&primary.name), Remedy::AnnotateAndReload);
            }
            if join.joined {
                check_annotation(plane, join, remote, &mut tally);
            }
        }
        if join.joined {
            check_config_maps(remote, &mut tally);
        }
    }
    tally.finding()
}

fn check_annotation(
    plane: &ControlPlaneFacts,
    join: &JoinFacts,
    remote: &ClusterFacts,
    tally: &mut Tally,
) {
    let subject = format!("{}: Namespaces", remote.name);
    if tally.known(subject, &remote.namespaces).is_none() {
        return;
    }
    let namespace = &remote.istio_namespace;
    let annotation = remote
        .namespace(namespace)
        .and_then(|namespace| namespace.annotations.get(ANNOTATION))
        .map_or("", String::as_str);
    let cluster_id = plane.cluster_id();
    let mut named = annotation.split(',').map(str::trim);
    if !named.any(|named| named == cluster_id || named == "*") {
        let detail = detail!(ControlPlaneNotAnnotated {
            namespace,
            cluster_id,
            primary: join.primary,
            annotation: ANNOTATION
        });
        tally.fail(detail.on(&remote.name), Remedy::AnnotateAndReload);
    }
}

fn check_config_maps(remote: &ClusterFacts, tally: &mut Tally) {
    let subject = format!("{}: ConfigMaps", remote.name);
    let Some(with_root) = tally.known(subject, &remote.root_cert_namespaces) else {
        return;
    };
    let namespaces = remote.namespaces.as_deref().unwrap_or_default();
    let injected = namespaces
        .iter()
        .filter(|namespace| namespace.injection_enabled());
    for namespace in injected {
        tally.applies();
        if !with_root.contains(&namespace.name) {
            let detail = detail!(RootCertificateMissing {
                namespace: namespace.name
            });
            tally.fail(detail.on(&remote.name), Remedy::AnnotateAndReload);
        }
    }
}

#[cfg(test)]
mod tests;
