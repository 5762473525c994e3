//! The values of plots as a table, the newest first: what the drawing shows, for reading and for screen readers.

use super::{
    PlotsView,
    cursor::{in_words, value_at},
    geometry::times,
};
use crate::{
    words::t,
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wire::Time;

#[component]
pub(super) fn Values(plots: PlotsView, label: String) -> impl IntoView {
    let zone = zone();
    let PlotsView {
        window,
        changes,
        series,
        ..
    } = plots;
    let mut times = times(
        series.iter().map(|series| series.samples.as_slice()),
        window,
    );
    times.reverse();
    let heads = series.iter().map(|series| {
        view! { <th scope="col" class="px-3 py-2 text-right font-medium whitespace-nowrap">{series.title.clone()} " (" {series.unit.clone()} ")"</th> }
    });
    let heads = heads.collect_view();
    let older: Vec<Option<Time>> = times
        .iter()
        .skip(1)
        .copied()
        .map(Some)
        .chain([None])
        .collect();
    let rows = times.into_iter().zip(older).map(|(at, older)| {
        let cells = series.iter().map(|series| {
            view! { <td class="px-3 py-1.5 text-right tabular whitespace-nowrap">{in_words(value_at(series, Some(at)))}</td> }
        });
        // A change is in the row of the first samples after it.
        let own = changes.iter().filter(|change| {
            change.at <= at && older.is_none_or(|older| change.at > older)
        });
        let own = own.map(|change| change.label.clone()).collect::<Vec<_>>();
        view! {
            <tr class="border-t border-line">
                <th scope="row" class="px-3 py-1.5 text-left font-medium tabular whitespace-nowrap">{move || time_of_day(at, &zone.get())}</th>
                {cells.collect_view()}
                <td class="px-3 py-1.5 text-ink-2">{own.join(", ")}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let region = t!(plots.values, title = label.clone());
    view! {
        <div class="overflow-auto max-h-[420px]" tabindex="0" role="region" aria-label=region>
            <table class="w-full text-[13px]" aria-label=label>
                <thead>
                    <tr class="text-[12px] text-ink-2">
                        <th scope="col" class="px-3 py-2 text-left font-medium">{t!(plots.time)}</th>
                        {heads}
                        <th scope="col" class="px-3 py-2 text-left font-medium">{t!(plots.change)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
