//! The plots in their states.

use super::{Case, Component, sample::ago};
use crate::parts::{PlotChange, Plots, PlotsState, PlotsView, Sample, Series, Tone, Window};
use leptos::prelude::*;
use wire::{Code, Problem};

/// The seconds between two samples.
const STEP: u32 = 15;
/// The number of samples in the window.
const SAMPLES: i64 = 60;

fn window() -> Window {
    Window {
        from: ago(i64::from(STEP) * SAMPLES),
        to: ago(0),
    }
}

/// A series of `value` by the index of the sample.
fn series(
    title: &str,
    unit: &str,
    note: (&str, Tone),
    value: impl Fn(i64) -> Option<f64>,
) -> Series {
    let samples = (0..=SAMPLES).map(|index| {
        let at = ago((SAMPLES - index) * i64::from(STEP));
        (at, value(index))
    });
    Series {
        title: title.to_owned(),
        unit: unit.to_owned(),
        note: note.0.to_owned(),
        tone: note.1,
        samples: samples.collect::<Vec<Sample>>(),
    }
}

fn plots(series: Vec<Series>, changes: Vec<PlotChange>) -> PlotsState {
    PlotsState::Known(PlotsView {
        window: window(),
        step: STEP,
        changes,
        series,
    })
}

fn change(seconds: i64, label: &str, is_failure: bool) -> PlotChange {
    PlotChange {
        at: ago(seconds),
        label: label.to_owned(),
        is_failure,
    }
}

/// A value that looks measured, the same on server and browser.
fn noise(index: i64) -> f64 {
    ((index * 37 + 11) % 17) as f64 / 17.0
}

fn mesh() -> PlotsState {
    let after = |index: i64, from: i64| (index - from).max(0) as f64;
    plots(
        vec![
            series(
                "Requests",
                "req/s",
                ("−6 % in 15 min", Tone::Plain),
                |n| Some(1180.0 + noise(n) * 60.0),
            ),
            series(
                "Cross-cluster errors",
                "%",
                ("Above SLO 1 %", Tone::Bad),
                |n| Some((0.1 + after(n, 36) * 0.5).min(3.8) + noise(n) * 0.1),
            ),
            series(
                "p99 east → west",
                "ms",
                ("23× in 15 min", Tone::Warn),
                |n| Some((80.0 + after(n, 37) * 310.0).min(1900.0) + noise(n) * 20.0),
            ),
            series(
                "Connected proxies",
                "of 76",
                ("All synced", Tone::Plain),
                |_| Some(76.0),
            ),
            series(
                "Push time p99",
                "s",
                ("Gap: istiod restarted", Tone::Plain),
                |n| (!(20..28).contains(&n)).then(|| 0.15 + noise(n) * 0.1),
            ),
        ],
        vec![
            change(430, "address changed", false),
            change(340, "west unreachable", true),
        ],
    )
}

fn edges() -> PlotsState {
    plots(
        vec![
            series("A single sample", "req/s", ("", Tone::Plain), |n| {
                (n == 30).then_some(12.5)
            }),
            series("Zero all the time", "%", ("", Tone::Plain), |_| Some(0.0)),
            series("No data", "req/s", ("", Tone::Plain), |_| None),
            series("Below zero", "ms", ("", Tone::Plain), |n| {
                Some(noise(n) * 4.0 - 2.0)
            }),
            series(
                "A title of a series that is as long as the name of a service in a namespace of a cluster",
                "requests per second and endpoint",
                ("A note that is longer than its column is wide", Tone::Warn),
                |n| Some(noise(n)),
            ),
        ],
        Vec::new(),
    )
}

#[component]
pub(super) fn PlotStates() -> impl IntoView {
    let case = |name: &'static str, title: &'static str, state: PlotsState| {
        view! { <Case name=name><Plots title=title state=Signal::stored(state)/></Case> }
    };
    let single = vec![series("Requests", "req/s", ("", Tone::Plain), |n| {
        Some(200.0 + noise(n))
    })];
    let unread = Problem::new(Code::Unreachable).with("cluster", "west");
    let no_source = "No proxy of this Service was read: the console needs the right to create pods/portforward in shop.";
    view! {
        <Component name="Plots">
            {case("Many, with changes and a gap", "Mesh prod, last 15 min", mesh())}
            {case("A single sample, zero, no data, below zero, long titles", "Series at the edges", edges())}
            {case("One", "One series", plots(single, Vec::new()))}
            {case("None", "No series", plots(Vec::new(), Vec::new()))}
            {case("Loading", "Series that load", PlotsState::Loading)}
            {case("No source", "Series without a source", PlotsState::NoSource(no_source.to_owned()))}
            {case("Not read", "Series that were not read", PlotsState::Unread(unread))}
        </Component>
    }
}
