//! What went wrong with a mesh, as a sentence, and the next thing to try.

use crate::words::say;
use wire::{Code, Problem};

/// The sentence for a problem of a mesh; none for another.
pub(super) fn sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    Some(match problem.code {
        Code::MeshExists => say!(problem.mesh_exists, mesh = arg("mesh")),
        Code::BadMesh if arg("cluster").is_empty() => say!(problem.no_remote),
        Code::BadMesh => say!(problem.bad_mesh, cluster = arg("cluster")),
        Code::ReleaseUnfinished => say!(problem.release_unfinished, release = arg("release")),
        Code::NoAddress => say!(problem.no_address, key = arg("key")),
        Code::NameTaken => say!(
            problem.name_taken,
            name = arg("name"),
            object = arg("object")
        ),
        Code::OwnName => say!(problem.own_name, name = arg("name")),
        Code::SameCluster => say!(problem.same_cluster),
        Code::ObjectChanged => say!(problem.object_changed, object = arg("object")),
        Code::NoToken => say!(
            problem.no_token,
            object = arg("object"),
            waited = arg("waited")
        ),
        Code::TokenRejected => say!(problem.token_rejected, object = arg("object")),
        Code::OtherAuthority => say!(problem.other_authority, server = arg("server")),
        Code::OtherCluster => say!(problem.other_cluster, server = arg("server")),
        Code::NotTakenUp => say!(
            problem.not_taken_up,
            name = arg("name"),
            waited = arg("waited")
        ),
        Code::NotJoined => say!(problem.not_joined, name = arg("name")),
        Code::StepNotDue => say!(problem.step_not_due),
        Code::StepStands => say!(
            problem.step_stands,
            step = arg("step"),
            cluster = arg("cluster")
        ),
        Code::ClusterInMesh => say!(
            problem.cluster_in_mesh,
            cluster = arg("cluster"),
            mesh = arg("mesh")
        ),
        Code::OtherLine => say!(problem.other_line),
        Code::ClusterInUse => say!(problem.cluster_in_use, by = arg("by")),
        Code::NamespaceInhabited => say!(
            problem.namespace_inhabited,
            namespace = arg("namespace"),
            holds = arg("holds")
        ),
        Code::DefinitionUnread => {
            say!(problem.definition_unread, definition = arg("definition"))
        }
        Code::Held => say!(problem.held, object = arg("object"), waited = arg("waited")),
        Code::BackupTooBig => say!(problem.backup_too_big, most = arg("most")),
        _ => return None,
    })
}

/// The next thing to try; none for another problem.
pub(super) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::MeshExists => say!(hint.mesh_exists),
        Code::BadMesh if problem.arg("cluster").is_empty() => say!(hint.no_remote),
        Code::BadMesh => say!(hint.bad_mesh),
        Code::ReleaseUnfinished => say!(hint.release_unfinished),
        Code::NoAddress => say!(hint.no_address),
        Code::NameTaken => say!(hint.name_taken),
        Code::OwnName => say!(hint.own_name),
        Code::SameCluster => say!(hint.same_cluster),
        Code::ObjectChanged | Code::NoToken | Code::TokenRejected => say!(hint.plan_again),
        Code::OtherAuthority => say!(hint.give_authority),
        Code::OtherCluster => say!(hint.give_address),
        Code::NotTakenUp => say!(hint.look_at_plane),
        Code::NotJoined => say!(hint.join_first),
        Code::StepNotDue => say!(hint.step_not_due),
        Code::StepStands => say!(hint.step_stands),
        Code::ClusterInMesh => say!(hint.cluster_in_mesh),
        Code::OtherLine => say!(hint.other_line),
        Code::ClusterInUse => say!(hint.cluster_in_use),
        Code::NamespaceInhabited => say!(hint.namespace_inhabited),
        Code::DefinitionUnread => say!(hint.definition_unread),
        Code::Held => say!(hint.held),
        Code::BackupTooBig => say!(hint.backup_too_big),
        _ => return None,
    })
}
