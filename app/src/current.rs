//! Keeps what a page shows current.
//!
//! A view is read again when one of its topics changes, when the tab becomes visible, and every 15 seconds.
//! Start at [`keep_current`].

use crate::{AppError, clock::clock, live::stream};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use wire::{Time, live::Topic};

/// How often a view is read again without a change.
const INTERVAL: Duration = Duration::from_secs(15);
/// The time between the end of a read and the next one, however much changes: a view may cost its clusters
/// many requests.
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
    let read = move || {
        if reading.start() {
            view.refetch();
        }
    };
    Effect::new(move |is_first: Option<()>| {
        view.track();
        if is_first.is_none() {
            return;
        }
        reading.end(view.with_untracked(|view| matches!(view, Some(Ok(_)))));
        let pause = set_timeout_with_handle(
            move || {
                if reading.end_pause() {
                    read();
                }
            },
            PAUSE,
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
            read();
        }
        numbers.or(before)
    });
    Effect::new(move |was_visible: Option<bool>| {
        let is_visible = stream.visible.get();
        if is_visible && was_visible == Some(false) {
            read();
        }
        is_visible
    });
    Effect::new(move |_| {
        let timer = set_interval_with_handle(
            move || {
                if stream.visible.get_untracked() {
                    read();
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

/// One read at a time, with a pause after it: a change in between starts another one then.
#[derive(Clone, Copy)]
struct Reading {
    /// Whether a read runs, or the pause after it.
    is_running: StoredValue<bool>,
    is_outdated: StoredValue<bool>,
    read_at: RwSignal<Time>,
}

impl Reading {
    fn new() -> Self {
        Self {
            is_running: StoredValue::new(false),
            is_outdated: StoredValue::new(false),
            read_at: RwSignal::new(clock().now_untracked()),
        }
    }

    /// Whether a read may start now.
    fn start(self) -> bool {
        if self.is_running.get_value() {
            self.is_outdated.set_value(true);
            return false;
        }
        self.is_running.set_value(true);
        true
    }

    /// Ends a read and begins the pause.
    fn end(self, succeeded: bool) {
        self.is_running.set_value(true);
        if succeeded {
            self.read_at.set(clock().now_untracked());
        }
    }

    /// Ends the pause; returns whether the last read is outdated.
    fn end_pause(self) -> bool {
        self.is_running.set_value(false);
        let is_outdated = self.is_outdated.get_value();
        self.is_outdated.set_value(false);
        is_outdated
    }
}
