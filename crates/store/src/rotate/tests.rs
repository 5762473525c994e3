//! A rotated key, and one whose rotation was cut short anywhere.

use super::*;
use crate::StoredRepository;
use wire::{ClusterName, DraftId, Repository, Secret};

fn draft() -> DraftId {
    DraftId::new("one").expect("an id")
}

fn job_id() -> wire::JobId {
    wire::JobId::new("j").expect("an id")
}

/// A memory with something sealed in it.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let cluster = ClusterName::new("east").expect("a name");
    let token = Secret::new("the-token".to_owned());
    let added = store.add_cluster(&cluster, "https://x", false, &token, 1);
    assert!(added.expect("added"));
    let repository = StoredRepository {
        name: Repository::new("shelf").expect("a name"),
        url: "https://charts.example".into(),
        plain: false,
        authority: String::new(),
        provenance: false,
        login: Secret::new("the-password".into()),
    };
    assert!(store.add_repository(&repository, 1).expect("added"));
    store.save_draft(&draft(), &"the-values", 1).expect("saved");
    let job = "INSERT INTO jobs VALUES ('j', 'east', '', 'r', '{}', ?1, 0, 1)";
    let request = store.seal().close("jobs/j", b"\"the-request\"");
    store.connection().execute(job, [request]).expect("a job");
    let kept = store.keep_backup(&job_id(), b"the-backup", 1);
    kept.expect("kept");
    folder
}

/// Everything that was sealed, opened.
fn held(folder: &Path) -> Result<[String; 5], Error> {
    let store = Store::open(folder)?;
    let cluster = store.clusters()?.remove(0).credentials.into_inner();
    let repository = store.repositories()?.remove(0).login.into_inner();
    let (draft, _) = store.draft::<String>(&draft())?.expect("a draft");
    let job = store.job_request::<String>(&job_id())?.expect("a job");
    let backup = store.backup(&job_id())?.expect("a backup");
    let backup = String::from_utf8(backup).expect("a text");
    Ok([cluster, repository, draft, job, backup])
}

const ALL: [&str; 5] = [
    "the-token",
    "the-password",
    "the-values",
    "the-request",
    "the-backup",
];

fn key(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("key")).expect("a key")
}

fn assert_whole(folder: &Path) {
    assert_eq!(held(folder).expect("it opens"), ALL);
    assert!(!folder.join("key.new").exists(), "nothing is left over");
}

#[test]
fn with_a_rotated_key_everything_opens_and_with_the_old_one_nothing() {
    let folder = filled();
    let old = key(folder.path());
    assert_eq!(Store::rotate_key(folder.path()).expect("rotated"), 5);
    assert_whole(folder.path());
    assert_ne!(key(folder.path()), old);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let meta = fs::metadata(folder.path().join("key")).expect("a file");
        assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    }

    fs::write(folder.path().join("key"), old).expect("the old key again");
    assert!(matches!(held(folder.path()), Err(Error::Sealed { .. })));
}

#[test]
fn what_the_old_key_sealed_is_in_no_file_afterwards() {
    let folder = filled();
    let sealed: Vec<Vec<u8>> = {
        let store = Store::open(folder.path()).expect("a store");
        let connection = store.connection();
        let values = |one: &Column| one.values(&connection).expect("values");
        let all = SEALED.iter().flat_map(values);
        all.map(|(_, value)| value).collect()
    };
    let on_disk = || {
        let files = fs::read_dir(folder.path()).expect("the folder");
        let paths = files.map(|entry| entry.expect("an entry").path());
        let all: Vec<u8> = paths
            .filter(|path| path.is_file())
            .flat_map(|path| fs::read(path).expect("a file"))
            .collect();
        let there = |one: &&Vec<u8>| all.windows(one.len()).any(|part| part == one.as_slice());
        sealed.iter().filter(there).count()
    };
    assert_eq!(on_disk(), 5);
    Store::rotate_key(folder.path()).expect("rotated");
    assert_eq!(on_disk(), 0);
}

#[test]
fn a_crash_before_anything_is_sealed_anew_leaves_the_old_key() {
    for torn in [false, true] {
        let folder = filled();
        let old = key(folder.path());
        if torn {
            fs::write(folder.path().join("key.new"), b"half").expect("written");
        } else {
            Keys::of(folder.path()).prepare().expect("prepared");
        }
        assert_whole(folder.path());
        assert_eq!(key(folder.path()), old);
    }
}

#[test]
fn a_crash_after_everything_is_sealed_anew_is_made_up_for_at_the_next_start() {
    let folder = filled();
    let old = key(folder.path());
    {
        let store = Store::open(folder.path()).expect("a store");
        let new = Keys::of(folder.path()).prepare().expect("prepared");
        seal_anew(&mut store.connection(), store.seal(), &new).expect("sealed");
    }
    assert_whole(folder.path());
    assert_ne!(key(folder.path()), old);
}

#[test]
fn what_does_not_open_stops_the_rotation_and_nothing_is_changed() {
    let folder = filled();
    let old = key(folder.path());
    {
        let store = Store::open(folder.path()).expect("a store");
        let spoil = "UPDATE repositories SET login = x'00'";
        store.connection().execute(spoil, []).expect("spoilt");
    }
    let refused = Store::rotate_key(folder.path());
    assert!(matches!(refused, Err(Error::Sealed { .. })), "{refused:?}");
    assert_eq!(key(folder.path()), old);
    let store = Store::open(folder.path()).expect("a store");
    assert_eq!(store.clusters().expect("they open").len(), 1);
}

#[test]
fn nobody_mends_a_rotation_that_is_going_on() {
    let folder = filled();
    let keys = Keys::of(folder.path());
    let held_by_another = keys.hold().expect("held");
    keys.prepare().expect("prepared");
    assert!(matches!(held(folder.path()), Err(Error::Key { .. })));
    assert!(keys.next.exists());
    drop(held_by_another);
    assert_whole(folder.path());
}

#[test]
fn every_blob_of_the_schema_is_a_sealed_column_or_a_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let connection = store.connection();
    let mut columns = connection
        .prepare(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.type = 'BLOB' AND c.name <> 'hash' ORDER BY t.name",
        )
        .expect("a statement");
    let found: Vec<(String, String)> = columns
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("asked")
        .collect::<Result<_, _>>()
        .expect("read");
    let named: Vec<(String, String)> = SEALED
        .iter()
        .map(|Column(table, _, column)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    assert_eq!(found, named);
}
