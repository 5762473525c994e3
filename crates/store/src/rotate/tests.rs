//! Rotations of the key, complete and interrupted.

use super::*;
use crate::StoredRepository;
use wire::{ClusterName, DraftId, Repository, Secret};

fn draft() -> DraftId {
    DraftId::new("one").expect("an id")
}

fn job_id() -> wire::JobId {
    wire::JobId::new("j").expect("an id")
}

fn review_id() -> wire::ReviewId {
    wire::ReviewId::new("shown").expect("a name")
}

/// A database with encrypted values.
fn database() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let cluster = ClusterName::new("east").expect("a name");
    let token = Secret::new("the-token".to_owned());
    let added = store.add_cluster(&cluster, "https://x", false, &token, 1);
    assert!(added.expect("added"));
    let repository = StoredRepository {
        name: Repository::new("charts").expect("a name"),
        url: "https://charts.example".into(),
        plain: false,
        ca_bundle: String::new(),
        provenance: false,
        credentials: Some(Secret::new("the-password".into())),
    };
    assert!(store.add_repository(&repository, 1).expect("added"));
    store.save_draft(&draft(), &"the-values", 1).expect("saved");
    let job = "INSERT INTO jobs (id, cluster, namespace, release, view, request, running, started)
        VALUES ('j', 'east', '', 'r', '{}', ?1, 0, 1)";
    let request = store.seal().encrypt("jobs/j", b"\"the-request\"");
    store.connection().execute(job, [request]).expect("a job");
    let saved = store.save_backup(&job_id(), b"the-backup", 1);
    saved.expect("saved");
    let inputs = store.save_release_inputs("east/shop/web", &"the-seed", 1);
    inputs.expect("saved");
    let review = store.save_review(&review_id(), &"the-plan", 1, 0);
    review.expect("saved");
    folder
}

/// Every encrypted value, decrypted.
fn values(folder: &Path) -> Result<[String; 7], Error> {
    let store = Store::open(folder)?;
    let sealed = || Error::Sealed {
        record: "credentials".to_owned(),
    };
    let cluster = store.clusters()?.remove(0).credentials;
    let cluster = cluster.ok_or_else(sealed)?.reveal().clone();
    let repository = store.repositories()?.remove(0).credentials;
    let repository = repository.ok_or_else(sealed)?.reveal().clone();
    let draft = store.draft::<String>(&draft())?.expect("a draft").draft;
    let job = store.job_request::<String>(&job_id())?.expect("a job");
    let backup = store.backup(&job_id())?.expect("a backup");
    let backup = String::from_utf8(backup).expect("a text");
    let inputs = store.release_inputs("east/shop/web")?.expect("inputs");
    let review = store.review(&review_id())?.expect("a review");
    Ok([cluster, repository, draft, job, backup, inputs, review])
}

const ALL: [&str; 7] = [
    "the-token",
    "the-password",
    "the-values",
    "the-request",
    "the-backup",
    "the-seed",
    "the-plan",
];

fn key(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("key")).expect("a key")
}

fn assert_complete(folder: &Path) {
    assert_eq!(values(folder).expect("decrypted"), ALL);
    assert!(!folder.join("key.new").exists(), "no key is left over");
}

#[test]
fn after_a_rotation_only_the_new_key_decrypts() {
    let folder = database();
    let old = key(folder.path());
    assert_eq!(Store::rotate_key(folder.path()).expect("rotated"), 8);
    assert_complete(folder.path());
    assert_ne!(key(folder.path()), old);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let meta = fs::metadata(folder.path().join("key")).expect("a file");
        assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    }

    fs::write(folder.path().join("key"), old).expect("the old key again");
    assert!(matches!(values(folder.path()), Err(Error::Key { .. })));
}

