//! ControllerRevisions: the history of the templates of a StatefulSet or DaemonSet.
//!
//! A template that returns to an older one gives that revision the newest number. Start at
//! [`sync`].

use std::sync::Arc;

use serde_json::{Value, json};

use super::template_hash;
use crate::cluster::{Cluster, State};
use crate::object;

const ID: &str = "controllerrevisions.apps";

/// The label with the revision of a pod.
pub(super) const REVISION_LABEL: &str = "controller-revision-hash";

/// The label with the hash of a revision of a StatefulSet.
pub(super) const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The revisions of a workload, the oldest first; the last is that of its template.
#[derive(Debug)]
pub(super) struct History {
    revisions: Vec<Arc<Value>>,
}

impl History {
    /// The revision of the current template.
    pub(super) fn update(&self) -> Option<&Arc<Value>> {
        self.revisions.last()
    }

    /// The revision of this name.
    pub(super) fn named(&self, name: &str) -> Option<&Arc<Value>> {
        self.revisions
            .iter()
            .find(|revision| object::name(revision) == name)
    }
}

/// The pod template that a revision keeps.
pub(super) fn template(revision: &Value) -> Value {
    let mut template = revision["data"]["spec"]["template"].clone();
    if let Some(members) = template.as_object_mut() {
        members.remove("$patch");
    }
    template
}

/// Makes the revision of the current template the newest one, and returns all revisions.
///
/// `hash_label` is the label of the revision that has its hash.
pub(super) fn sync(cluster: &Cluster, state: &mut State, set: &Value, hash_label: &str) -> History {
    let mut revisions = owned(state, set);
    let wanted = &set["spec"]["template"];
    let number = |revision: &Value| object::number(revision, "/revision").unwrap_or(0);
    let newest = revisions.last().map_or(0, |revision| number(revision));
    let existing = revisions
        .iter()
        .rposition(|revision| template(revision) == *wanted);
    if let Some(position) = existing {
        let revision = revisions.remove(position);
        if number(&revision) == newest {
            revisions.push(revision);
            return History { revisions };
        }
        let mut renumbered = revision.as_ref().clone();
        renumbered["revision"] = json!(newest + 1);
        state.update(cluster, ID, renumbered, "");
        let namespace = object::namespace(&revision);
        revisions.extend(state.objects.get(ID, namespace, object::name(&revision)));
        return History { revisions };
    }
    revisions.extend(create(cluster, state, set, newest + 1, hash_label));
    History { revisions }
}

/// The revisions that a workload controls, the oldest first.
fn owned(state: &State, set: &Value) -> Vec<Arc<Value>> {
    let mut revisions = state.controlled_by(set, ID);
    revisions.sort_by_key(|revision| object::number(revision, "/revision"));
    revisions
}

fn create(
    cluster: &Cluster,
    state: &mut State,
    set: &Value,
    number: i64,
    hash_label: &str,
) -> Option<Arc<Value>> {
    let mut template = set["spec"]["template"].clone();
    let mut labels = template["metadata"]["labels"].clone();
    let namespace = object::namespace(set);
    let named = |collisions: u32| {
        let hash = template_hash::of_template(&template, collisions);
        (format!("{}-{hash}", object::name(set)), hash)
    };
    let is_free = |(name, _): &(String, String)| state.objects.get(ID, namespace, name).is_none();
    let (name, hash) = (0..=u32::MAX).map(named).find(is_free)?;
    labels[hash_label] = json!(hash);
    let mut annotations = set["metadata"]["annotations"].clone();
    if let Some(members) = annotations.as_object_mut() {
        members.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    template["$patch"] = json!("replace");
    let revision = json!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision",
        "metadata": {
            "name": name, "namespace": namespace, "labels": labels, "annotations": annotations,
            "ownerReferences": [object::controller_reference(set)],
        },
        "data": {"spec": {"template": template}}, "revision": number,
    });
    // This fails only while the namespace terminates.
    state.create(cluster, ID, revision).ok()
}

/// Deletes the oldest revisions beyond the history limit of a workload, except those in use.
pub(super) fn truncate(
    state: &mut State,
    set: &Value,
    history: &History,
    is_used: impl Fn(&Value) -> bool,
) {
    let limit = object::number(set, "/spec/revisionHistoryLimit").unwrap_or(10);
    let update = history.update().map(|revision| object::uid(revision));
    let unused: Vec<&Arc<Value>> = history
        .revisions
        .iter()
        .filter(|revision| Some(object::uid(revision)) != update && !is_used(revision))
        .collect();
    let excess = unused
        .len()
        .saturating_sub(usize::try_from(limit).unwrap_or(0));
    for revision in unused.into_iter().take(excess) {
        state.delete(ID, revision);
    }
}
