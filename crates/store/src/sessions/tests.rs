//! Tickets and sessions: when they are valid, and how they end.

use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    (folder, store)
}

const IDLE: i64 = 60;

fn at(now: i64) -> Validity {
    Validity { now, idle: IDLE }
}

fn log_in(store: &Store, operator: &str, now: i64) -> (Token, SessionId) {
    let new = NewSession {
        operator,
        client: "Firefox",
        ends: now + 100,
    };
    let token = store.new_session(&new, now).expect("a session");
    let session = store.session(token.reveal(), at(now)).expect("no error");
    (token, session.expect("valid").id)
}

fn is_valid(store: &Store, token: &Token, now: i64) -> bool {
    let session = store.session(token.reveal(), at(now)).expect("no error");
    session.is_some()
}

#[test]
fn a_ticket_is_valid_once() {
    let (_folder, store) = store();
    let ticket = store.new_ticket(100).expect("a ticket");
    assert!(store.use_ticket(ticket.reveal(), 50).expect("no error"));
    assert!(!store.use_ticket(ticket.reveal(), 50).expect("no error"));
}

#[test]
fn a_ticket_expires() {
    let (_folder, store) = store();
    let ticket = store.new_ticket(100).expect("a ticket");
    assert!(!store.use_ticket(ticket.reveal(), 100).expect("no error"));
}

#[test]
fn a_session_ends_when_it_is_unused_for_too_long() {
    let (_folder, store) = store();
    let (token, id) = log_in(&store, "ann", 0);
    assert!(is_valid(&store, &token, IDLE - 1));
    assert!(!is_valid(&store, &token, IDLE));
    store.touch_session(&id, 30).expect("used");
    assert!(is_valid(&store, &token, IDLE + 29));
    assert!(!is_valid(&store, &token, IDLE + 30));
}

#[test]
fn a_session_that_is_used_ends_at_its_end() {
    let (_folder, store) = store();
    let (token, id) = log_in(&store, "ann", 0);
    store.touch_session(&id, 99).expect("used");
    assert!(is_valid(&store, &token, 99));
    assert!(!is_valid(&store, &token, 100));
}

#[test]
fn an_operator_lists_and_ends_own_sessions_only() {
    let (_folder, store) = store();
    let (first, first_id) = log_in(&store, "ann", 0);
    let (second, second_id) = log_in(&store, "ann", 1);
    let (other, other_id) = log_in(&store, "bob", 2);
    let listed = store.sessions("ann", at(3)).expect("sessions");
    let ids: Vec<_> = listed.iter().map(|session| &session.id).collect();
    assert_eq!(ids, [&second_id, &first_id]);
    assert!(
        !store
            .end_session("ann", &other_id, at(3))
            .expect("no error")
    );
    assert!(
        store
            .end_session("ann", &first_id, at(3))
            .expect("no error")
    );
    assert!(!is_valid(&store, &first, 3) && is_valid(&store, &second, 3));
    let ticket = store.new_ticket(100).expect("a ticket");
    assert_eq!(store.end_sessions("ann").expect("ended"), 1);
    assert!(!is_valid(&store, &second, 3) && is_valid(&store, &other, 3));
    assert!(!store.use_ticket(ticket.reveal(), 3).expect("no error"));
}

#[test]
fn sessions_that_are_no_longer_valid_are_deleted() {
    let (_folder, store) = store();
    log_in(&store, "ann", 0);
    let (_, id) = log_in(&store, "ann", IDLE);
    assert!(store.end_session("ann", &id, at(IDLE)).expect("ended"));
    let rows: u32 = store
        .connection()
        .query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))
        .expect("read");
    assert_eq!(rows, 0);
}

#[test]
fn the_database_contains_no_token() {
    let (folder, store) = store();
    let (token, _) = log_in(&store, "ann", 0);
    drop(store);
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(token.reveal()));
    }
}

/// The database refuses every write to a table, as on a full disk.
fn refuse_writes(store: &Store, table: &str) {
    for verb in ["INSERT", "UPDATE", "DELETE"] {
        let trigger = format!(
            "CREATE TRIGGER full_{table}_{verb} BEFORE {verb} ON {table} BEGIN
                 SELECT RAISE(ABORT, 'database or disk is full'); END"
        );
        store
            .connection()
            .execute_batch(&trigger)
            .expect("a trigger");
    }
}

fn accept_writes(store: &Store, table: &str) {
    for verb in ["INSERT", "UPDATE", "DELETE"] {
        let trigger = format!("DROP TRIGGER full_{table}_{verb}");
        store.connection().execute_batch(&trigger).expect("dropped");
    }
}

#[test]
fn on_a_full_disk_sessions_end_in_memory_and_are_deleted_later() {
    let (folder, store) = store();
    let (first, first_id) = log_in(&store, "ann", 0);
    let (second, _) = log_in(&store, "ann", 0);
    let (other, _) = log_in(&store, "bob", 0);
    let ticket = store.new_ticket(100).expect("a ticket");
    for table in ["sessions", "tickets"] {
        refuse_writes(&store, table);
    }
    store
        .end_session("ann", &first_id, at(1))
        .expect_err("full");
    assert!(store.has_unsaved_ends());
    assert!(!is_valid(&store, &first, 1) && is_valid(&store, &second, 1));
    assert_eq!(store.sessions("ann", at(1)).expect("read").len(), 1);
    store.end_sessions("ann").expect_err("full");
    assert!(!is_valid(&store, &second, 1) && is_valid(&store, &other, 1));
    let restarted = Store::open(folder.path()).expect("a store");
    assert!(
        is_valid(&restarted, &first, 1),
        "nothing is on the disk yet"
    );

    for table in ["sessions", "tickets"] {
        accept_writes(&store, table);
    }
    assert!(!store.use_ticket(ticket.reveal(), 1).expect("no error"));
    assert!(
        !store.has_unsaved_ends(),
        "the first write saves the others"
    );
    for token in [&first, &second] {
        assert!(!is_valid(&restarted, token, 1));
    }
    assert!(is_valid(&restarted, &other, 1));
}
