//! Keeps what a page shows current.
//!
//! A view is read again when one of its topics changes, when the tab becomes visible, and every 15 seconds.
//! Start at [`keep_current`].

use crate::{
    AppError,
    clock::{Clock, clock},
    live::stream,
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use wire::{Time, live::Topic};

/// How often a view is read again without a change.
const INTERVAL: Duration = Duration::from_secs(15);
/// The time between the end of a read that a change has caused and the next one, however much changes: a view may
/// cost its clusters many requests. The first change is read at once.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps a view current while the component that calls this lives; returns when it was last read.
pub(crate) fn keep_current<T>(
    view: Resource<Result<T, AppError>>,
    topics: &'static [Topic],
) -> Signal<Time>
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let reading = Reading::new();
    let read = move |cause: Cause| {
        if reading.pace.try_update_value(|pace| pace.start(cause)) == Some(true) {
            view.refetch();
        }
    };
    Effect::new(move |is_first: Option<()>| {
        view.track();
        if is_first.is_none() {
            return;
        }
        let pause = reading.end(view.with_untracked(|view| matches!(view, Some(Ok(_)))));
        let pause = set_timeout_with_handle(
            move || {
                if reading.pace.try_update_value(Pace::end_pause) == Some(true) {
                    read(Cause::Change);
                }
            },
            pause,
        );
        on_cleanup(move || {
            if let Ok(pause) = pause {
                pause.clear();
            }
        });
    });
    let stream = stream();
    Effect::new(move |before: Option<Option<Vec<u64>>>| {
        let changes = stream.changes.get();
        let numbers: Option<Vec<u64>> =
            changes.map(|changes| topics.iter().map(|topic| changes.of(*topic)).collect());
        let before = before.flatten();
        if before.is_some() && numbers.is_some() && before != numbers {
            read(Cause::Change);
        }
        numbers.or(before)
    });
    Effect::new(move |was_visible: Option<bool>| {
        let is_visible = stream.visible.get();
        if is_visible && was_visible == Some(false) {
            read(Cause::Time);
        }
        is_visible
    });
    Effect::new(move |_| {
        let timer = set_interval_with_handle(
            move || {
                if stream.visible.get_untracked() {
                    read(Cause::Time);
                }
            },
            INTERVAL,
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    reading.read_at.into()
}

/// Why a view is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// One of its topics changed.
    Change,
    /// It is old, or the page became visible.
    Time,
}

/// The reads of a view.
#[derive(Clone, Copy)]
struct Reading {
    pace: StoredValue<Pace>,
    read_at: RwSignal<Time>,
    clock: Clock,
}

impl Reading {
    fn new() -> Self {
        let clock = clock();
        Self {
            pace: StoredValue::new(Pace::default()),
            read_at: RwSignal::new(clock.now_untracked()),
            clock,
        }
    }

    /// Ends a read, which this may not have started; returns the pause after it.
    fn end(self, succeeded: bool) -> Duration {
        if succeeded {
            self.read_at.set(self.clock.now_untracked());
        }
        let pause = self.pace.try_update_value(Pace::end);
        pause.unwrap_or(PAUSE)
    }
}

/// One read at a time, with a pause after a read that a change has caused: a change in between causes another one
/// then.
#[derive(Debug, Default)]
struct Pace {
    /// Why the read runs whose pause has not ended yet.
    running: Option<Cause>,
    is_outdated: bool,
}

impl Pace {
    /// Whether a read may start now.
    fn start(&mut self, cause: Cause) -> bool {
        let may_start = self.running.is_none();
        if may_start {
            self.running = Some(cause);
        } else if cause == Cause::Change {
            // A view that was just read is not old.
            self.is_outdated = true;
        }
        may_start
    }

    /// Ends a read; returns the pause that begins.
    fn end(&mut self) -> Duration {
        match self.running.get_or_insert(Cause::Time) {
            Cause::Change => PAUSE,
            Cause::Time => Duration::ZERO,
        }
    }

    /// Ends the pause; returns whether the last read is outdated.
    fn end_pause(&mut self) -> bool {
        self.running = None;
        std::mem::take(&mut self.is_outdated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_at_once_and_the_changes_after_it_together_after_a_pause() {
        let mut pace = Pace::default();
        assert!(pace.start(Cause::Change));
        assert!(!pace.start(Cause::Change), "the read runs");
        assert_eq!(pace.end(), PAUSE);
        assert!(!pace.start(Cause::Change), "the pause has not ended");
        assert!(pace.end_pause());
        assert!(pace.start(Cause::Change));
        assert_eq!(pace.end(), PAUSE);
        assert!(!pace.start(Cause::Time), "the view was just read");
        assert!(!pace.end_pause(), "nothing has changed since");
    }

    #[test]
    fn no_change_waits_for_a_pause_after_a_read_by_time_or_by_a_button() {
        let mut pace = Pace::default();
        assert!(pace.start(Cause::Time));
        assert_eq!(pace.end(), Duration::ZERO);
        assert!(!pace.end_pause());
        assert_eq!(pace.end(), Duration::ZERO, "a button has read the view");
        assert!(!pace.end_pause());
        assert!(pace.start(Cause::Change));
    }
}
