//! Reads with a paused clock.

use super::*;
use crate::read_limit::MAX_READS;
use futures::FutureExt as _;
use tokio::sync::Notify;
use wire::Code;

const MAX_AGE: Duration = Duration::from_secs(30);

/// A read whose end notifies.
fn read<T>(
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    notified: &Arc<Notify>,
) -> Read<T> {
    let notified = notified.clone();
    Read {
        stop: stop.clone(),
        clock,
        limit: None,
        changed: Box::new(move || notified.notify_one()),
        work: work.boxed(),
    }
}

fn clock() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

#[tokio::test(start_paused = true)]
async fn a_watched_value_is_read_again_when_it_changed() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let read = async |value: u8| {
        let read = read(&stop, async move { Ok(value) }, &Arc::default());
        let seen = known.read_if_changed(MAX_AGE, u8::eq, read).await;
        seen.value.map(|known| *known.value)
    };
    assert_eq!(read(1).await, Some(1));
    assert_eq!(read(2).await, Some(2), "nothing is watched");
    let watched = known.watched();
    assert_eq!(read(3).await, Some(3), "it may have changed before");
    assert_eq!(read(4).await, Some(3), "nothing has changed");
    known.count_change();
    assert_eq!(read(5).await, Some(5), "it has changed");
    // The next watch begins before the task of the last one has ended.
    let next = known.watched();
    drop(watched);
    assert_eq!(read(6).await, Some(6), "it may have changed before");
    assert_eq!(read(7).await, Some(6), "it is watched still");
    drop(next);
    assert_eq!(read(8).await, Some(8), "the watch has ended");
}

#[tokio::test(start_paused = true)]
async fn an_old_value_is_shown_at_once_and_read_again_in_the_background() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let _watched = known.watched();
    let notified = Arc::new(Notify::new());
    let see = async |work: Result<u8, Problem>| {
        let read = read(&stop, async move { work }, &notified);
        known.read_if_changed(MAX_AGE, u8::eq, read).await
    };
    see(Ok(1)).await;
    tokio::time::advance(MAX_AGE / 2).await;
    see(Ok(2)).await;
    tokio::time::advance(MAX_AGE).await;
    let seen = see(Ok(1)).await;
    assert_eq!(seen.outcome, Outcome::Current);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(
        notified.notified().now_or_never().is_none(),
        "the value is the same, and was not read again while it was young"
    );
    tokio::time::advance(MAX_AGE).await;
    let failed = Problem::new(Code::Unreachable);
    let seen = see(Err(failed.clone())).await;
    assert_eq!(seen.value.map(|known| *known.value), Some(1));
    notified.notified().await;
    let seen = see(Ok(3)).await;
    assert_eq!(seen.outcome, Outcome::Failed(failed));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_was_just_read_is_read_again_when_it_is_old() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let _watched = known.watched();
    let notified = Arc::new(Notify::new());
    let see = async |value: u8| {
        let read = read(&stop, async move { Ok(value) }, &notified);
        known.read_if_changed(MAX_DELAY, u8::eq, read).await
    };
    see(1).await;
    see(2).await;
    // One waits already.
    see(3).await;
    let before = Instant::now();
    notified.notified().await;
    assert!(before.elapsed() >= MAX_DELAY);
    assert_eq!(see(4).await.value.map(|known| *known.value), Some(2));
}

#[tokio::test(start_paused = true)]
async fn clusters_that_failed_keep_no_other_waiting() {
    let (limit, stop) = (ReadLimit::default(), CancellationToken::new());
    let nothing = Arc::new(Notify::new());
    let failing = async || {
        let known = Arc::new(LastKnown::<u8>::default());
        let failed = async { Err(Problem::new(Code::Unreachable)) };
        known.read(read(&stop, failed, &nothing)).await;
        known
    };
    for _ in 0..MAX_READS {
        let silent = read(&stop, std::future::pending(), &nothing);
        let silent = Read {
            limit: Some(limit.clone()),
            ..silent
        };
        failing().await.read(silent).await;
    }
    let answers = Read {
        limit: Some(limit.clone()),
        ..read(&stop, async { Ok(1) }, &nothing)
    };
    let seen = Arc::new(LastKnown::default()).read(answers).await;
    assert_eq!(seen.outcome, Outcome::Current);
}

