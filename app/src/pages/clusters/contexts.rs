//! The contexts of a kubeconfig, each with the verdict of its probe, a checkbox and a name for its cluster.
//!
//! A few contexts are probed at the same time. A cluster that can be used is selected when its probe ends,
//! unless the operator decided before. Start at [`Contexts`].

mod adding;
mod filter;
mod probing;
mod row;
mod rows;
mod state;

use crate::{
    parts::{Button, Kind, tw},
    words::{count, sentence, t},
};
use adding::{Adding, add_selected};
use filter::Toolbar;
use leptos::prelude::*;
use probing::probe_all;
use row::ContextRow;
use rows::Rows;
use state::Filter;
use wire::cluster::ContextView;

/// The contexts, and the button that adds the selected ones.
#[component]
pub(super) fn Contexts(
    /// The contexts of the text.
    contexts: Vec<ContextView>,
    /// The text of the kubeconfig.
    text: String,
    /// Called when some clusters were added and others were not.
    changed: Callback<()>,
    /// Called when all selected clusters were added.
    added: Callback<()>,
) -> impl IntoView {
    let rows = Rows::of(contexts);
    let text = StoredValue::new(text);
    Effect::new(move |_| probe_all(rows, text.get_value()));
    let filter = RwSignal::new(Filter::default());
    let adding = Adding::new();
    let add = move || add_selected(rows, text.get_value(), adding, changed, added);
    let row = move |at| view! { <ContextRow rows=rows at=at filter=filter/> };
    let none_match = move || rows.all().all(|at| !rows.matches(at, &filter.get()));
    view! {
        <Show when=move || { rows.len() > 1 }>
            <Toolbar rows=rows filter=filter/>
        </Show>
        <ul class="border border-line rounded-[10px]" aria-label=t!(clusters.contexts)>
            {rows.all().map(row).collect_view()}
            <Show when=none_match>
                <li class="px-4 py-3 text-[13px] text-ink-3" role="status">{t!(clusters.no_context_matches)}</li>
            </Show>
        </ul>
        <Footer rows=rows adding=adding add=Callback::new(move |()| add())/>
    }
}

/// The button, and beside it why it does nothing now, or what failed.
#[component]
fn Footer(rows: Rows, adding: Adding, add: Callback<()>) -> impl IntoView {
    let selected = Memo::new(move |_| rows.selected().len());
    let reason = Memo::new(move |_| {
        let running = adding.running();
        if running > 0 {
            return Some(count!(clusters.adding, n = running));
        }
        let invalid = rows.invalid_names();
        if invalid > 0 {
            return Some(count!(clusters.invalid_names, n = invalid));
        }
        if selected.get() > 0 {
            return None;
        }
        let waiting = rows.len() - rows.probed();
        Some(match waiting {
            0 => t!(clusters.select_a_context),
            n => count!(clusters.contexts_waiting, n = n),
        })
    });
    let failures = Memo::new(move |_| rows.failures());
    let failure = move || {
        let failures = failures.get();
        let first = failures.first()?;
        Some(match failures.len() {
            1 => sentence(first),
            n => format!("{} {}", count!(clusters.not_added, n = n), sentence(first)),
        })
    };
    let box_class = tw(
        "sticky bottom-0 z-10 flex flex-wrap items-center justify-end gap-x-3 gap-y-2 py-3 -mb-5 bg-raised",
    );
    view! {
        <div class=box_class>
            <div class="flex-1 min-w-[180px] text-[13px]" aria-live="polite">
                {move || failure().map(|failure| view! { <p class="text-bad break-words">{failure}</p> })}
                {move || reason.get().map(|reason| view! { <p class="text-ink-3">{reason}</p> })}
            </div>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || reason.with(Option::is_some))
                press=move || add.run(())
            >
                {move || count!(clusters.add_selected, n = selected.get())}
            </Button>
        </div>
    }
}