#[test]
fn after_a_rotation_no_file_contains_old_ciphertexts() {
    let folder = database();
    let sealed: Vec<Vec<u8>> = {
        let store = Store::open(folder.path()).expect("a store");
        let connection = store.connection();
        let values = |column: &EncryptedColumn| column.values(&connection).expect("values");
        let all = ENCRYPTED_COLUMNS.iter().flat_map(values);
        all.map(|(_, value)| value).collect()
    };
    let on_disk = || {
        let files = fs::read_dir(folder.path()).expect("the folder");
        let paths = files.map(|entry| entry.expect("an entry").path());
        let all: Vec<u8> = paths
            .filter(|path| path.is_file())
            .flat_map(|path| fs::read(path).expect("a file"))
            .collect();
        let on_disk = |value: &&Vec<u8>| {
            all.windows(value.len())
                .any(|part| part == value.as_slice())
        };
        sealed.iter().filter(on_disk).count()
    };
    assert_eq!(on_disk(), 9);
    Store::rotate_key(folder.path()).expect("rotated");
    assert_eq!(on_disk(), 0);
}

#[test]
fn a_crash_before_the_transaction_keeps_the_old_key() {
    for incomplete in [false, true] {
        let folder = database();
        let old = key(folder.path());
        if incomplete {
            fs::write(folder.path().join("key.new"), b"half").expect("written");
        } else {
            KeyFiles::new(folder.path()).prepare().expect("prepared");
        }
        assert_complete(folder.path());
        assert_eq!(key(folder.path()), old);
    }
}

#[test]
fn a_crash_after_the_transaction_is_completed_at_the_next_start() {
    let folder = database();
    let old = key(folder.path());
    {
        let store = Store::open(folder.path()).expect("a store");
        let new = KeyFiles::new(folder.path()).prepare().expect("prepared");
        reseal(&mut store.connection(), store.seal(), &new).expect("sealed");
    }
    assert_complete(folder.path());
    assert_ne!(key(folder.path()), old);
}

#[test]
fn a_damaged_value_aborts_the_rotation_without_changes() {
    let folder = database();
    let old = key(folder.path());
    {
        let store = Store::open(folder.path()).expect("a store");
        let spoil = "UPDATE repositories SET login = x'00'";
        store.connection().execute(spoil, []).expect("spoilt");
    }
    let failed = Store::rotate_key(folder.path());
    assert!(matches!(failed, Err(Error::Sealed { .. })), "{failed:?}");
    assert_eq!(key(folder.path()), old);
    let store = Store::open(folder.path()).expect("a store");
    assert_eq!(store.clusters().expect("they open").len(), 1);
}

#[test]
fn a_running_rotation_is_not_recovered() {
    let folder = database();
    let keys = KeyFiles::new(folder.path());
    let lock = keys.lock().expect("locked");
    keys.prepare().expect("prepared");
    assert!(matches!(values(folder.path()), Err(Error::Key { .. })));
    assert!(keys.next.exists());
    drop(lock);
    assert_complete(folder.path());
}

#[test]
fn every_blob_of_the_schema_is_an_encrypted_column_or_a_hash() {
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
        .expect("no error")
        .collect::<Result<_, _>>()
        .expect("read");
    let named: Vec<(String, String)> = ENCRYPTED_COLUMNS
        .iter()
        .map(|EncryptedColumn(table, _, column)| ((*table).to_owned(), (*column).to_owned()))
        .collect();
    assert_eq!(found, named);
}

#[test]
fn a_missing_or_other_key_is_an_error_and_no_key_is_created() {
    let folder = database();
    let (file, own) = (folder.path().join("key"), key(folder.path()));
    fs::remove_file(&file).expect("removed");
    let missing = Store::open(folder.path()).map(drop).expect_err("no key");
    assert!(missing.to_string().contains("it is missing"), "{missing}");
    assert!(!file.exists(), "a new key was created");

    Seal::create(&file).map(drop).expect("another key");
    let other = Store::open(folder.path()).map(drop).expect_err("another");
    assert!(other.to_string().contains("another key"), "{other}");

    fs::write(&file, own).expect("restored");
    assert_complete(folder.path());
}

#[cfg(unix)]
#[test]
fn the_data_directory_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path(), open).expect("readable by others");
    Store::open(folder.path()).map(drop).expect("a store");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    let nested = folder.path().join("new");
    Store::open(&nested).map(drop).expect("a store");
    assert_eq!(mode(&nested), 0o700);
}
