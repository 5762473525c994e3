//! The errors of this crate as problems for a page.

use crate::Error;
use wire::{Code, Problem};

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Cluster { source, .. } | Error::Malformed(source) => Self::from(source),
            Error::Terminating { namespace, .. } => {
                Self::new(Code::NamespaceTerminating).with("namespace", namespace)
            }
            Error::NameTaken { name, secret } => Self::new(Code::NameTaken)
                .with("name", name)
                .with("object", secret),
            Error::OwnName { name } => Self::new(Code::OwnName).with("name", name),
            Error::SameCluster => Self::new(Code::SameCluster),
            Error::Changed { object, .. } => Self::new(Code::ObjectChanged).with("object", object),
            Error::NoToken { object, waited } => Self::new(Code::NoToken)
                .with("object", object)
                .with("waited", waited.as_secs()),
            Error::TokenRejected { object, reason } => Self::new(Code::TokenRejected)
                .with("object", object)
                .detail(reason),
            Error::UntrustedCertificate { server, reason } => Self::new(Code::UntrustedCertificate)
                .with("server", server)
                .detail(reason),
            Error::OtherCluster { server } => Self::new(Code::OtherCluster).with("server", server),
            Error::NotSynced {
                name,
                waited,
                reason,
            } => Self::new(Code::NotSynced)
                .with("name", name)
                .with("waited", waited.as_secs())
                .detail(reason),
            Error::EndpointsMissing {
                name,
                cluster,
                waited,
                reason,
            } => Self::new(Code::EndpointsMissing)
                .with("name", name)
                .with("cluster", cluster)
                .with("waited", waited.as_secs())
                .detail(reason),
            Error::NoEarlierToken { name } => Self::new(Code::NoEarlierToken).with("name", name),
            Error::JoinedTwice { .. }
            | Error::WithoutToken { .. }
            | Error::ForeignReader { .. }
            | Error::JoinUnproven { .. }
            | Error::NotAdopted { .. } => of_adoption(error),
            Error::NotJoined { name } => Self::new(Code::NotJoined).with("name", name),
            Error::InUse { by } => {
                Self::new(Code::ClusterInUse).with("control_plane", by.join(", "))
            }
            Error::NamespaceNotEmpty { namespace, objects } => Self::new(Code::NamespaceNotEmpty)
                .with("namespace", namespace)
                .with("resources", objects.join(", ")),
            Error::Unreadable { crd, reason } => Self::new(Code::CrdUnreadable)
                .with("crd", crd)
                .detail(reason),
            Error::Stuck { stuck, waited } => cluster::deletion_stuck(stuck, *waited),
            Error::BackupTooLarge { limit } => {
                Self::new(Code::BackupTooLarge).with("max", limit >> 20)
            }
            Error::NotInjecting {
                webhook,
                waited,
                reason,
            } => Self::new(Code::NotReady)
                .with("object", webhook)
                .with("waited", waited.as_secs())
                .detail(reason),
            Error::Cancelled => Self::new(Code::Cancelled),
        }
    }
}

/// The problem of an adoption that cannot be planned.
fn of_adoption(error: &Error) -> Problem {
    match error {
        Error::JoinedTwice {
            name,
            secret,
            other,
        } => Problem::new(Code::JoinedTwice)
            .with("name", name)
            .with("object", secret)
            .with("other", other),
        Error::WithoutToken { secret, field } => Problem::new(Code::WithoutToken)
            .with("object", secret)
            .with("field", field),
        Error::ForeignReader {
            secret,
            subject,
            namespace,
        } => Problem::new(Code::ForeignReader)
            .with("object", secret)
            .with("subject", subject)
            .with("namespace", namespace),
        Error::JoinUnproven {
            name,
            secret,
            reason,
        } => Problem::new(Code::JoinUnproven)
            .with("name", name)
            .with("object", secret)
            .detail(reason),
        Error::NotAdopted { name } => Problem::new(Code::NotAdopted).with("name", name),
        _ => Problem::new(Code::Internal),
    }
}
