//! What is above the contexts: the progress of the probes, the filter, and the selection of all.

use super::{rows::Rows, state::Filter};
use crate::{
    parts::{Button, Search},
    words::{count, t},
};
use leptos::prelude::*;

/// The toolbar.
#[component]
pub(super) fn Toolbar(rows: Rows, filter: RwSignal<Filter>) -> impl IntoView {
    let (probed, reachable) = (
        Memo::new(move |_| rows.probed()),
        Memo::new(move |_| rows.reachable().len()),
    );
    let all = rows.len();
    let select_reachable = move || {
        for at in untrack(|| rows.all()) {
            let is_reachable = untrack(|| rows.reachable()).contains(&at);
            rows.select(at, is_reachable);
        }
    };
    let select_none = move || {
        for at in untrack(|| rows.all()) {
            rows.select(at, false);
        }
    };
    let none_selected = Signal::derive(move || rows.selected().is_empty());
    view! {
        <div class="grid gap-2 mb-2 text-[13px]">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2">
                <p role="status" class="tabular">
                    {move || count!(clusters.contexts_checked, n = all, done = probed.get(), reachable = reachable.get())}
                </p>
                <progress class="flex-1 min-w-[100px] max-w-[200px]" max=all value=move || probed.get() aria-label=t!(clusters.probe_progress)></progress>
            </div>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
                <Search
                    label=t!(clusters.find_context)
                    words=Signal::derive(move || filter.with(|filter| filter.words.clone()))
                    search=Callback::new(move |words| filter.update(|filter| filter.words = words))
                />
                <label class="inline-flex items-center gap-2 min-h-8 max-md:min-h-10">
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        prop:checked=move || filter.with(|filter| filter.is_reachable_only)
                        on:change=move |event| {
                            let is_reachable_only = event_target_checked(&event);
                            filter.update(|filter| filter.is_reachable_only = is_reachable_only);
                        }
                    />
                    {t!(clusters.only_reachable)}
                </label>
                <span class="flex-1"></span>
                <Button disabled=Signal::derive(move || reachable.get() == 0) press=select_reachable>
                    {move || t!(clusters.select_reachable, n = reachable.get())}
                </Button>
                <Button disabled=none_selected press=select_none>{t!(clusters.select_none)}</Button>
            </div>
        </div>
    }
}
