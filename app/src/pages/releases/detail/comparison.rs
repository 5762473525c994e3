//! The comparison of two revisions: manifest by object and field, values and notes; and the way back to the earlier one.

use super::{super::rollback::RollBack, rail::Compared};
use crate::{
    api,
    parts::{Button, Dialog, Diff, Loaded, RevisionDiff, Tabs},
    words::t,
};
use leptos::prelude::*;
use wire::{comparison::RevisionComparison, install::DiffLine, release::ReleaseRef};

/// The comparison.
#[component]
pub(super) fn RevisionsCompared(
    /// The release.
    at: ReleaseRef,
    /// The two revisions.
    compared: Compared,
) -> impl IntoView {
    let of = at.clone();
    let comparison = Resource::new(
        move || (of.clone(), compared),
        |(at, compared)| api::releases::compare_revisions(at, compared.before, compared.after),
    );
    let rolling_back = RwSignal::new(false);
    let number = compared.before.0;
    let title = t!(
        revision.rollback_title,
        release = at.release.to_string(),
        n = number
    );
    let at = StoredValue::new(at);
    view! {
        <div class="flex flex-wrap justify-end gap-3 mb-3">
            <Button press=move || rolling_back.set(true)>{t!(revision.roll_back, n = number)}</Button>
        </div>
        <Loaded from=comparison subject=t!(revision.comparison) view=|comparison| view! { <Content comparison=comparison/> }/>
        <Dialog open=rolling_back title=title>
            <RollBack at=at.get_value() revision=compared.before/>
        </Dialog>
    }
}

#[component]
fn Content(comparison: RevisionComparison) -> impl IntoView {
    let tab = RwSignal::new(0);
    let tabs = vec![
        t!(revision.manifest),
        t!(revision.values),
        t!(revision.notes),
    ];
    let name = |n: u32| t!(revision.name, n = n);
    let names = (
        name(comparison.before.revision.0),
        name(comparison.after.revision.0),
    );
    let shown = StoredValue::new((names, comparison));
    let content = move || {
        let ((before, after), comparison) = shown.get_value();
        match tab.get() {
            0 => view! { <RevisionDiff before=before after=after comparison=comparison.objects/> }
                .into_any(),
            1 => {
                view! { <Lines lines=comparison.values label=t!(revision.values) same=t!(revision.same_values)/> }
                    .into_any()
            }
            _ => {
                view! { <Lines lines=comparison.notes label=t!(revision.notes) same=t!(revision.same_notes)/> }
                    .into_any()
            }
        }
    };
    view! {
        <div class="mb-3 bg-surface border border-line rounded-[10px]">
            <Tabs label=t!(revision.comparison) tabs=tabs selected=tab/>
        </div>
        {content}
    }
}

/// The differences of two texts.
#[component]
fn Lines(lines: Vec<DiffLine>, label: String, same: String) -> impl IntoView {
    let content = if lines.is_empty() {
        view! { <p class="px-5 py-6 text-[13px] text-ink-3">{same}</p> }.into_any()
    } else {
        view! { <Diff lines=lines label=label/> }.into_any()
    };
    view! { <section class="bg-surface border border-line rounded-[10px] min-w-0">{content}</section> }
}
