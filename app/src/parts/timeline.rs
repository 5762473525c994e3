//! The changes in all clusters over time: a lane for each cluster in its colour, and beside it what happened and
//! who did it. Repeated entries are one. A phone shows the name of the cluster instead of lanes.
//!
//! Start at [`ChangeTimeline`]; `entries` decides what is shown.

mod entries;

pub(crate) use entries::TimelineEntry;

use super::{ClusterChip, ConditionIcon, Loading, ProblemNotice, Segmented, tw};
use crate::{
    clock::clock,
    live::stream,
    words::{count, t},
    zone::{time_of_day, zone},
};
use entries::{EntryGroup, grouped, lanes};
use leptos::prelude::*;
use wire::{Problem, Time};

/// The windows that an operator can choose, in seconds.
const WINDOWS: [i64; 3] = [3600, 21_600, 86_400];
/// The width of a lane in pixels.
const LANE: usize = 16;

/// What is known about the changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TimelineState {
    /// Nothing yet.
    Loading,
    /// They could not be read.
    Unread(Problem),
    /// The changes, in any order.
    Known(Vec<TimelineEntry>),
}

/// The changes in all clusters.
#[component]
pub(crate) fn ChangeTimeline(
    /// The title.
    #[prop(into)]
    title: String,
    /// The changes.
    #[prop(into)]
    state: Signal<TimelineState>,
) -> impl IntoView {
    let window = RwSignal::new(0);
    // The window ends now: its entries are found again each minute, not with every tick.
    let clock = clock();
    let minute = Memo::new(move |_| clock.now().0 / 60);
    let groups = Memo::new(move |_| {
        let now = Time(minute.get() * 60 + 59);
        let seconds = WINDOWS.get(window.get()).copied().unwrap_or_default();
        state.with(|state| match state {
            TimelineState::Known(entries) => Some(grouped(entries, now, seconds)),
            TimelineState::Loading | TimelineState::Unread(_) => None,
        })
    });
    let choices = WINDOWS.map(|seconds| crate::words::age(u64::try_from(seconds).unwrap_or(0)));
    let label = title.clone();
    let window_label = t!(timeline.window, title = title.clone());
    let content = move || match (state.get(), groups.get()) {
        (TimelineState::Loading, _) => {
            view! { <div class="px-4"><Loading subject=t!(timeline.subject)/></div> }.into_any()
        }
        (TimelineState::Unread(problem), _) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        (_, Some(groups)) if !groups.is_empty() => view! { <Entries groups=groups/> }.into_any(),
        _ => {
            view! { <p class="px-4 py-4 text-[13px] text-ink-2">{t!(timeline.none)}</p> }.into_any()
        }
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 border-b border-line">
                <h2 class="text-[14px] font-semibold flex-1">{title}</h2>
                <Segmented label=window_label choices=choices.to_vec() chosen=window/>
            </div>
            {content}
        </section>
    }
}

#[component]
fn Entries(groups: Vec<EntryGroup>) -> impl IntoView {
    let lanes = lanes(&groups);
    let heads = lanes.clone();
    let heads = heads.into_iter();
    let heads =
        heads.map(|name| view! { <li class="min-w-0 max-w-full"><ClusterChip name=name/></li> });
    let lanes = StoredValue::new(lanes);
    let rows = groups.into_iter();
    let rows = rows.map(|group| view! { <Entry group=group lanes=lanes/> });
    view! {
        <ul class="max-md:hidden flex flex-wrap gap-x-4 gap-y-1 px-4 py-2 text-[12px] text-ink-2" aria-label=t!(timeline.lanes)>
            {heads.collect_view()}
        </ul>
        <ol>{rows.collect_view()}</ol>
    }
}

#[component]
fn Entry(group: EntryGroup, lanes: StoredValue<Vec<String>>) -> impl IntoView {
    let zone = zone();
    let EntryGroup {
        entry,
        first,
        number,
    } = group;
    let is_failure = entry
        .condition
        .is_some_and(|condition| condition.tone() == super::Tone::Bad);
    let class = if is_failure {
        tw("flex gap-x-3 px-4 text-[13px] bg-bad-soft")
    } else {
        tw("flex gap-x-3 px-4 text-[13px]")
    };
    let repeated = (number > 1).then(|| {
        view! {
            <p class="text-[12px] text-ink-2 tabular">
                {move || count!(timeline.repeated, n = number, first = time_of_day(first, &zone.get()))}
            </p>
        }
    });
    let at = entry.at;
    let clock = clock();
    let age = move || clock.ago(at);
    let facts = [entry.detail, entry.actor];
    let facts = facts.into_iter().filter(|fact| !fact.is_empty());
    let facts = facts.collect::<Vec<_>>().join(" · ");
    let cluster = entry.cluster.clone();
    view! {
        <li class=class>
            <span class="w-[54px] shrink-0 py-2 text-[12px] text-ink-2 tabular" title=age>{move || time_of_day(at, &zone.get())}</span>
            <Lanes own=entry.cluster lanes=lanes/>
            <div class="flex-1 min-w-0 py-2 border-b border-line">
                <p class="flex items-start gap-2">
                    {entry.condition.map(|condition| view! { <ConditionIcon condition=condition/> })}
                    <span class="font-medium break-words min-w-0">{entry.title}</span>
                </p>
                {cluster.map(|name| view! { <p class="md:sr-only text-[12px] text-ink-2"><ClusterChip name=name/></p> })}
                <p class="text-[12px] text-ink-2 break-words">{facts}</p>
                {repeated}
            </div>
        </li>
    }
}

/// The lanes beside an entry: a line for each cluster, and a dot on its own.
#[component]
fn Lanes(own: Option<String>, lanes: StoredValue<Vec<String>>) -> impl IntoView {
    let live = stream();
    let lanes = lanes.get_value();
    let width = lanes.len() * LANE;
    let marks = lanes.into_iter().enumerate().map(|(index, name)| {
        let x = (index * LANE + LANE / 2).to_string();
        let is_own = own.as_deref() == Some(name.as_str());
        let colour = Memo::new(move |_| format!("var(--c{})", live.cluster_colour(&name)));
        view! {
            <line x1=x.clone() x2=x.clone() y1="0" y2="100%" stroke=colour stroke-width="2" opacity=if is_own { "1" } else { "0.3" }/>
            {is_own.then(|| view! { <circle cx=x cy="17" r="5.5" fill=colour stroke="var(--surface)" stroke-width="2"/> })}
        }
    });
    view! {
        <div class="relative shrink-0 max-md:hidden" aria-hidden="true">
            // This one has the width, the other one the height of the row.
            <svg class="block" width=width.to_string() height="1"></svg>
            <svg class="absolute inset-0 w-full h-full">{marks.collect_view()}</svg>
        </div>
    }
}
