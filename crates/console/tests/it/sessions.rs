//! Sessions: their logins in the audit, their ends, and their list.

use console::{AuditFilter, Caller, Console, Error, Setup, create_login_ticket, read_audit};
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use tempfile::TempDir;

/// A console with a clock of its own, an idle timeout of an hour, and no clusters.
macro_rules! console_at {
    ($folder:expr, $clock:ident) => {{
        fn clock() -> jiff::Timestamp {
            jiff::Timestamp::from_second($clock.load(Ordering::SeqCst)).unwrap()
        }
        let setup = Setup {
            clock,
            idle_timeout: Duration::from_hours(1),
            ..Setup::default()
        };
        Console::open($folder.path(), setup).unwrap()
    }};
}

async fn log_in(console: &Console, client: &str) -> String {
    let ticket = console.ticket().await.unwrap();
    let session = console.log_in(ticket.reveal(), client).await.unwrap();
    session.unwrap().reveal().to_owned()
}

async fn caller(console: &Console, session: &str) -> Option<Caller> {
    console.caller(session).await.unwrap()
}

fn audit(folder: &TempDir) -> Vec<String> {
    let lines = read_audit(folder.path(), &AuditFilter::default()).unwrap();
    let text = |line: console::AuditLine| {
        let outcome = line.outcome.unwrap_or_default();
        format!(
            "{}|{}|{}|{outcome}",
            line.operator, line.action, line.target
        )
    };
    lines.into_iter().map(text).collect()
}

#[tokio::test]
async fn logins_failed_logins_links_and_ends_of_sessions_are_in_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), Setup::default()).unwrap();
    let session = log_in(&console, "Firefox, 10.0.0.1").await;
    let failed = console.log_in("guessed", "evil\u{202E}, 10.0.0.2").await;
    assert!(failed.unwrap().is_none());
    create_login_ticket(folder.path(), jiff::Timestamp::now()).unwrap();
    let ann = caller(&console, &session).await.unwrap();
    console.log_out(&ann).await.unwrap();
    assert_eq!(
        audit(&folder),
        [
            "server|create-login-link||succeeded",
            "operator|login|Firefox, 10.0.0.1|succeeded",
            "|login|evil⟨U+202E⟩, 10.0.0.2|failed",
            "command line|create-login-link||succeeded",
            "operator|end-session|log out|succeeded",
        ]
    );
}

#[tokio::test]
async fn an_unused_session_ends_and_a_stream_does_not_use_it() {
    static NOW: AtomicI64 = AtomicI64::new(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let console = console_at!(folder, NOW);
    let session = log_in(&console, "Firefox").await;
    for _ in 0..3 {
        NOW.fetch_add(50 * 60, Ordering::SeqCst);
        assert!(caller(&console, &session).await.is_some(), "it is used");
    }
    NOW.fetch_add(59 * 60, Ordering::SeqCst);
    let watched = console.caller_of_stream(&session).await.unwrap();
    assert!(watched.is_some());
    NOW.fetch_add(60, Ordering::SeqCst);
    assert!(caller(&console, &session).await.is_none());
}

#[tokio::test]
async fn a_used_session_ends_after_half_a_day() {
    static NOW: AtomicI64 = AtomicI64::new(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    let console = console_at!(folder, NOW);
    let session = log_in(&console, "Firefox").await;
    for _ in 0..23 {
        NOW.fetch_add(30 * 60, Ordering::SeqCst);
        assert!(caller(&console, &session).await.is_some(), "it is used");
    }
    NOW.fetch_add(30 * 60, Ordering::SeqCst);
    assert!(caller(&console, &session).await.is_none());
}

#[tokio::test]
async fn an_operator_sees_and_ends_other_sessions_and_all() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), Setup::default()).unwrap();
    let [laptop, phone, other] = [
        log_in(&console, "Firefox, Linux").await,
        log_in(&console, "Safari, iOS").await,
        log_in(&console, "Chrome").await,
    ];
    let ann = caller(&console, &laptop).await.unwrap();
    let view = console.sessions(&ann).await.unwrap();
    assert_eq!((view.sessions.len(), view.idle_timeout), (3, 3600));
    let current: Vec<_> = view.sessions.iter().filter(|row| row.current).collect();
    assert_eq!(current.len(), 1);
    assert_eq!(current[0].client, "Firefox, Linux");
    let on_phone = view.sessions.iter().find(|row| row.client == "Safari, iOS");
    let id = &on_phone.unwrap().id;

    console.end_session(&ann, id).await.unwrap();
    assert!(caller(&console, &phone).await.is_none());
    assert!(caller(&console, &other).await.is_some());
    let again = console.end_session(&ann, id).await;
    assert!(matches!(again, Err(Error::NoSession(_))), "{again:?}");

    let link = console.ticket().await.unwrap();
    console.log_out_everywhere(&ann).await.unwrap();
    for session in [laptop, other] {
        assert!(caller(&console, &session).await.is_none());
    }
    let used = console.log_in(link.reveal(), "Firefox").await.unwrap();
    assert!(used.is_none(), "a link of before is not valid");
    let text = audit(&folder).join("\n");
    assert!(text.contains("operator|end-session|log out everywhere|succeeded"));
    assert!(
        text.contains(&format!("operator|end-session|session {id}|failed")),
        "{text}"
    );
}
