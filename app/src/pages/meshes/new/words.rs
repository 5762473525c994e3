//! What speaks against a new mesh, in words.

use crate::words::t;
use wire::{
    cluster::Role,
    mesh::{MeshFinding, RangeKind},
};

/// A finding as a sentence.
pub(super) fn of_finding(finding: &MeshFinding) -> String {
    match finding {
        MeshFinding::BadName(error) => t!(mesh.bad_name, reason = error.to_string()),
        MeshFinding::NameTaken(name) => t!(problem.mesh_exists, mesh = name.to_string()),
        MeshFinding::NoPrimary => t!(mesh.no_primary),
        MeshFinding::NoRemote => t!(problem.no_remote),
        MeshFinding::Twice(cluster) => t!(problem.bad_mesh, cluster = cluster.to_string()),
        MeshFinding::NotRegistered(cluster) => {
            t!(mesh.not_registered, cluster = cluster.to_string())
        }
        MeshFinding::Unusable(cluster) => t!(mesh.unusable, cluster = cluster.to_string()),
        MeshFinding::Unreachable(cluster) => t!(mesh.unreachable, cluster = cluster.to_string()),
        MeshFinding::InMesh(cluster, membership) => {
            let (cluster, mesh) = (cluster.to_string(), membership.mesh.to_string());
            match membership.role {
                Role::Primary => t!(mesh.is_primary_of, cluster = cluster, mesh = mesh),
                Role::Remote | Role::Both => t!(mesh.is_remote_of, cluster = cluster, mesh = mesh),
            }
        }
        MeshFinding::Overlap {
            cluster,
            other,
            kind,
            range,
            other_range,
        } => {
            let (cluster, other) = (cluster.to_string(), other.to_string());
            match kind {
                RangeKind::Pods => t!(
                    mesh.pods_overlap,
                    cluster = cluster,
                    range = range.clone(),
                    other = other,
                    other_range = other_range.clone()
                ),
                RangeKind::Services => t!(
                    mesh.services_overlap,
                    cluster = cluster,
                    range = range.clone(),
                    other = other,
                    other_range = other_range.clone()
                ),
            }
        }
    }
}
