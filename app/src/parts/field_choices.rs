//! The tables of the choices of a plan: the fields that other field managers own with both values, the objects that
//! are recreated, and the CRDs. Start at [`PlanChoiceTables`].

use super::{Button, Choices, CrdTable, Recreations, tw};
use crate::words::{count, t};
use leptos::prelude::*;
use wire::decision::{Decisions, FieldChoice, FieldConflict, KnownOwner};

/// Why a field is left to its manager unless the operator decides otherwise.
fn default_reason(row: &FieldConflict) -> Option<String> {
    if row.is_stored {
        return Some(t!(decision.stored, manager = row.manager.clone()));
    }
    Some(match row.known? {
        KnownOwner::Istiod => t!(decision.known_istiod),
        KnownOwner::Autoscaler => t!(decision.known_autoscaler),
        KnownOwner::CaInjector => t!(decision.known_ca_injector),
        KnownOwner::CloudAdmission => t!(decision.known_cloud),
    })
}

/// Everything that the operator has to choose in a plan, and the button that checks the choices; nothing without one.
#[component]
pub(crate) fn PlanChoiceTables(
    /// The choices.
    choices: Choices,
    /// Makes the plan again with the choices.
    check: Callback<Decisions>,
    /// Whether that is under way.
    #[prop(into)]
    checking: Signal<bool>,
    /// Whether the operator just checked choices: they take the focus then.
    focused: bool,
) -> impl IntoView {
    if choices.is_empty() {
        return ().into_any();
    }
    let group = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(group) = group.get().filter(|_| focused) {
            let _ = group.focus();
        }
    });
    view! {
        <div node_ref=group tabindex="-1" role="group" aria-label=t!(decision.choices)>
            <FieldTable choices=choices/>
            <Recreations choices=choices/>
            <CrdTable choices=choices/>
            <CheckChoices choices=choices check=check checking=checking/>
        </div>
    }
    .into_any()
}

/// The table of the fields; nothing without one.
#[component]
fn FieldTable(choices: Choices) -> impl IntoView {
    let rows = choices.conflicts();
    if rows.is_empty() {
        return ().into_any();
    }
    let count = count!(decision.fields_n, n = rows.len());
    view! {
        <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(decision.fields)>
            <div class="flex flex-wrap items-baseline gap-x-3 px-4 pt-3 pb-1">
                <h2 class="text-[15px] font-semibold flex-1">{t!(decision.fields)}</h2>
                <span class="text-[12px] text-ink-3 tabular">{count}</span>
            </div>
            <table role="table" class="choice-table" aria-label=t!(decision.fields)>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader">{t!(decision.field)}</th>
                        <th role="columnheader">{t!(decision.owner)}</th>
                        <th role="columnheader">{t!(decision.theirs)}</th>
                        <th role="columnheader">{t!(decision.ours)}</th>
                        <th role="columnheader">{t!(decision.choice)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    {rows.into_iter().enumerate().map(|(index, row)| view! { <Row row=row index=index choices=choices/> }).collect_view()}
                </tbody>
            </table>
            <p class="px-4 py-2.5 border-t border-line text-[12.5px] text-ink-2">{t!(decision.note)}</p>
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: FieldConflict, index: usize, choices: Choices) -> impl IntoView {
    let reason = default_reason(&row);
    let label = t!(
        decision.choice_of,
        field = row.path.clone(),
        object = row.object.to_string()
    );
    let cell = "font-mono text-[12px] max-h-24 overflow-auto";
    view! {
        <tr role="row">
            <td role="cell" data-label=t!(decision.field)>
                <span class="block min-w-0">
                    <span class="block text-[12px] text-ink-3">{format!("{} {}", row.object.kind, row.object.name)}</span>
                    <span class="block font-mono text-[12px]">{row.path.trim_start_matches('.').to_owned()}</span>
                </span>
            </td>
            <td role="cell" data-label=t!(decision.owner)><span class="font-mono text-[12px]">{row.manager.clone()}</span></td>
            <td role="cell" data-label=t!(decision.theirs)><span class=cell>{row.theirs.clone()}</span></td>
            <td role="cell" data-label=t!(decision.ours)><span class=cell>{row.ours.clone()}</span></td>
            <td role="cell" data-label=t!(decision.choice)>
                <span class="block min-w-0">
                    <Radios row=row index=index label=label choices=choices/>
                    {reason.map(|reason| view! { <span class="block mt-1 text-[12px] text-ink-3">{reason}</span> })}
                </span>
            </td>
        </tr>
    }
}

#[component]
fn Radios(row: FieldConflict, index: usize, label: String, choices: Choices) -> impl IntoView {
    let row = StoredValue::new(row);
    let current = move || row.with_value(|row| choices.chosen(row));
    let radio = move |choice: FieldChoice, text: String| {
        let class = move || {
            if current() == Some(choice) {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium whitespace-nowrap cursor-pointer border-r border-line-strong last:border-r-0 bg-span-soft text-span has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            } else {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium whitespace-nowrap cursor-pointer border-r border-line-strong last:border-r-0 bg-surface text-ink-2 hover:bg-sunken has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            }
        };
        view! {
            <label class=class>
                <input
                    type="radio"
                    class="absolute inset-0 size-full opacity-0 cursor-pointer"
                    name=format!("field-{index}")
                    prop:checked=move || current() == Some(choice)
                    on:change=move |_| row.with_value(|row| choices.choose(row, choice))
                />
                {text}
            </label>
        }
    };
    view! {
        <span role="radiogroup" class="inline-flex rounded-[6px] border border-line-strong overflow-hidden" aria-label=label>
            {radio(FieldChoice::Leave, t!(decision.leave))}
            {radio(FieldChoice::Take, t!(decision.take))}
        </span>
    }
}

/// The button that checks changed choices by another dry run.
#[component]
fn CheckChoices(
    choices: Choices,
    check: Callback<Decisions>,
    checking: Signal<bool>,
) -> impl IntoView {
    let label = move || {
        if checking.get() {
            t!(decision.checking)
        } else {
            t!(decision.check)
        }
    };
    let press = move || check.run(choices.decisions());
    let is_ready = move || choices.undecided() == 0 && choices.is_changed();
    view! {
        <div class="flex flex-wrap items-center justify-end gap-3 mb-4 text-[12.5px] text-ink-2">
            {move || choices.reason()}
            <Button disabled=Signal::derive(move || !is_ready() || checking.get()) press=press>{label}</Button>
        </div>
    }
}
