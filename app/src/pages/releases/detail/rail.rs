//! The rail of the revisions of a release: one is selected, and compared with another one. The URL has both.

use super::super::state::State;
use crate::{
    parts::{Ago, Pill, Rows, Tone, tw},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wire::{
    Revision,
    release::{ReleaseRef, ReleaseView, RevisionRow},
};

/// The revisions that are compared: the earlier one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) before: Revision,
    pub(super) after: Revision,
}

impl Compared {
    /// The selected revision and the one beside it, the newest unless the URL names another one; none when the newest
    /// one is selected.
    fn of(selected: Option<u32>, with: Option<u32>, newest: Revision) -> Option<Self> {
        let selected = selected?;
        let with = with.unwrap_or(newest.0);
        (selected != with).then_some(Self {
            before: Revision(selected.min(with)),
            after: Revision(selected.max(with)),
        })
    }
}

/// The revisions that the URL names.
pub(super) fn compared(release: Signal<ReleaseView>) -> Memo<Option<Compared>> {
    let query = use_query_map();
    let newest = Memo::new(move |_| release.with(|release| release.row.revision));
    Memo::new(move |_| {
        let query = query.read();
        let number = |key| query.get(key).and_then(|text| text.parse().ok());
        Compared::of(number("revision"), number("with"), newest.get())
    })
}

/// The rail.
#[component]
pub(super) fn Rail(
    /// The release.
    at: ReleaseRef,
    /// Its view.
    release: Signal<ReleaseView>,
    /// The revisions that are compared.
    compared: Memo<Option<Compared>>,
) -> impl IntoView {
    let rows = Signal::derive(move || release.with(|release| release.history.clone()));
    let number = Memo::new(move |_| rows.with(Vec::len));
    let at = StoredValue::new(at);
    let row = move |revision: Signal<RevisionRow>| view! { <Row at=at.get_value() revision=revision compared=compared/> };
    view! {
        <nav class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(revision.title)>
            <div class="flex items-center px-4 h-10 text-[13px]">
                <h2 class="flex-1 font-semibold">{t!(revision.title)}</h2>
                <span class="text-[12px] text-ink-3 tabular">{move || count!(revision.kept, n = number.get())}</span>
            </div>
            <Rows rows=rows key=|row: &RevisionRow| row.revision.0 view=row/>
            <p class="px-4 py-2.5 border-t border-line text-[12px] text-ink-3">{t!(revision.hint)}</p>
        </nav>
    }
}

/// The place of a revision in the comparison.
fn place(compared: Option<Compared>, revision: Revision) -> Option<String> {
    let compared = compared?;
    if revision == compared.before {
        Some(t!(revision.compared))
    } else if revision == compared.after {
        Some(t!(revision.selected))
    } else {
        None
    }
}

#[component]
fn Row(
    at: ReleaseRef,
    revision: Signal<RevisionRow>,
    compared: Memo<Option<Compared>>,
) -> impl IntoView {
    let number = revision.with_untracked(|revision| revision.revision);
    let is_marked = move || {
        let compared = compared.get();
        compared.is_some_and(|compared| [compared.before, compared.after].contains(&number))
    };
    let navigate = use_navigate();
    let press = move |event: web_sys::MouseEvent| {
        let with = compared.get_untracked().filter(|_| event.shift_key());
        let url = match with {
            Some(compared) => urls::compared_revisions(&at, compared.after, number),
            None => urls::release_revision(&at, number),
        };
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&url, options);
    };
    let class = move || {
        if is_marked() {
            tw(
                "w-full flex flex-col gap-1 px-4 py-2.5 border-t border-line text-left text-[13px] bg-span-soft",
            )
        } else {
            tw(
                "w-full flex flex-col gap-1 px-4 py-2.5 border-t border-line text-left text-[13px] hover:bg-sunken",
            )
        }
    };
    let content = move || {
        let row = revision.get();
        let mark = place(compared.get(), number);
        view! {
            <span class="flex flex-wrap items-center gap-2 w-full">
                <span class="font-semibold tabular">{t!(revision.name, n = number.0)}</span>
                <span class="flex-1 min-w-0 break-words tabular">{row.chart}</span>
                {mark.map(|label| view! { <Pill tone=Tone::Span>{label}</Pill> })}
            </span>
            <span class="flex flex-wrap items-center gap-2 w-full">
                <State state=row.state/>
                {row.created.map(|at| view! { <span class="text-[12px] text-ink-3 tabular"><Ago at=at/></span> })}
            </span>
            <span class="text-[12px] text-ink-2 break-words">{row.description}</span>
        }
    };
    view! {
        <button type="button" class=class aria-pressed=move || is_marked().to_string() on:click=press>
            {content}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_revision_is_compared_with_the_newest_or_with_another_one() {
        let of = |selected, with| {
            Compared::of(selected, with, Revision(7)).map(|both| (both.before.0, both.after.0))
        };
        assert_eq!(of(None, None), None);
        assert_eq!(of(Some(7), None), None);
        assert_eq!(of(Some(5), None), Some((5, 7)));
        assert_eq!(of(Some(5), Some(3)), Some((3, 5)));
        assert_eq!(of(Some(3), Some(3)), None);
    }
}
