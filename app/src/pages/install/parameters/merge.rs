//! The values of an upgrade compared by key, above the editor: conflicts to decide, keys that are set without need or
//! effect, and the defaults that changed.

mod conflict;
mod keys;

use super::{Editing, editor};
use crate::{
    parts::{Glyph, Icon, tw},
    words::{count, t},
};
use conflict::Conflict;
use keys::{Group, OtherKeys};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wire::{
    install::Edit,
    values_merge::{DefaultsSource, MergeOutcome, MergedKeyView, ValuesMergeView, ValuesOrigin},
};

/// The id of the heading, which gets the focus when a row with the focus is removed.
const HEADING_ID: &str = "values-merge";

/// What the panel shows. Cheap to copy.
#[derive(Clone, Copy)]
struct Merge {
    editing: Editing,
    view: Memo<Option<ValuesMergeView>>,
}

impl Merge {
    /// The keys with one of these outcomes.
    fn keys(self, outcomes: &[MergeOutcome]) -> Vec<MergedKeyView> {
        self.view.with(|view| {
            let keys = view.iter().flat_map(|view| &view.keys);
            let found = keys.filter(|key| outcomes.contains(&key.outcome));
            found.cloned().collect()
        })
    }

    /// Keeps the value of a conflict, or leaves it to be decided again.
    fn decide(self, path: Vec<String>, keep: bool) {
        self.editing.set(Edit::Decide { path, keep });
        self.editing.flush();
    }

    /// Removes values from the text: their keys have the default then. An undo brings them back.
    fn remove(self, mut paths: Vec<Vec<String>>) {
        let edit = match (paths.pop(), paths.is_empty()) {
            (Some(path), true) => Edit::Reset { path },
            (Some(path), false) => {
                paths.push(path);
                Edit::ResetAll { paths }
            }
            (None, _) => return,
        };
        self.editing.set(edit);
        self.editing.flush();
        let heading = document().get_element_by_id(HEADING_ID);
        if let Some(heading) =
            heading.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = heading.focus();
        }
    }
}

/// The values of an upgrade; nothing for an installation, and while the text is invalid.
#[component]
pub(super) fn ValuesMerge() -> impl IntoView {
    let editing = editor();
    let view = Memo::new(move |_| editing.view.with(|view| view.merge.clone()));
    let merge = Merge { editing, view };
    let conflicts = Memo::new(move |_| merge.keys(&[MergeOutcome::Conflict]));
    view! {
        <Show when=move || view.with(Option::is_some)>
            <section class="mb-4 bg-surface border border-line rounded-[10px] min-w-0 text-[13px] overflow-hidden" aria-labelledby=HEADING_ID>
                <Head merge=merge/>
                <For each=move || conflicts.get() key=|key| key.path.clone() let:key>
                    <Conflict merge=merge first=key/>
                </For>
                <Group merge=merge outcome=MergeOutcome::Unknown/>
                <Group merge=merge outcome=MergeOutcome::Pinned/>
                <OtherKeys merge=merge/>
                <Sources merge=merge/>
            </section>
        </Show>
    }
}

/// The heading, the number of unchanged defaults, and that of conflicts.
#[component]
fn Head(merge: Merge) -> impl IntoView {
    let counted = move |count: fn(&ValuesMergeView) -> usize| {
        merge.view.with(|view| view.as_ref().map_or(0, count))
    };
    let open = Memo::new(move |_| counted(ValuesMergeView::open_conflicts));
    let unchanged = move || counted(|view| usize::try_from(view.unchanged).unwrap_or_default());
    let glyph = Signal::derive(move || {
        if open.get() > 0 {
            Glyph::Warn
        } else {
            Glyph::Good
        }
    });
    let class = move || {
        if open.get() > 0 {
            tw("inline-flex items-center gap-1.5 font-medium text-warn")
        } else {
            tw("inline-flex items-center gap-1.5 text-good")
        }
    };
    let state = move || match open.get() {
        0 => t!(merge.nothing_open),
        n => count!(merge.open, n = n),
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
            <h2 id=HEADING_ID tabindex="-1" class="text-[14px] font-semibold flex-1 rounded-[4px]">{t!(merge.title)}</h2>
            <span class="text-[12px] text-ink-3 tabular">{move || count!(merge.unchanged, n = unchanged())}</span>
            <span class=class role="status">
                <Icon glyph=glyph class="size-4 shrink-0"/>
                {state}
            </span>
        </div>
    }
}

/// Where the text and the old defaults come from, and what is left out.
#[component]
fn Sources(merge: Merge) -> impl IntoView {
    let text = move || {
        merge
            .view
            .with(|view| view.as_ref().map(|view| from(view.origin)))
    };
    let defaults = move || {
        merge
            .view
            .with(|view| view.as_ref().map(|view| defaults(&view.defaults)))
    };
    let is_truncated = move || {
        merge
            .view
            .with(|view| view.as_ref().is_some_and(|view| view.is_truncated))
    };
    view! {
        <p class="px-4 py-2.5 border-t border-line text-[12px] text-ink-3 break-words">
            {text} " " {defaults}
            {move || is_truncated().then(|| format!(" {}", t!(merge.truncated)))}
        </p>
    }
}

/// Where the text comes from.
fn from(origin: ValuesOrigin) -> String {
    match origin {
        ValuesOrigin::Stored(revision) => t!(merge.from_stored, n = revision.0),
        ValuesOrigin::Job => t!(merge.from_job),
        ValuesOrigin::Record { stored: None } => t!(merge.from_record),
        ValuesOrigin::Record {
            stored: Some(revision),
        } => t!(merge.from_later_record, n = revision.0),
    }
}

/// Where the old defaults come from.
fn defaults(source: &DefaultsSource) -> String {
    match source {
        DefaultsSource::Archive(chart) => t!(
            merge.defaults_archive,
            chart = chart.chart.to_string(),
            version = chart.version.clone()
        ),
        DefaultsSource::Catalog(chart) => t!(
            merge.defaults_catalog,
            chart = chart.chart.to_string(),
            version = chart.version.clone(),
            repository = chart.repository.to_string()
        ),
        DefaultsSource::Record { subcharts } if subcharts.is_empty() => t!(merge.defaults_record),
        DefaultsSource::Record { subcharts } => {
            t!(
                merge.defaults_record_parent,
                subcharts = subcharts.join(", ")
            )
        }
    }
}
