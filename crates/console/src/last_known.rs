//! The last known result of a read, and its time: a page waits for a slow read for a moment only.
//!
//! A read that takes longer goes on until its own timeout while pages show what was known before, with its
//! age. While such a read runs, other pages do not wait for another one. While a watch counts the changes of
//! what is read, a value is current until the next change, though not for long. Start at [`LastKnown::read`].

use jiff::Timestamp;
use parking_lot::Mutex;
use std::{sync::Arc, time::Duration};
use tokio::{sync::oneshot, time::Instant};
use tokio_util::sync::CancellationToken;
use wire::Problem;

/// How long a page waits for a read.
pub(crate) const PAGE_WAIT: Duration = Duration::from_secs(1);

/// How long the result of a read that no page waited for counts as current: the pages that are notified of it
/// read it, and start no other slow read.
const LATE_RESULT_TTL: Duration = Duration::from_secs(3);

/// The last known result of a read.
pub(crate) struct LastKnown<T>(Mutex<State<T>>);

struct State<T> {
    value: Option<Known<T>>,
    /// The problem of the last read that ended, if it failed.
    problem: Option<Problem>,
    /// The number of each running read, when it started, and the changes that the watch had counted.
    running: Vec<(u64, Instant, Option<u64>)>,
    /// The number of reads that were started.
    started: u64,
    /// The newest read that ended: an older one changes nothing.
    ended: u64,
    /// Until when the result of a read that no page waited for is current.
    current_until: Option<Instant>,
    /// The changes that a watch has counted; none while nothing is watched.
    changes: Option<u64>,
    /// When the value was read, and the changes that were counted before that.
    unchanged: Option<(Instant, u64)>,
}

/// A value, and when it was read.
pub(crate) struct Known<T> {
    pub(crate) value: Arc<T>,
    pub(crate) read_at: Timestamp,
}

/// What a page knows after it waited for a read.
pub(crate) struct Seen<T> {
    /// The newest value; none when no read has succeeded.
    pub(crate) value: Option<Known<T>>,
    /// What became of the read.
    pub(crate) outcome: Outcome,
}

/// What became of a read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It succeeded: the value is current.
    Current,
    /// It has not ended yet; the problem of the read before it, if that failed.
    Pending(Option<Problem>),
    /// It failed.
    Failed(Problem),
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            read_at: self.read_at,
        }
    }
}

impl<T> Default for LastKnown<T> {
    fn default() -> Self {
        Self(Mutex::new(State {
            value: None,
            problem: None,
            running: Vec::new(),
            started: 0,
            ended: 0,
            current_until: None,
            changes: None,
            unchanged: None,
        }))
    }
}

impl<T: Send + Sync + 'static> LastKnown<T> {
    /// Starts a read and waits for it for [`PAGE_WAIT`] at most; `stop` ends it.
    ///
    /// `work` has a timeout of its own. `changed` is called when a read ends that no page waits for any
    /// more, and its outcome is another than the one before.
    pub(crate) async fn read(
        self: &Arc<Self>,
        stop: &CancellationToken,
        clock: fn() -> Timestamp,
        changed: impl FnOnce() + Send + 'static,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Seen<T> {
        if self.is_current() {
            return self.ended();
        }
        let Some(number) = self.start() else {
            return self.pending();
        };
        let (sender, done) = oneshot::channel();
        let (this, stop) = (self.clone(), stop.clone());
        tokio::spawn(async move {
            let outcome = stop.run_until_cancelled_owned(work).await;
            let differs = this.end(number, outcome, clock());
            if sender.send(()).is_err() {
                this.0.lock().current_until = Some(Instant::now() + LATE_RESULT_TTL);
                if differs {
                    changed();
                }
            }
        });
        match tokio::time::timeout(PAGE_WAIT, done).await {
            Ok(_) => self.ended(),
            Err(_) => self.pending(),
        }
    }

    /// Whether a slow read has just ended.
    fn is_current(&self) -> bool {
        let until = self.0.lock().current_until;
        until.is_some_and(|until| until > Instant::now())
    }

    /// The value, when it is watched, has not changed and is not older than `max_age`.
    pub(crate) fn unchanged(&self, max_age: Duration) -> Option<Seen<T>> {
        let state = self.0.lock();
        let (at, changes) = state.unchanged?;
        let is_unchanged =
            state.changes == Some(changes) && at.elapsed() < max_age && state.problem.is_none();
        is_unchanged.then(|| Seen {
            value: state.value.clone(),
            outcome: Outcome::Current,
        })
    }

    /// Counts changes from now on, until the guard is dropped.
    pub(crate) fn watched(self: &Arc<Self>) -> Watched<T> {
        self.0.lock().changes = Some(0);
        self.0.lock().unchanged = None;
        Watched(self.clone())
    }

    /// Counts a change: what was read before is outdated.
    pub(crate) fn count_change(&self) {
        let mut state = self.0.lock();
        state.changes = state.changes.map(|changes| changes.wrapping_add(1));
    }

    /// Starts a read; none while one runs that pages do not wait for.
    fn start(&self) -> Option<u64> {
        let mut state = self.0.lock();
        let is_late = |(_, start, _): &(u64, Instant, Option<u64>)| start.elapsed() >= PAGE_WAIT;
        if state.running.iter().any(is_late) {
            return None;
        }
        state.started += 1;
        let number = state.started;
        let changes = state.changes;
        state.running.push((number, Instant::now(), changes));
        Some(number)
    }

    /// Ends a read; returns whether its outcome is another than the one before.
    fn end(&self, number: u64, outcome: Option<Result<T, Problem>>, now: Timestamp) -> bool {
        let mut state = self.0.lock();
        let mut running = state.running.iter();
        let own = running.find(|(running, _, _)| *running == number);
        let unchanged = own.and_then(|(_, start, changes)| Some((*start, (*changes)?)));
        state.running.retain(|(running, _, _)| *running != number);
        if state.ended > number {
            return false;
        }
        state.ended = number;
        match outcome {
            // The connection was closed.
            None => false,
            Some(Ok(value)) => {
                state.problem = None;
                state.unchanged = unchanged;
                state.value = Some(Known {
                    value: Arc::new(value),
                    read_at: now,
                });
                true
            }
            Some(Err(problem)) => {
                let differs = state.problem.as_ref() != Some(&problem);
                state.problem = Some(problem);
                differs
            }
        }
    }

    fn ended(&self) -> Seen<T> {
        let state = self.0.lock();
        Seen {
            value: state.value.clone(),
            outcome: match (&state.problem, &state.value) {
                (Some(problem), _) => Outcome::Failed(problem.clone()),
                (None, Some(_)) => Outcome::Current,
                (None, None) => Outcome::Pending(None),
            },
        }
    }

    fn pending(&self) -> Seen<T> {
        let state = self.0.lock();
        Seen {
            value: state.value.clone(),
            outcome: Outcome::Pending(state.problem.clone()),
        }
    }
}

