//! Watches what the members of a mesh are connected by: the objects of the readers on the remotes, with the
//! Secrets of their tokens, the remote Secrets on the primary, and the namespaces with a label of Istio.
//!
//! A binding or a token that is deleted, or a label that is changed, is found within seconds. Of Secrets and
//! namespaces only the metadata is read: a change of the data changes the resource version. Start at
//! [`MemberWatches::changed`].

mod subject;

use crate::{Console, connections::ClusterConnection, meshes::Mesh};
use cluster::Snapshot;
use std::{collections::BTreeMap, time::Duration};
use subject::{OF_PRIMARY, OF_REMOTE, Subject};
use tokio::sync::watch;
use wire::ClusterName;

/// How long the first lists of a member may take; a member that does not answer must not delay the checks.
const SYNC_TIMEOUT: Duration = Duration::from_secs(2);

/// Namespace and name of each object of a subject, with what is compared of it.
type Seen = BTreeMap<(String, String), String>;

/// The watches on the members of a mesh.
#[derive(Default)]
pub(super) struct MemberWatches(Vec<MemberWatch>);

/// One subject on one member.
struct MemberWatch {
    member: ClusterName,
    subject: Subject,
    receiver: watch::Receiver<Snapshot>,
    seen: Seen,
}

impl Console {
    /// Watches those subjects on the members of a mesh that are not watched yet, and knows their objects before
    /// the checks read them. A member that does not answer soon is tried again the next time.
    pub(super) async fn complete_member_watches(&self, watches: &mut MemberWatches, mesh: &Mesh) {
        let primary = OF_PRIMARY.map(|subject| (&mesh.primary, subject));
        let remotes = mesh.remotes.iter();
        let remotes = remotes.flat_map(|remote| OF_REMOTE.map(|subject| (remote, subject)));
        let missing = primary.into_iter().chain(remotes);
        let missing = missing.filter(|(member, subject)| !watches.contain(member, *subject));
        let missing = missing.filter_map(|(member, subject)| {
            let connection = self.connections.get(member).ok()?;
            Some(watch_on(connection, subject))
        });
        let found = futures::future::join_all(missing).await;
        watches.0.extend(found.into_iter().flatten());
    }
}

/// Watches a subject on a member. A subject that may not be read is watched, too: the watch begins again automatically,
/// and the checks report why.
async fn watch_on(connection: ClusterConnection, subject: Subject) -> Option<MemberWatch> {
    connection.follow_kinds();
    let begin = async {
        let mut receiver = subject.watch(&connection).await.ok()?;
        let read = receiver.wait_for(|snapshot| snapshot.synced || snapshot.problem.is_some());
        read.await.ok()?;
        let mut watch = MemberWatch {
            member: connection.name.clone(),
            subject,
            receiver,
            seen: Seen::new(),
        };
        watch.has_news();
        Some(watch)
    };
    tokio::time::timeout(SYNC_TIMEOUT, begin).await.ok()?
}

impl MemberWatches {
    fn contain(&self, member: &ClusterName, subject: Subject) -> bool {
        let mut watches = self.0.iter();
        watches.any(|watch| watch.member == *member && watch.subject == subject)
    }

    /// Waits until an object of a subject appears, changes or disappears. Watches that have ended are dropped.
    pub(super) async fn changed(&mut self) {
        loop {
            self.0.retain(|watch| watch.receiver.has_changed().is_ok());
            if self.0.is_empty() {
                return std::future::pending().await;
            }
            if self.0.iter_mut().any(MemberWatch::has_news) {
                return;
            }
            let each = self.0.iter_mut();
            let each = each.map(|watch| Box::pin(watch.receiver.changed()));
            let _ = futures::future::select_all(each).await;
        }
    }
}

impl MemberWatch {
    /// Whether the objects of the subject differ from those that were seen before.
    fn has_news(&mut self) -> bool {
        let snapshot = self.receiver.borrow_and_update();
        if !snapshot.synced {
            return false;
        }
        let objects = snapshot.objects.iter();
        let now: Seen = objects
            .filter_map(|(key, object)| Some((key.clone(), self.subject.state_of(object)?)))
            .collect();
        drop(snapshot);
        let before = std::mem::replace(&mut self.seen, now);
        before != self.seen
    }
}
