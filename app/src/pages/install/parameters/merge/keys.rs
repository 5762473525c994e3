//! The keys without a conflict: those to remove, and those that only are to be known.

use super::Merge;
use crate::{
    parts::{Button, Fold, Kind, Pill, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::values_merge::{KeyOrigin, MergeOutcome, MergedKeyView};

/// The outcomes of the keys that the operator does not have to look at.
const OTHERS: [MergeOutcome; 5] = [
    MergeOutcome::Kept,
    MergeOutcome::NewDefault,
    MergeOutcome::Added,
    MergeOutcome::Removed,
    MergeOutcome::SameAsNew,
];

/// The keys of one outcome that can be removed from the text, one by one or all of them.
#[component]
pub(super) fn Group(merge: Merge, outcome: MergeOutcome) -> impl IntoView {
    let keys = Memo::new(move |_| merge.keys(&[outcome]));
    let (title, note): (fn(usize) -> String, String) = match outcome {
        MergeOutcome::Unknown => (|n| count!(merge.unknown, n = n), t!(merge.unknown_note)),
        _ => (|n| count!(merge.pinned, n = n), t!(merge.pinned_note)),
    };
    let note = StoredValue::new(note);
    let all = move || {
        let paths = keys.with_untracked(|keys| keys.iter().map(|key| key.path.clone()).collect());
        merge.remove(paths);
    };
    view! {
        <Show when=move || keys.with(|keys| !keys.is_empty())>
            <div class="border-t border-line">
                <div class="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 pt-3 pb-1">
                    <div class="flex-1 min-w-[200px]">
                        <h3 class="font-medium">{move || title(keys.with(Vec::len))}</h3>
                        <p class="text-ink-2">{note.get_value()}</p>
                    </div>
                    <Show when=move || { keys.with(Vec::len) > 1 }>
                        <Button press=all>{move || t!(merge.remove_all, n = keys.with(Vec::len))}</Button>
                    </Show>
                </div>
                <ul class="pb-2 max-h-[320px] overflow-auto">
                    <For each=move || keys.get() key=Clone::clone let:key>
                        <RemovableKey merge=merge key=key/>
                    </For>
                </ul>
            </div>
        </Show>
    }
}

#[component]
fn RemovableKey(merge: Merge, key: MergedKeyView) -> impl IntoView {
    let path = StoredValue::new(key.path.clone());
    let remove = move || merge.remove(vec![path.get_value()]);
    let name = key.path_text();
    let of_key = format!(" {name}");
    let line = key.line.map(|line| t!(merge.line, n = line));
    let follows = key.outcome == MergeOutcome::Pinned && key.new != key.yours;
    let new = key.new.filter(|_| follows);
    view! {
        <li class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
            <code class="font-mono text-[12.5px] break-all min-w-0">{name} ": " {key.yours}</code>
            <span class="text-[12px] text-ink-3 tabular">{line}</span>
            <span class="flex-1 text-[12px] text-ink-2 break-all">
                {new.map(|value| t!(merge.default_now, value = value))}
            </span>
            <Button kind=Kind::Flat press=remove>{t!(merge.remove)} <span class="sr-only">{of_key}</span></Button>
        </li>
    }
}

/// The keys that need no decision, folded.
#[component]
pub(super) fn OtherKeys(merge: Merge) -> impl IntoView {
    let keys = Memo::new(move |_| merge.keys(&OTHERS));
    let summary = move || count!(merge.others, n = keys.with(Vec::len));
    let versions = move |side: fn(&wire::values_merge::ValuesMergeView) -> &String| {
        merge
            .view
            .with(|view| view.as_ref().map(|view| side(view).clone()))
    };
    view! {
        <Show when=move || keys.with(|keys| !keys.is_empty())>
            <Fold
                key="values-merge-others"
                class="border-t border-line"
                summary_class="px-4 py-2.5 cursor-pointer text-ink-2 hover:bg-sunken"
                summary=summary.into_any()
            >
                <div class="max-h-[420px] overflow-auto">
                    <table class="w-full text-left max-md:block">
                        <thead class="text-[12px] text-ink-2 max-md:sr-only">
                            <tr class="border-t border-line">
                                <th scope="col" class="font-medium px-4 py-2">{t!(merge.key)}</th>
                                <th scope="col" class="font-medium px-2 py-2">{t!(merge.old_default)} " " {move || versions(|view| &view.old_version)}</th>
                                <th scope="col" class="font-medium px-2 py-2">{t!(merge.new_default)} " " {move || versions(|view| &view.new_version)}</th>
                                <th scope="col" class="font-medium px-2 py-2">{t!(merge.yours)}</th>
                                <th scope="col" class="font-medium px-4 py-2">{t!(merge.result)}</th>
                            </tr>
                        </thead>
                        <tbody class="max-md:block">
                            <For each=move || keys.get() key=Clone::clone let:key>
                                <KeyRow key=key/>
                            </For>
                        </tbody>
                    </table>
                </div>
            </Fold>
        </Show>
    }
}

#[component]
fn KeyRow(key: MergedKeyView) -> impl IntoView {
    let (tone, result) = result(&key);
    let name = key.path_text();
    let cell = |title: String, value: Option<String>| {
        let is_set = value.is_some();
        let value = value.unwrap_or_else(|| t!(merge.not_set));
        view! {
            <td class="px-2 py-2 align-top max-md:flex max-md:gap-2 max-md:px-0 max-md:py-0.5">
                <span class="md:hidden text-[12px] text-ink-2 w-24 shrink-0">{title}</span>
                <code class="font-mono text-[12px] break-all" class=("text-ink-3", !is_set)>{value}</code>
            </td>
        }
    };
    view! {
        <tr class="border-t border-line max-md:block max-md:px-4 max-md:py-2">
            <th scope="row" class="px-4 py-2 align-top font-normal max-md:block max-md:px-0 max-md:py-0.5">
                <code class="font-mono text-[12.5px] break-all">{name}</code>
            </th>
            {cell(t!(merge.old_default), key.old)}
            {cell(t!(merge.new_default), key.new)}
            {cell(t!(merge.yours), key.yours)}
            <td class="px-4 py-2 align-top max-md:block max-md:px-0 max-md:py-0.5"><Pill tone=tone>{result}</Pill></td>
        </tr>
    }
}

/// What becomes of a key, and its colour.
fn result(key: &MergedKeyView) -> (Tone, String) {
    match key.outcome {
        MergeOutcome::NewDefault => (Tone::Busy, t!(merge.result_new)),
        MergeOutcome::Added => (Tone::Busy, t!(merge.result_added)),
        MergeOutcome::Removed => (Tone::Plain, t!(merge.result_removed)),
        MergeOutcome::SameAsNew => (Tone::Plain, t!(merge.result_same)),
        _ => match key.origin {
            KeyOrigin::Previous => (Tone::Span, t!(merge.result_previous)),
            KeyOrigin::Found => (Tone::Span, t!(merge.result_found)),
            KeyOrigin::You | KeyOrigin::Default => (Tone::Span, t!(merge.result_you)),
        },
    }
}
