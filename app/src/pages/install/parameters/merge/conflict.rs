//! A conflict: the default changed, and the operator has set another value.

use super::Merge;
use crate::{
    parts::{Button, Glyph, Icon, tw},
    words::t,
};
use leptos::prelude::*;
use wire::values_merge::{MergeDecision, MergedKeyView, ValuesMergeView};

/// One conflict with its three values and its decision. It stays while it is decided, and with it the focus.
#[component]
pub(super) fn Conflict(merge: Merge, first: MergedKeyView) -> impl IntoView {
    let name = first.path_text();
    let label = t!(merge.conflict_of, key = name.clone());
    let path = first.path.clone();
    let key = Memo::new(move |_| {
        let find = |view: &ValuesMergeView| {
            let mut keys = view.keys.iter();
            keys.find(|key| key.path == path).cloned()
        };
        let found = merge.view.with(|view| view.as_ref().and_then(find));
        found.unwrap_or_else(|| first.clone())
    });
    let is_open = Memo::new(move |_| key.with(MergedKeyView::is_open));
    let class = move || {
        if is_open.get() {
            tw("flex gap-3 px-4 py-3 border-t border-line bg-warn-soft")
        } else {
            tw("flex gap-3 px-4 py-3 border-t border-line")
        }
    };
    let icon_class = move || {
        if is_open.get() {
            tw("inline-flex h-[18px] mt-px text-warn")
        } else {
            tw("inline-flex h-[18px] mt-px text-good")
        }
    };
    let glyph = Signal::derive(move || {
        if is_open.get() {
            Glyph::Warn
        } else {
            Glyph::Good
        }
    });
    let line = move || key.with(|key| key.line.map(|line| t!(merge.line, n = line)));
    let note = move || match key.with(|key| key.decision) {
        None => t!(merge.conflict),
        Some(MergeDecision::Kept) => t!(merge.kept),
        Some(MergeDecision::Changed) => t!(merge.changed_here),
    };
    view! {
        <div class=class role="group" aria-label=label>
            <span class=icon_class><Icon glyph=glyph class="size-[18px] shrink-0"/></span>
            <div class="min-w-0 flex-1">
                <p class="flex flex-wrap items-baseline gap-x-3">
                    <code class="font-mono text-[13px] font-semibold break-all">{name}</code>
                    <span class="text-[12px] text-ink-2 tabular">{line}</span>
                </p>
                <p class="mt-0.5 text-ink-2" role="status">{note}</p>
                <Values key=key/>
                <Choice merge=merge key=key/>
            </div>
        </div>
    }
}

/// Old default, new default and the own value, one beside the other.
#[component]
fn Values(key: Memo<MergedKeyView>) -> impl IntoView {
    let value = |title: String, side: fn(&MergedKeyView) -> &Option<String>| {
        let value = move || {
            let value = key.with(|key| side(key).clone());
            value.unwrap_or_else(|| t!(merge.not_set))
        };
        view! {
            <div class="min-w-0">
                <dt class="text-[12px] text-ink-2">{title}</dt>
                <dd class="font-mono text-[12.5px] break-all">{value}</dd>
            </div>
        }
    };
    view! {
        <dl class="mt-2 grid grid-cols-3 gap-x-4">
            {value(t!(merge.old_default), |key| &key.old)}
            {value(t!(merge.new_default), |key| &key.new)}
            {value(t!(merge.yours), |key| &key.yours)}
        </dl>
    }
}

/// The decision: the own value or the new default. An own value that was kept can be decided again.
#[component]
fn Choice(merge: Merge, key: Memo<MergedKeyView>) -> impl IntoView {
    let path = move || key.with_untracked(|key| key.path.clone());
    let is_kept = move |key: &MergedKeyView| key.decision == Some(MergeDecision::Kept);
    let toggle = move || merge.decide(path(), !key.with_untracked(is_kept));
    let take = move || merge.remove(vec![path()]);
    let keep_label = move || {
        if key.with(is_kept) {
            t!(merge.decide_again)
        } else {
            t!(merge.keep_mine)
        }
    };
    let is_changed = move || key.with(|key| key.decision == Some(MergeDecision::Changed));
    let of_key = move || format!(" {}", key.with(MergedKeyView::path_text));
    view! {
        <div class="mt-2.5 flex flex-wrap gap-2">
            <Show when=move || !is_changed()>
                <Button press=toggle>{keep_label} <span class="sr-only">{of_key}</span></Button>
            </Show>
            <Button press=take>{t!(merge.take_new)} <span class="sr-only">{of_key}</span></Button>
        </div>
    }
}
