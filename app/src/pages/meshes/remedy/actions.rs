//! Which plans mend what a check found, and on which clusters.

use super::{RemedyAction, RemedyKind};
use crate::{pages::meshes::member::MemberAction, words::t};
use wire::{
    ClusterName,
    check::{CheckStatus, CheckView, DetailCode, Remedy},
    mesh::{MeshView, StepKind},
};

/// The clusters that the lines of a finding are about, each once.
fn clusters_of(check: &CheckView, is_about: impl Fn(DetailCode) -> bool) -> Vec<ClusterName> {
    let mut clusters: Vec<ClusterName> = Vec::new();
    for detail in check.details.iter().filter(|detail| is_about(detail.code)) {
        let name = detail.cluster.clone().map(ClusterName::new);
        if let Some(Ok(name)) = name
            && !clusters.contains(&name)
        {
            clusters.push(name);
        }
    }
    clusters
}

/// The remotes that a finding is about; all of them when it names none.
fn remotes_of(check: &CheckView, mesh: &MeshView) -> Vec<ClusterName> {
    let remotes = &mesh.row.remotes;
    let mut named = clusters_of(check, |_| true);
    named.retain(|cluster| remotes.contains(cluster));
    if named.is_empty() {
        remotes.clone()
    } else {
        named
    }
}

/// What can be done about a finding, each with its cluster.
pub(super) fn actions(check: &CheckView, mesh: &MeshView) -> Vec<RemedyAction> {
    if !matches!(check.status, CheckStatus::Warning | CheckStatus::Failed) {
        return Vec::new();
    }
    let mut steps = mesh.steps.iter();
    let is_joined = steps.any(|step| step.step.kind == StepKind::Join && step.state.is_complete());
    let mut found: Vec<RemedyAction> = Vec::new();
    for remedy in &check.remedies {
        for (cluster, kind) in actions_of(*remedy, check, mesh) {
            // Before the join, its step has the plan.
            let is_of_member = matches!(
                kind,
                RemedyKind::Plan(MemberAction::Rotate | MemberAction::Rejoin)
            );
            if is_of_member && !is_joined {
                continue;
            }
            let action = RemedyAction {
                label: label(*remedy, kind, &cluster),
                cluster,
                kind,
            };
            if !found.contains(&action) {
                found.push(action);
            }
        }
    }
    found
}

fn actions_of(
    remedy: Remedy,
    check: &CheckView,
    mesh: &MeshView,
) -> Vec<(ClusterName, RemedyKind)> {
    let rotate = RemedyKind::Plan(MemberAction::Rotate);
    let rejoin = RemedyKind::Plan(MemberAction::Rejoin);
    let repair = RemedyKind::Plan(MemberAction::Repair(check.code));
    let on = |clusters: Vec<ClusterName>, kinds: &[RemedyKind]| {
        let each = clusters.into_iter();
        let pairs = each.flat_map(|cluster| kinds.iter().map(move |kind| (cluster.clone(), *kind)));
        pairs.collect()
    };
    match remedy {
        Remedy::RotateToken => on(remotes_of(check, mesh), &[rotate]),
        Remedy::CreateToken
        | Remedy::CreateRole
        | Remedy::ExtendRole
        | Remedy::FixRemoteSecret
        | Remedy::UseBearerToken
        | Remedy::UpdateCaBundle => on(remotes_of(check, mesh), &[rejoin]),
        // Where the annotation is there already, a new token makes istiod read the remote again.
        Remedy::AnnotateAndReload => on(remotes_of(check, mesh), &[rejoin, rotate]),
        Remedy::UpgradeRemote => on(remotes_of(check, mesh), &[RemedyKind::UpdateAddresses]),
        Remedy::RestartIstiod => on(vec![mesh.row.primary.clone()], &[repair]),
        Remedy::RestartWorkloads => on(clusters_of(check, names_workload), &[repair]),
        Remedy::LabelNamespace => on(clusters_of(check, names_namespace), &[repair]),
        _ => Vec::new(),
    }
}

/// Whether a line names a pod whose workload can be restarted.
fn names_workload(code: DetailCode) -> bool {
    matches!(code, DetailCode::SidecarMissing | DetailCode::ProxyOlder)
}

/// Whether a line names a namespace that needs the label.
fn names_namespace(code: DetailCode) -> bool {
    code == DetailCode::NamespaceNotLabelled
}

fn label(remedy: Remedy, kind: RemedyKind, cluster: &ClusterName) -> String {
    let cluster = cluster.to_string();
    match (kind, remedy) {
        (RemedyKind::UpdateAddresses, _) => t!(remedy.update_addresses, cluster = cluster),
        (RemedyKind::Plan(MemberAction::Rotate), _) => t!(remedy.rotate, cluster = cluster),
        (RemedyKind::Plan(MemberAction::Rejoin), _) => t!(remedy.rejoin, cluster = cluster),
        (_, Remedy::RestartIstiod) => t!(remedy.restart_istiod, cluster = cluster),
        (_, Remedy::LabelNamespace) => t!(remedy.label_namespaces, cluster = cluster),
        _ => t!(remedy.restart_workloads, cluster = cluster),
    }
}