/// Counts the changes of a value while it exists.
pub(crate) struct Watched<T>(Arc<LastKnown<T>>);

impl<T> Drop for Watched<T> {
    fn drop(&mut self) {
        self.0.0.lock().changes = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Notify;
    use wire::Code;

    const MAX_AGE: Duration = Duration::from_secs(30);

    fn clock() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    #[tokio::test(start_paused = true)]
    async fn a_watched_value_is_read_again_when_it_changed_or_is_old() {
        let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
        let read = async |value: u8| {
            if let Some(seen) = known.unchanged(MAX_AGE) {
                return seen.value.map(|known| *known.value);
            }
            let work = async move { Ok(value) };
            let seen = known.read(&stop, clock, || (), work).await;
            seen.value.map(|known| *known.value)
        };
        assert_eq!(read(1).await, Some(1));
        assert_eq!(read(2).await, Some(2), "nothing is watched");
        let watched = known.watched();
        assert_eq!(read(3).await, Some(3), "it may have changed before");
        assert_eq!(read(4).await, Some(3), "nothing has changed");
        known.count_change();
        assert_eq!(read(5).await, Some(5), "it has changed");
        tokio::time::advance(MAX_AGE).await;
        assert_eq!(read(6).await, Some(6), "it is old");
        drop(watched);
        assert_eq!(read(7).await, Some(7), "the watch has ended");
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
        known.read(&stop, clock, || (), work).await;
        assert!(known.unchanged(MAX_AGE).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_read_shows_the_last_known_value_and_notifies_when_it_ends() {
        let (known, stop) = (Arc::new(LastKnown::default()), CancellationToken::new());
        let seen = known.read(&stop, clock, || (), async { Ok(1) }).await;
        assert_eq!(seen.outcome, Outcome::Current);

        let (notified, ends) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (notify, end) = (notified.clone(), ends.clone());
        let slow = async move {
            end.notified().await;
            Err(Problem::new(Code::Unreachable))
        };
        let seen = known
            .read(&stop, clock, move || notify.notify_one(), slow)
            .await;
        assert_eq!(seen.outcome, Outcome::Pending(None));
        assert_eq!(seen.value.map(|known| *known.value), Some(1));

        // A slow read runs: the next page does not wait, and starts no other.
        let before = Instant::now();
        let never = std::future::pending::<Result<i32, Problem>>();
        let seen = known.read(&stop, clock, || (), never).await;
        assert!(before.elapsed() < PAGE_WAIT);
        assert_eq!(seen.outcome, Outcome::Pending(None));

        ends.notify_one();
        notified.notified().await;
        // The page that was notified starts no other slow read, and a later page starts one.
        let failed = Problem::new(Code::Unreachable);
        let seen = known.read(&stop, clock, || (), async { Ok(2) }).await;
        assert_eq!(seen.outcome, Outcome::Failed(failed));
        assert_eq!(
            seen.value.map(|known| *known.value),
            Some(1),
            "the last known value"
        );
        tokio::time::advance(LATE_RESULT_TTL).await;
        let seen = known.read(&stop, clock, || (), async { Ok(2) }).await;
        assert_eq!(seen.outcome, Outcome::Current);
        assert_eq!(seen.value.map(|known| *known.value), Some(2));
    }

    #[tokio::test]
    async fn an_older_read_that_ends_later_changes_nothing() {
        let known: Arc<LastKnown<u8>> = Arc::default();
        let (first, second) = (known.start().unwrap_or(0), known.start().unwrap_or(0));
        assert!(known.end(second, Some(Ok(2)), clock()));
        assert!(!known.end(first, Some(Ok(1)), clock()));
        assert_eq!(known.ended().value.map(|known| *known.value), Some(2));
    }
}
