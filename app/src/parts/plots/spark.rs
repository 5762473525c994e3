//! A small plot of one series: its title and value as text, its line, and the ends of its time.

use super::{
    Series, Window,
    geometry::{HEIGHT, Plot, WIDTH},
    row::colours,
};
use crate::zone::{time_of_day, zone};
use leptos::prelude::*;

/// A series in the width of a panel. The text beside the title is what the operator needs without the drawing.
#[component]
pub(crate) fn Spark(
    /// The series; its note is not shown.
    series: Series,
    /// The value in words, with its unit.
    #[prop(into)]
    value: String,
    /// The time that it shows.
    window: Window,
    /// The seconds between two samples.
    step: u32,
) -> impl IntoView {
    let zone = zone();
    let Plot {
        line, dots, area, ..
    } = Plot::new(&series.samples, window, step);
    let (stroke, fill) = colours(series.tone);
    let (label, title) = (series.title.clone(), series.title);
    let time = move |at| move || time_of_day(at, &zone.get());
    view! {
        <figure class="min-w-0" aria-label=label>
            <figcaption class="flex items-baseline gap-3">
                <span class="flex-1 min-w-0 text-ink-2 break-words">{title}</span>
                <span class="tabular font-medium">{value}</span>
            </figcaption>
            <svg
                class="block w-full h-9 mt-1 border-y border-line"
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                preserveAspectRatio="none"
                aria-hidden="true"
                fill="none"
                stroke-linecap="round"
                stroke-linejoin="round"
            >
                <path d=area fill=fill/>
                <path d=line stroke=stroke stroke-width="1.6" vector-effect="non-scaling-stroke"/>
                <path d=dots stroke=stroke stroke-width="5" vector-effect="non-scaling-stroke"/>
            </svg>
            <p class="flex justify-between text-[11.5px] text-ink-3 tabular">
                <span>{time(window.from)}</span>
                <span>{time(window.to)}</span>
            </p>
        </figure>
    }
}
