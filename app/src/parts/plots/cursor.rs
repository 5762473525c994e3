//! The cursor of plots: the pointer or the arrow keys move it, and every row reads its value there.

use super::{
    Series, Window,
    geometry::{nearest, times, written},
};
use crate::{
    words::t,
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wire::Time;

/// A point in time that is pointed at. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    times: StoredValue<Vec<Time>>,
    window: Window,
    index: RwSignal<Option<usize>>,
}

impl Cursor {
    /// A cursor over the times of all series.
    pub(super) fn new(series: &[Series], window: Window) -> Self {
        let rows = series.iter().map(|series| series.samples.as_slice());
        Self {
            times: StoredValue::new(times(rows, window)),
            window,
            index: RwSignal::new(None),
        }
    }

    /// The time that is pointed at.
    pub(super) fn time(self) -> Option<Time> {
        let index = self.index.get()?;
        self.times.with_value(|times| times.get(index).copied())
    }

    /// Its place on the axis.
    pub(super) fn x(self) -> Option<f64> {
        self.window.x(self.time()?)
    }

    fn last(self) -> usize {
        self.times.with_value(Vec::len).saturating_sub(1)
    }

    /// Points at the place of an event over a plot, whose content takes no events.
    pub(super) fn follow(self, event: &web_sys::PointerEvent) {
        let plot = event.target();
        let plot = plot.and_then(|plot| plot.dyn_into::<web_sys::Element>().ok());
        let width = plot.map_or(0, |plot| plot.client_width());
        if width > 0 {
            self.point(f64::from(event.offset_x()) / f64::from(width));
        }
    }

    /// Points at a place from 0 to 1.
    fn point(self, share: f64) {
        let found = self
            .times
            .with_value(|times| nearest(times, self.window, share));
        if self.index.get_untracked() != found {
            self.index.set(found);
        }
    }

    /// Moves it by a key; returns whether the key moves it.
    fn press(self, key: &str) -> bool {
        let last = self.last();
        let now = self.index.get_untracked();
        let next = match key {
            "ArrowLeft" | "ArrowDown" => Some(now.map_or(last, |index| index.saturating_sub(1))),
            "ArrowRight" | "ArrowUp" => Some(now.map_or(last, |index| (index + 1).min(last))),
            "PageDown" => Some(now.map_or(last, |index| index.saturating_sub(10))),
            "PageUp" => Some(now.map_or(last, |index| (index + 10).min(last))),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return false,
        };
        self.index.set(next);
        true
    }
}

/// The value of a series at a time, or the last known one; in words with its unit.
pub(super) fn value_at(series: &Series, at: Option<Time>) -> Option<f64> {
    match at {
        Some(at) => {
            let mut samples = series.samples.iter();
            samples.find(|(time, _)| *time == at)?.1
        }
        None => series.samples.last()?.1,
    }
}

/// A value in words.
pub(super) fn in_words(value: Option<f64>) -> String {
    value.map_or_else(|| t!(plots.no_value), written)
}

/// The area of the rows: a slider over time.
#[component]
pub(super) fn Area(
    cursor: Cursor,
    series: StoredValue<Vec<Series>>,
    label: String,
    children: Children,
) -> impl IntoView {
    let zone = zone();
    let text = move || {
        let at = cursor.time();
        let time = at.map_or_else(|| t!(plots.latest), |at| time_of_day(at, &zone.get()));
        let values = series.with_value(|series| {
            let values = series.iter().map(|series| {
                let value = in_words(value_at(series, at));
                format!("{}: {value} {}", series.title, series.unit)
            });
            values.collect::<Vec<_>>().join(", ")
        });
        format!("{time}. {values}")
    };
    view! {
        <div
            role="slider"
            tabindex="0"
            class="block pt-1"
            aria-label=t!(plots.cursor, title = label)
            aria-valuemin="0"
            aria-valuemax=cursor.last().to_string()
            aria-valuenow=move || cursor.index.get().unwrap_or(cursor.last()).to_string()
            aria-valuetext=text
            on:pointerleave=move |_| cursor.index.set(None)
            on:keydown=move |event| {
                if cursor.press(&event.key()) {
                    event.prevent_default();
                }
            }
        >
            {children()}
        </div>
    }
}
