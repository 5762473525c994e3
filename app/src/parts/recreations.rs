//! The objects of a plan that can only be deleted and created again, and what that costs.

use super::Choices;
use crate::words::{count, t};
use leptos::prelude::*;
use wire::decision::{Recreation, RecreationCost};

fn cost(cost: RecreationCost) -> String {
    match cost {
        RecreationCost::Downtime => t!(decision.cost_downtime),
        RecreationCost::DowntimeKeepingVolumes => t!(decision.cost_volumes),
        RecreationCost::RunsAgain => t!(decision.cost_runs_again),
        RecreationCost::NewAddress => t!(decision.cost_address),
        RecreationCost::DataLoss => t!(decision.cost_data),
        RecreationCost::Interruption => t!(decision.cost_interruption),
    }
}

/// The list of the objects; nothing without one.
#[component]
pub(crate) fn Recreations(
    /// The choices.
    choices: Choices,
) -> impl IntoView {
    let rows = choices.recreations();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(decision.immutable)>
            <h2 class="text-[15px] font-semibold px-4 pt-3 pb-1">{t!(decision.immutable)}</h2>
            <p class="px-4 pb-2 text-[12.5px] text-ink-2">{count!(decision.immutable_note, n = rows.len())}</p>
            <ul>{rows.into_iter().map(|row| view! { <Row row=row choices=choices/> }).collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: Recreation, choices: Choices) -> impl IntoView {
    let object = row.object.clone();
    let name = format!("{} {}", object.kind, object.name);
    view! {
        <li class="flex flex-wrap gap-x-4 gap-y-1 px-4 py-2.5 border-t border-line text-[13px]">
            <span class="flex-1 basis-64 min-w-0 break-words">
                <span class="block">{name.clone()}</span>
                <span class="block font-mono text-[12px] text-ink-3">{row.fields.join(", ")}</span>
            </span>
            <span class="flex-1 basis-64 min-w-0">
                <label class="inline-flex items-center gap-2 max-md:min-h-10">
                    <input
                        type="checkbox"
                        prop:checked=choices.recreates(&object)
                        on:change=move |event| choices.recreate(&object, event_target_checked(&event))
                    />
                    {t!(decision.recreate, object = name)}
                </label>
                <span class="block text-[12px] text-warn">{cost(row.cost)}</span>
            </span>
        </li>
    }
}
