//! The last known result of a read, and its time: a page waits for a slow read for a moment only.
//!
//! A read that takes longer goes on until its own timeout while pages show what was known before, with its
//! age. While such a read runs, other pages do not wait for another one. Start at [`LastKnown::read`].

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
    /// When each running read started.
    running: Vec<(u64, Instant)>,
    /// The number of reads that were started.
    started: u64,
    /// The newest read that ended: an older one changes nothing.
    ended: u64,
    /// Until when the result of a read that no page waited for is current.
    current_until: Option<Instant>,
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

    /// Starts a read; none while one runs that pages do not wait for.
    fn start(&self) -> Option<u64> {
        let mut state = self.0.lock();
        let is_late = |(_, start): &(u64, Instant)| start.elapsed() >= PAGE_WAIT;
        if state.running.iter().any(is_late) {
            return None;
        }
        state.started += 1;
        let number = state.started;
        state.running.push((number, Instant::now()));
        Some(number)
    }

    /// Ends a read; returns whether its outcome is another than the one before.
    fn end(&self, number: u64, outcome: Option<Result<T, Problem>>, now: Timestamp) -> bool {
        let mut state = self.0.lock();
        state.running.retain(|(running, _)| *running != number);
        if state.ended > number {
            return false;
        }
        state.ended = number;
        match outcome {
            // The connection was closed.
            None => false,
            Some(Ok(value)) => {
                state.problem = None;
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Notify;
    use wire::Code;

    fn clock() -> Timestamp {
        Timestamp::UNIX_EPOCH
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
