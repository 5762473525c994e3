//! The last known result of a read, and its time: a page waits for a slow read for a moment only.
//!
//! A read that takes longer goes on until its own timeout while pages show what was known before, with its
//! age. While such a read runs, other pages do not wait for another one. While a watch counts the changes of
//! what is read, a value is current until the next change: a page shows it at once, and starts a read in the
//! background once it is old. Start at [`LastKnown::read`].

mod seen;

pub(crate) use seen::{Known, Outcome, Seen};

use crate::read_limit::ReadLimit;
use futures::future::BoxFuture;
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

/// How long a read in the background may wait until the value is old. A page that shows a value that was just read
/// is notified that soon of a cluster that has become silent.
const MAX_DELAY: Duration = Duration::from_secs(5);

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
    /// The number of watches, and the changes that they have counted.
    watches: usize,
    changes: u64,
    /// When the value was read, and the changes that were counted before that.
    unchanged: Option<(Instant, u64)>,
    /// Whether a read in the background waits or runs.
    is_revalidating: bool,
}

/// A read, and what it needs.
pub(crate) struct Read<T> {
    /// Ends it.
    pub(crate) stop: CancellationToken,
    /// The current time.
    pub(crate) clock: fn() -> Timestamp,
    /// Limits the reads that run at the same time.
    pub(crate) limit: Option<ReadLimit>,
    /// Called when a read ends that no page waits for, and its outcome is another than the one before.
    pub(crate) changed: Box<dyn FnOnce() + Send>,
    /// What is read, with a timeout of its own.
    pub(crate) work: BoxFuture<'static, Result<T, Problem>>,
}

impl<T> State<T> {
    /// The changes that were counted; none while nothing is watched.
    fn counted(&self) -> Option<u64> {
        (self.watches > 0).then_some(self.changes)
    }

    /// Whether a change was counted since the read of the value began.
    fn has_changed(&self) -> bool {
        let read = self.unchanged.map(|(_, changes)| changes);
        self.problem.is_none() && self.counted().is_some_and(|counted| Some(counted) != read)
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
            watches: 0,
            changes: 0,
            unchanged: None,
            is_revalidating: false,
        }))
    }
}

impl<T: Send + Sync + 'static> LastKnown<T> {
    /// The value without a wait while it is watched and has not changed; else as [`LastKnown::read`].
    ///
    /// A value of `max_age` is read again in the background; `is_same` compares it with the one before.
    pub(crate) async fn read_if_changed(
        self: &Arc<Self>,
        max_age: Duration,
        is_same: fn(&T, &T) -> bool,
        read: Read<T>,
    ) -> Seen<T> {
        match self.unchanged() {
            Some(seen) => {
                self.revalidate(max_age, is_same, read);
                seen
            }
            None => self.read(read).await,
        }
    }

    /// Starts a read and waits for it for [`PAGE_WAIT`] at most.
    pub(crate) async fn read(self: &Arc<Self>, read: Read<T>) -> Seen<T> {
        let Read {
            stop,
            clock,
            limit,
            changed,
            work,
        } = read;
        if self.is_current() {
            return self.ended();
        }
        let Some(number) = self.start() else {
            return self.pending();
        };
        let (sender, done) = oneshot::channel();
        let this = self.clone();
        let work = async move {
            let _permit = ReadLimit::acquire(limit, this.has_failed()).await;
            work.await
        };
        let this = self.clone();
        tokio::spawn(async move {
            let outcome = stop.run_until_cancelled_owned(work).await;
            let differs = this.end(number, outcome, clock(), |_, _| false);
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

    /// Reads the value again in the background once it is of `max_age`.
    fn revalidate(self: &Arc<Self>, max_age: Duration, is_same: fn(&T, &T) -> bool, read: Read<T>) {
        let Some(wait) = self.begin_revalidation(max_age) else {
            return;
        };
        let Read {
            stop,
            clock,
            limit,
            changed,
            work,
        } = read;
        let this = self.clone();
        tokio::spawn(async move {
            let begin = async {
                tokio::time::sleep(wait).await;
                ReadLimit::acquire(limit, false).await
            };
            let permit = stop.run_until_cancelled(begin).await;
            let is_old = this.age().is_none_or(|age| age >= max_age);
            let may_start = is_old && permit.is_some();
            if let Some(number) = may_start.then(|| this.start()).flatten() {
                let outcome = stop.run_until_cancelled(work).await;
                let differs = this.end(number, outcome, clock(), is_same);
                if differs {
                    this.0.lock().current_until = Some(Instant::now() + LATE_RESULT_TTL);
                    changed();
                }
            }
            this.0.lock().is_revalidating = false;
        });
    }

    /// The time until the value is of `max_age`, if a read in the background may wait for it and none does.
    fn begin_revalidation(&self, max_age: Duration) -> Option<Duration> {
        let wait = max_age.saturating_sub(self.age()?);
        let mut state = self.0.lock();
        if state.is_revalidating || wait > MAX_DELAY {
            return None;
        }
        state.is_revalidating = true;
        Some(wait)
    }

    /// The age of a value that was read while it was watched.
    fn age(&self) -> Option<Duration> {
        let state = self.0.lock();
        state.unchanged.map(|(at, _)| at.elapsed())
    }

    /// Whether the last read failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.lock().problem.is_some()
    }

    /// Whether a slow read has just ended, and nothing has changed since it began.
    fn is_current(&self) -> bool {
        let state = self.0.lock();
        let is_new = state
            .current_until
            .is_some_and(|until| until > Instant::now());
        is_new && !state.has_changed()
    }

    /// The value, when it is watched and has not changed.
    fn unchanged(&self) -> Option<Seen<T>> {
        let state = self.0.lock();
        let (_, changes) = state.unchanged?;
        let is_unchanged = state.counted() == Some(changes) && state.problem.is_none();
        is_unchanged.then(|| Seen {
            value: state.value.clone(),
            outcome: Outcome::Current,
        })
    }

    /// Counts changes from now on, until the guard is dropped.
    pub(crate) fn watched(self: &Arc<Self>) -> Watched<T> {
        let mut state = self.0.lock();
        state.watches += 1;
        // It may have changed before.
        state.changes = state.changes.wrapping_add(1);
        drop(state);
        Watched(self.clone())
    }

    /// Counts a change: what was read before is outdated.
    pub(crate) fn count_change(&self) {
        let mut state = self.0.lock();
        state.changes = state.changes.wrapping_add(1);
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
        let changes = state.counted();
        state.running.push((number, Instant::now(), changes));
        Some(number)
    }

    /// Ends a read; returns whether its outcome is another than the one before, or outdated already.
    fn end(
        &self,
        number: u64,
        outcome: Option<Result<T, Problem>>,
        now: Timestamp,
        is_same: fn(&T, &T) -> bool,
    ) -> bool {
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
                let had_failed = state.problem.take().is_some();
                let known = state.value.as_ref();
                let is_same = known.is_some_and(|known| is_same(&known.value, &value));
                state.unchanged = unchanged;
                state.value = Some(Known {
                    value: Arc::new(value),
                    read_at: now,
                });
                // A page that saw the change read the value before this one.
                had_failed || !is_same || state.has_changed()
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
        let mut state = self.0.0.lock();
        state.watches = state.watches.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests;
