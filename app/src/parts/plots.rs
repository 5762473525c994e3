//! Small multiples: one row for each series over one axis of time, lines at changes, a cursor that reads the values
//! of all rows, and the same as a table.
//!
//! Everything is drawn on the server too. `geometry` computes it; start at [`Plots`].

mod cursor;
mod geometry;
mod row;
mod spark;
mod table;

pub(crate) use geometry::{Sample, Window, written};
pub(crate) use spark::Spark;

use super::{Loading, Notice, ProblemNotice, Segmented, Tone};
use crate::{
    words::t,
    zone::{time_of_day, zone},
};
use cursor::Cursor;
use geometry::ticks;
use leptos::prelude::*;
use row::Row;
use table::Values;
use wire::{Problem, Time};

/// The number of times that the axis names at most.
const MAX_TICKS: u32 = 5;

/// A change of the system, which may explain what the rows show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlotChange {
    /// When it happened.
    pub(crate) at: Time,
    /// What happened, such as "address changed".
    pub(crate) label: String,
    /// Whether it is a failure.
    pub(crate) is_failure: bool,
}

/// A series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// Its title.
    pub(crate) title: String,
    /// The unit of its values, such as "req/s".
    pub(crate) unit: String,
    /// What is remarkable about it, such as "Above SLO 1 %".
    pub(crate) note: String,
    /// Whether the note is a warning or a failure.
    pub(crate) tone: Tone,
    /// The samples, in order.
    pub(crate) samples: Vec<Sample>,
}

/// The series of a page over one window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlotsView {
    /// The window.
    pub(crate) window: Window,
    /// The seconds between two samples.
    pub(crate) step: u32,
    /// The changes within the window.
    pub(crate) changes: Vec<PlotChange>,
    /// The series.
    pub(crate) series: Vec<Series>,
}

/// What is known about the series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PlotsState {
    /// Nothing yet.
    Loading,
    /// They could not be read.
    Unread(Problem),
    /// There is no source, for this reason, which names how to connect one.
    NoSource(String),
    /// The series.
    Known(PlotsView),
}

/// Series as rows over one axis of time.
#[component]
pub(crate) fn Plots(
    /// The title.
    #[prop(into)]
    title: String,
    /// The series.
    #[prop(into)]
    state: Signal<PlotsState>,
) -> impl IntoView {
    let label = title.clone();
    let form = RwSignal::new(0);
    let choice = {
        let label = t!(plots.form, title = title.clone());
        move || {
            let is_known = state.with(|state| matches!(state, PlotsState::Known(_)));
            let choices = vec![t!(plots.plot), t!(plots.table)];
            is_known.then(|| view! { <Segmented label=label.clone() choices=choices chosen=form/> })
        }
    };
    let name = title.clone();
    let content = move || match state.get() {
        PlotsState::Loading => {
            view! { <div class="px-4 min-h-[180px]"><Loading subject=t!(plots.subject)/></div> }
                .into_any()
        }
        PlotsState::Unread(problem) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        PlotsState::NoSource(reason) => {
            view! { <div class="p-4"><Notice tone=Tone::Plain>{reason}</Notice></div> }.into_any()
        }
        PlotsState::Known(plots) if form.get() == 1 => {
            view! { <Values plots=plots label=name.clone()/> }.into_any()
        }
        PlotsState::Known(plots) => view! { <Rows plots=plots label=name.clone()/> }.into_any(),
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 border-b border-line min-h-[49px]">
                <h2 class="text-[14px] font-semibold flex-1">{title}</h2>
                {choice}
            </div>
            {content}
        </section>
    }
}

/// The rows, the axis below them, and the changes.
#[component]
fn Rows(plots: PlotsView, label: String) -> impl IntoView {
    let PlotsView {
        window,
        step,
        changes,
        series,
    } = plots;
    let cursor = Cursor::new(&series, window);
    let lines: Vec<(f64, bool)> = changes
        .iter()
        .filter_map(|change| Some((window.x(change.at)?, change.is_failure)))
        .collect();
    let is_empty = series.is_empty();
    let shown = StoredValue::new(series);
    let rows = shown.with_value(|series| {
        let rows = series.iter().cloned();
        rows.map(|series| view! { <Row series=series window=window step=step lines=lines.clone() cursor=cursor/> })
            .collect_view()
    });
    view! {
        {is_empty.then(|| view! { <p class="px-4 py-4 text-[13px] text-ink-2">{t!(plots.none)}</p> })}
        <Changes changes=changes/>
        <cursor::Area cursor=cursor series=shown label=label>
            {rows}
        </cursor::Area>
        {(!is_empty).then(|| view! { <Axis window=window cursor=cursor/> })}
    }
}

/// The changes in words: the lines of the rows have no text.
#[component]
fn Changes(changes: Vec<PlotChange>) -> impl IntoView {
    let zone = zone();
    let item = |change: PlotChange| {
        let (stroke, dash) = change_stroke(change.is_failure);
        view! {
            <li class="flex items-center gap-1.5 min-w-0">
                <svg class="w-1.5 h-3.5 shrink-0" viewBox="0 0 6 14" aria-hidden="true">
                    <path d="M3 0v14" stroke=stroke stroke-width="2" stroke-dasharray=dash/>
                </svg>
                <span class="break-words min-w-0">{move || time_of_day(change.at, &zone.get())} " " {change.label}</span>
            </li>
        }
    };
    (!changes.is_empty()).then(|| {
        view! {
            <ul class="flex flex-wrap gap-x-5 gap-y-1 px-4 pt-2.5 text-[12px] text-ink-2 tabular" aria-label=t!(plots.changes)>
                {changes.into_iter().map(item).collect_view()}
            </ul>
        }
    })
}

/// The colour and the dashes of the line of a change.
fn change_stroke(is_failure: bool) -> (&'static str, &'static str) {
    if is_failure {
        ("var(--bad)", "5 2")
    } else {
        ("var(--ink-3)", "2 2")
    }
}

/// The axis of time, which all rows share; beside it the time of the cursor.
#[component]
fn Axis(window: Window, cursor: Cursor) -> impl IntoView {
    let zone = zone();
    let labels = ticks(window, MAX_TICKS).into_iter().filter_map(|at| {
        let x = window.x(at)?;
        // A label stays within the axis at its ends.
        let anchor = if x < 40.0 {
            "start"
        } else if x > geometry::WIDTH - 40.0 {
            "end"
        } else {
            "middle"
        };
        Some(view! {
            <svg x=format!("{:.1}%", x / 10.0) class="overflow-visible">
                <path d="M0 0v4" stroke="var(--line-strong)"/>
                <text y="15" font-size="11" fill="var(--ink-3)" text-anchor=anchor>
                    {move || time_of_day(at, &zone.get())}
                </text>
            </svg>
        })
    });
    let labels = labels.collect_view();
    let at = move || match cursor.time() {
        Some(at) => t!(plots.at, time = time_of_day(at, &zone.get())),
        None => t!(plots.latest),
    };
    view! {
        <div class="grid md:grid-cols-[210px_minmax(0,1fr)] items-start px-4 pb-2">
            <p class="text-[12px] text-ink-2 tabular max-md:order-last">{at}</p>
            <svg class="w-[calc(100%_-_40px)] h-5 overflow-visible" aria-hidden="true" font-family="var(--sans)">
                {labels}
            </svg>
        </div>
    }
}
