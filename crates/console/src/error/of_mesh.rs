//! What a join, a rotation or a leave met, told to a page.

use super::of_cluster;
use ::mesh::Error as E;
use wire::{Code, Problem};

/// What was met between two clusters, told to a page.
pub(super) fn of_mesh(error: &E) -> Problem {
    match error {
        E::Cluster { source, .. } | E::Malformed(source) => of_cluster(source),
        E::Terminating { namespace, .. } => {
            Problem::new(Code::NamespaceTerminating).with("namespace", namespace)
        }
        E::NameTaken { name, secret } => Problem::new(Code::NameTaken)
            .with("name", name)
            .with("object", secret),
        E::OwnName { name } => Problem::new(Code::OwnName).with("name", name),
        E::SameCluster => Problem::new(Code::SameCluster),
        E::Changed { object, .. } => Problem::new(Code::ObjectChanged).with("object", object),
        E::NoToken { object, waited } => Problem::new(Code::NoToken)
            .with("object", object)
            .with("waited", waited.as_secs()),
        E::TokenRejected { object, said } => Problem::new(Code::TokenRejected)
            .with("object", object)
            .detail(said),
        E::UntrustedCertificate { server, said } => Problem::new(Code::OtherAuthority)
            .with("server", server)
            .detail(said),
        E::OtherCluster { server } => Problem::new(Code::OtherCluster).with("server", server),
        E::NotSynced {
            name,
            waited,
            reason,
        } => Problem::new(Code::NotTakenUp)
            .with("name", name)
            .with("waited", waited.as_secs())
            .detail(reason),
        E::NotJoined { name } => Problem::new(Code::NotJoined).with("name", name),
        E::InUse { by } => Problem::new(Code::ClusterInUse).with("by", by.join(", ")),
        E::NamespaceNotEmpty { namespace, holds } => Problem::new(Code::NamespaceInhabited)
            .with("namespace", namespace)
            .with("holds", holds.join(", ")),
        E::Unreadable { crd, reason } => Problem::new(Code::DefinitionUnread)
            .with("definition", crd)
            .detail(reason),
        E::Stuck { stuck, waited } => {
            let objects: Vec<String> = stuck.iter().map(|one| one.object.to_string()).collect();
            Problem::new(Code::Held)
                .with("object", objects.join(", "))
                .with("waited", waited.as_secs())
                .detail(::mesh::cleanup::describe(stuck))
        }
        E::BackupTooLarge { limit } => Problem::new(Code::BackupTooBig).with("most", limit >> 20),
        E::Cancelled => Problem::new(Code::Cancelled),
    }
}