#[tokio::test]
async fn a_change_during_a_read_outdates_its_value() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let _watched = known.watched();
    let during = known.clone();
    let work = async move {
        during.count_change();
        Ok(1)
    };
    known.read(read(&stop, work, &Arc::default())).await;
    assert!(known.unchanged().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_slow_read_shows_the_last_known_value_and_notifies_when_it_ends() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let nothing = Arc::new(Notify::new());
    let seen = known.read(read(&stop, async { Ok(1) }, &nothing)).await;
    assert_eq!(seen.outcome, Outcome::Current);

    let (notified, ends) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let end = ends.clone();
    let slow = async move {
        end.notified().await;
        Err(Problem::new(Code::Unreachable))
    };
    let seen = known.read(read(&stop, slow, &notified)).await;
    assert_eq!(seen.outcome, Outcome::Pending(None));
    assert_eq!(seen.value.map(|known| *known.value), Some(1));

    // A slow read runs: the next page does not wait, and starts no other.
    let before = Instant::now();
    let never = std::future::pending::<Result<i32, Problem>>();
    let seen = known.read(read(&stop, never, &nothing)).await;
    assert!(before.elapsed() < PAGE_WAIT);
    assert_eq!(seen.outcome, Outcome::Pending(None));

    ends.notify_one();
    notified.notified().await;
    // The page that was notified starts no other slow read, and a later page starts one.
    let failed = Problem::new(Code::Unreachable);
    let seen = known.read(read(&stop, async { Ok(2) }, &nothing)).await;
    assert_eq!(seen.outcome, Outcome::Failed(failed));
    assert_eq!(
        seen.value.map(|known| *known.value),
        Some(1),
        "the last known value"
    );
    tokio::time::advance(LATE_RESULT_TTL).await;
    let seen = known.read(read(&stop, async { Ok(2) }, &nothing)).await;
    assert_eq!(seen.outcome, Outcome::Current);
    assert_eq!(seen.value.map(|known| *known.value), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_change_during_a_slow_read_is_read_at_once_when_it_ends() {
    let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
    let _watched = known.watched();
    let (notified, ends) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let see = async |value: u8| {
        let read = read(&stop, async move { Ok(value) }, &notified);
        known.read_if_changed(MAX_AGE, u8::eq, read).await
    };
    see(1).await;
    tokio::time::advance(MAX_AGE).await;
    // A read in the background begins, is slow, and has the value before the change.
    let end = ends.clone();
    let slow = async move {
        end.notified().await;
        Ok(1)
    };
    known
        .read_if_changed(MAX_AGE, u8::eq, read(&stop, slow, &notified))
        .await;
    tokio::time::sleep(PAGE_WAIT).await;
    known.count_change();
    let seen = see(2).await;
    assert_eq!(seen.outcome, Outcome::Pending(None), "no other read starts");
    ends.notify_one();
    // The value is the same, and the page reads again because of the change.
    let notice = tokio::time::timeout(PAGE_WAIT, notified.notified()).await;
    notice.expect("the page is notified");
    let seen = see(2).await;
    assert_eq!(seen.value.map(|known| *known.value), Some(2));
}

#[tokio::test]
async fn an_older_read_that_ends_later_changes_nothing() {
    let known: Arc<LastKnown<u8>> = Arc::default();
    let (first, second) = (known.start().unwrap_or(0), known.start().unwrap_or(0));
    assert!(known.end(second, Some(Ok(2)), clock(), u8::eq));
    assert!(!known.end(first, Some(Ok(1)), clock(), u8::eq));
    assert_eq!(known.ended().value.map(|known| *known.value), Some(2));
}
