//! The objects of a plan: cluster, change and content of each.

use crate::{
    parts::{ClusterChip, Diff, Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{PlannedChange, PlannedObject};

fn change_label(change: PlannedChange) -> (Tone, String) {
    match change {
        PlannedChange::Create => (Tone::Good, t!(mesh.create)),
        PlannedChange::Adopt => (Tone::Warn, t!(mesh.adopt)),
        PlannedChange::Update => (Tone::Busy, t!(mesh.update)),
        PlannedChange::Keep => (Tone::Plain, t!(mesh.keep)),
        PlannedChange::Delete => (Tone::Bad, t!(mesh.delete)),
    }
}

/// The objects, in the order in which they are changed.
#[component]
pub(super) fn Objects(objects: Vec<PlannedObject>) -> impl IntoView {
    view! {
        <div class="border border-line rounded-[10px] min-w-0" role="group" aria-label=t!(mesh.planned_resources)>
            {objects.into_iter().map(|object| view! { <Row object=object/> }).collect_view()}
        </div>
    }
}

#[component]
fn Row(object: PlannedObject) -> impl IntoView {
    let (tone, change) = change_label(object.change);
    let open = RwSignal::new(false);
    let label = object.object.to_string();
    let lines = StoredValue::new(object.lines);
    let details = object.details;
    let managers = object.held_by.join(", ");
    let managers = (!managers.is_empty()).then(|| t!(mesh.field_managers, managers = managers));
    view! {
        <div class="border-b border-line last:border-b-0">
            <button
                type="button"
                class="w-full flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-left text-[13px] hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="w-[170px] min-w-0"><ClusterChip name=object.cluster.to_string()/></span>
                <span class="font-mono text-[11.5px] text-ink-3 md:w-[170px] truncate">{object.object.kind.clone()}</span>
                <span class="font-mono flex-1 min-w-[180px] break-words">{object.object.name.clone()}</span>
                <Pill tone=tone>{change}</Pill>
            </button>
            {managers.map(|managers| view! { <p class="px-4 pb-1.5 text-[12px] text-ink-2 break-words">{managers}</p> })}
            {(!details.is_empty()).then(|| {
                view! {
                    <ul class="px-4 pb-2 font-mono text-[12px] text-ink-2">
                        {details.into_iter().map(|line| view! { <li class="break-words">{line}</li> }).collect_view()}
                    </ul>
                }
            })}
            <Show when=move || open.get() && !lines.with_value(Vec::is_empty)>
                <Diff lines=lines.get_value() label=label.clone()/>
            </Show>
        </div>
    }
}
