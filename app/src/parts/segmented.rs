//! A choice between a few values, as connected buttons.

use super::tw;
use leptos::prelude::*;

/// A group of radio buttons with the look of one control.
#[component]
pub(crate) fn Segmented(
    /// Its label for screen readers.
    #[prop(into)]
    label: String,
    /// The labels of the values, the same number at all times.
    #[prop(into)]
    choices: Signal<Vec<String>>,
    /// The index of the chosen value.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    // The browser moves between the radio buttons of one name by the arrow keys.
    let name = label.clone();
    let choice = move |index: usize| {
        let text = move || choices.with(|choices| choices.get(index).cloned());
        let class = move || {
            if chosen.get() == index {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium cursor-pointer border-r border-line-strong last:border-r-0 bg-span-soft text-span has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            } else {
                tw(
                    "relative inline-flex items-center h-7 max-md:h-10 px-2.5 text-[12.5px] font-medium cursor-pointer border-r border-line-strong last:border-r-0 bg-surface text-ink-2 hover:bg-sunken has-[:focus-visible]:outline outline-2 outline-offset-[-2px]",
                )
            }
        };
        view! {
            <label class=class>
                <input
                    type="radio"
                    class="absolute inset-0 size-full opacity-0 cursor-pointer"
                    name=name.clone()
                    prop:checked=move || chosen.get() == index
                    on:change=move |_| chosen.set(index)
                />
                {text}
            </label>
        }
    };
    view! {
        <div
            role="radiogroup"
            class="inline-flex rounded-[6px] border border-line-strong overflow-hidden"
            aria-label=label
        >
            {(0..choices.with_untracked(Vec::len)).map(choice).collect_view()}
        </div>
    }
}
