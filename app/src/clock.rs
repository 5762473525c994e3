//! The clock of a page: all ages are computed with it, and tick together.
//!
//! A page starts with the time at which the server made it, so that the browser shows the same ages when it
//! takes over; from then on the time passes as on the browser's clock, whatever that clock shows. Start at
//! [`Clock::ago`].

use crate::words::{age, t};
use leptos::prelude::*;
use std::time::Duration;
use wire::Time;

/// The name of the `<meta>` element that holds the time at which the server made the page.
pub(crate) const META_NAME: &str = "now";

/// How often ages are computed.
const TICK: Duration = Duration::from_secs(1);

/// The time of the server. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Clock(RwSignal<Time>);

impl Clock {
    /// Puts the clock into the context, and lets it tick in the browser.
    pub(crate) fn provide() {
        let start = page_time();
        let clock = Self(RwSignal::new(start));
        provide_context(clock);
        Effect::new(move |_| {
            let browser_start = js_sys::Date::now();
            let ticking = set_interval_with_handle(
                move || {
                    let passed = (js_sys::Date::now() - browser_start) / 1000.0;
                    #[expect(clippy::cast_possible_truncation, reason = "seconds of a page")]
                    let seconds = passed.max(0.0) as i64;
                    let now = Time(start.0.saturating_add(seconds));
                    // Signals end with the page.
                    let _ = clock.0.try_set(now);
                },
                TICK,
            );
            on_cleanup(move || {
                if let Ok(ticking) = ticking {
                    ticking.clear();
                }
            });
        });
    }

    /// The time now.
    pub(crate) fn now(self) -> Time {
        self.0.get()
    }

    /// The time now, for a computation that is not repeated.
    pub(crate) fn now_untracked(self) -> Time {
        self.0.get_untracked()
    }

    /// The age of a point in time, such as `12s` or `4m`.
    pub(crate) fn age(self, at: Time) -> String {
        age(at.seconds_until(self.now()))
    }

    /// The same in a sentence, such as `12s ago`.
    pub(crate) fn ago(self, at: Time) -> String {
        t!(time.ago, age = self.age(at))
    }
}

/// The clock of the page.
pub(crate) fn clock() -> Clock {
    expect_context::<Clock>()
}

/// The time at which the server makes the page.
#[cfg(feature = "ssr")]
fn page_time() -> Time {
    crate::ssr::page_time()
}

/// The time at which the server made the page.
#[cfg(not(feature = "ssr"))]
fn page_time() -> Time {
    let selector = format!("meta[name='{META_NAME}']");
    let element = document().query_selector(&selector).ok().flatten();
    let text = element.and_then(|element| element.get_attribute("content"));
    Time(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}
