//! A database that refuses every write, as on a full disk: sessions end and jobs stop all the same, and both
//! are written when it accepts writes again.

use crate::support::{Operate as _, World, ended, eventually, operator, setup, until};
use console::{Console, Error};
use std::{path::Path, time::Duration};
use store::Store;
use wire::{Code, job::JobState, session::SessionEnd};

/// The triggers that refuse writes.
struct FullDisk(rusqlite::Connection);

impl FullDisk {
    fn new(folder: &Path) -> Self {
        let database = rusqlite::Connection::open(folder.join("meshspan.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        let full = Self(database);
        full.each_trigger(|table, verb| {
            format!(
                "CREATE TRIGGER full_{table}_{verb} BEFORE {verb} ON {table} BEGIN
                     SELECT RAISE(ABORT, 'database or disk is full'); END;"
            )
        });
        full
    }

    /// Space returns.
    fn freed(self) {
        self.each_trigger(|table, verb| format!("DROP TRIGGER full_{table}_{verb};"));
    }

    fn each_trigger(&self, statement: impl Fn(&str, &str) -> String) {
        let tables: Vec<String> = self
            .0
            .prepare(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            )
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for table in &tables {
            for verb in ["INSERT", "UPDATE", "DELETE"] {
                self.0.execute_batch(&statement(table, verb)).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_revokes_on_a_full_disk_and_is_written_when_space_returns() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    let ticket = console.ticket().await.unwrap();
    let session = console.log_in(ticket.reveal(), "Firefox").await.unwrap();
    let session = session.unwrap();
    let caller = console.caller(session.reveal()).await.unwrap().unwrap();

    let full = FullDisk::new(folder.path());
    let end = console.log_out(&caller).await.unwrap();
    assert_eq!(end, SessionEnd::Unsaved);
    assert!(console.caller(session.reveal()).await.unwrap().is_none());
    assert!(console.sessions(&caller).await.unwrap().unsaved);
    let restarted = || Console::open_read_only(folder.path(), setup()).unwrap();
    let after_restart = restarted().caller(session.reveal()).await.unwrap();
    assert!(after_restart.is_some(), "the end is on the disk already");

    full.freed();
    eventually(async || !console.sessions(&caller).await.unwrap().unsaved).await;
    assert!(
        restarted()
            .caller(session.reveal())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_stopped_on_a_full_disk_and_its_end_is_written_when_space_returns() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;
    let job = console.deploy(&ann, &draft).await.unwrap();
    until(console, &job, |view| view.blocking.is_some()).await;

    let full = FullDisk::new(world.folder.path());
    console.stop_job(&ann, &job).await.unwrap();
    let stopped = |state: &JobState| matches!(state, JobState::Failed(problem) if problem.code == Code::Cancelled);
    let view = ended(console, &job).await;
    assert!(stopped(&view.state), "{view:?}");
    let again = console.stop_job(&ann, &job).await;
    assert!(matches!(again, Err(Error::NoJob(_))), "{again:?}");
    let view = console.job(&ann, &job).await.unwrap();
    assert!(stopped(&view.state), "{view:?}");

    full.freed();
    let store = Store::open(world.folder.path()).unwrap();
    eventually(async || !store.job(&job).unwrap().unwrap().running).await;
    let stored = store.job(&job).unwrap().unwrap();
    assert!(stopped(&stored.view.state), "{:?}", stored.view);
}
