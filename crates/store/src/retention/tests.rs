//! What is deleted with age and number, and what stays whatever its age.

use super::*;
use crate::JobOrigin;
use serde_json::json;
use wire::{
    ClusterName,
    job::{JobKind, JobView, Subject},
};

/// Everything is too old.
const NOTHING: Kept = Kept {
    since: 1_000,
    count: 100,
};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    (folder, store)
}

/// Adds a job that ended in this state on the cluster of this name.
fn add(store: &Store, id: &str, cluster: &str, state: &JobState, started: i64) {
    let cluster = ClusterName::new(cluster).expect("a name");
    let view: JobView = serde_json::from_value(json!({
        "id": id, "kind": JobKind::Cleanup, "started_by": "ann",
        "subject": Subject::Cluster(cluster), "state": state, "age": 0, "elapsed_ms": 0,
        "completed": 0, "objects": 0, "phases": [], "events": [], "blocking": null,
    }))
    .expect("a view");
    store
        .new_job(&view, &"", &JobOrigin::default(), started)
        .expect("added");
    let is_running = *state == JobState::Running;
    store.save_job(&view, is_running).expect("saved");
}

fn interrupted() -> JobState {
    JobState::Interrupted { step: 1, steps: 2 }
}

fn ids(store: &Store) -> Vec<String> {
    let jobs = store.jobs(100).expect("read").into_iter();
    let mut ids: Vec<String> = jobs.map(|job| job.view.id.to_string()).collect();
    ids.sort();
    ids
}

#[test]
fn running_and_resumable_jobs_and_those_with_a_backup_stay() {
    let (_folder, store) = store();
    add(&store, "done", "a", &JobState::Succeeded, 1);
    add(&store, "running", "b", &JobState::Running, 2);
    add(&store, "interrupted", "c", &interrupted(), 3);
    add(&store, "with-backup", "d", &JobState::Succeeded, 4);
    let id = JobId::new("with-backup").expect("an id");
    let mut job = store.job(&id).expect("read").expect("a job");
    job.view.backup = Some(1);
    store.save_job(&job.view, false).expect("saved");
    store.save_backup(&id, b"kind: Gateway", 4).expect("saved");

    assert_eq!(store.delete_old_jobs(NOTHING).expect("deleted"), 1);
    assert_eq!(ids(&store), ["interrupted", "running", "with-backup"]);

    assert!(store.delete_backup(&id).expect("deleted"));
    assert!(!store.delete_backup(&id).expect("no error"));
    assert!(store.backup(&id).expect("read").is_none());
    assert_eq!(store.delete_old_jobs(NOTHING).expect("deleted"), 1);
    assert_eq!(ids(&store), ["interrupted", "running"]);
}

#[test]
fn a_job_with_a_later_one_on_its_subject_never_becomes_resumable_again() {
    let (_folder, store) = store();
    add(&store, "superseded", "a", &interrupted(), 1);
    add(&store, "later", "a", &JobState::Succeeded, 2);
    add(&store, "young", "b", &JobState::Succeeded, 2_000);
    let superseded = JobId::new("superseded").expect("an id");
    let mut job = store.job(&superseded).expect("read").expect("a job");
    job.view.backup = Some(1);
    store.save_job(&job.view, false).expect("saved");

    assert_eq!(store.delete_old_jobs(NOTHING).expect("deleted"), 1);
    assert_eq!(ids(&store), ["superseded", "young"]);
    let (_, resumed) = store.job_origin(&superseded).expect("read").expect("a job");
    assert!(resumed, "the job that worked there later is remembered");
}

#[test]
fn the_newest_jobs_of_too_many_stay() {
    let (_folder, store) = store();
    for (started, id) in (0..).zip(["a", "b", "c", "d"]) {
        add(&store, id, id, &JobState::Succeeded, started);
    }
    let kept = Kept { since: 0, count: 2 };
    assert_eq!(store.delete_old_jobs(kept).expect("deleted"), 2);
    assert_eq!(ids(&store), ["c", "d"]);
}

#[test]
fn drafts_of_meshes_stay_and_others_are_deleted_with_age_and_number() {
    let (_folder, store) = store();
    let draft = |id: &str| DraftId::new(id).expect("an id");
    for (saved, id) in [
        (1, "old"),
        (1, "mesh"),
        (2_000, "young"),
        (2_001, "younger"),
    ] {
        store.save_draft(&draft(id), &"", saved).expect("saved");
    }
    let deleted = store.delete_old_drafts(NOTHING, &[draft("mesh")]);
    assert_eq!(deleted.expect("deleted"), 1);
    let kept = Kept { since: 0, count: 1 };
    let deleted = store.delete_old_drafts(kept, &[draft("mesh")]);
    assert_eq!(deleted.expect("deleted"), 1);
    for (id, stays) in [
        ("old", false),
        ("mesh", true),
        ("young", false),
        ("younger", true),
    ] {
        let found = store.draft::<String>(&draft(id)).expect("read");
        assert_eq!(found.is_some(), stays, "{id}");
    }
}

#[test]
fn audit_lines_are_deleted_with_age_and_number() {
    let (_folder, store) = store();
    for at in [1, 2, 2_000, 2_001] {
        store.begin_audit("ann", "read", "x", at).expect("written");
    }
    assert_eq!(store.delete_old_audit_lines(NOTHING).expect("deleted"), 2);
    let kept = Kept { since: 0, count: 1 };
    assert_eq!(store.delete_old_audit_lines(kept).expect("deleted"), 1);
    let left = store.audit(&crate::AuditFilter::default()).expect("read");
    assert_eq!(left.iter().map(|line| line.at).collect::<Vec<_>>(), [2_001]);
}
