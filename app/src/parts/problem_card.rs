//! The card of a problem: what is wrong, why, where, since when, and the action that mends it with its undo.

use super::{
    Button, ClusterChip, Condition, ConditionIcon, ConditionPill, Kind, Loading, ProblemNotice, tw,
};
use crate::{
    clock::clock,
    words::{count, t},
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wire::{Problem, Time};

/// A part of the cause of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Words.
    Text(String),
    /// A value that was compared, such as an address.
    Value(String),
}

/// Whether the action of a problem can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ActionState {
    /// It can.
    Ready,
    /// It runs.
    Running,
    /// It cannot, for this reason.
    Disabled(String),
}

/// An action that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReversibleAction {
    /// Its label: a verb and a noun.
    pub(crate) label: String,
    /// What its undo does, such as "restores Secret version 41".
    pub(crate) undo: String,
    /// Whether it can be started.
    pub(crate) state: ActionState,
}

/// A problem as a card shows it; the texts are worded already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProblemView {
    /// A key that no other problem of the page has.
    pub(crate) id: String,
    /// What is wrong.
    pub(crate) title: String,
    /// How bad it is.
    pub(crate) condition: Condition,
    /// Why, with the values that were compared.
    pub(crate) cause: Vec<Cause>,
    /// The cluster; none for a problem of the console.
    pub(crate) cluster: Option<String>,
    /// When it began; none when that is not known.
    pub(crate) since: Option<Time>,
    /// When it was read.
    pub(crate) as_of: Time,
    /// The action that mends it; none when there is none.
    pub(crate) action: Option<ReversibleAction>,
}

/// What is known about the problems of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problems {
    /// Nothing yet.
    Loading,
    /// They could not be read.
    Unread(Problem),
    /// The problems, the worst first.
    Known(Vec<ProblemView>),
}

/// The problems of a page, or the sentence that there is none.
#[component]
pub(crate) fn ProblemCards(
    /// The title of the section.
    #[prop(into)]
    title: String,
    /// The problems.
    #[prop(into)]
    problems: Signal<Problems>,
    /// Starts the action of the problem with this key.
    act: Callback<String>,
) -> impl IntoView {
    let label = title.clone();
    let total = move || {
        problems.with(|problems| match problems {
            Problems::Known(known) if !known.is_empty() => {
                Some(count!(problem_card.total, n = known.len()))
            }
            _ => None,
        })
    };
    let content = move || {
        match problems.get() {
        Problems::Loading => {
            view! { <div class="px-4"><Loading subject=t!(problem_card.subject)/></div> }.into_any()
        }
        Problems::Unread(problem) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        Problems::Known(known) if known.is_empty() => {
            view! { <p class="px-4 py-4 text-[13px] text-ink-2 flex items-center gap-2"><ConditionIcon condition=Condition::Ready/> {t!(problem_card.none)}</p> }
                .into_any()
        }
        Problems::Known(known) => {
            let cards = known.into_iter().enumerate().map(|(index, problem)| {
                view! { <ProblemCard problem=problem primary={index == 0} act=act/> }
            });
            view! { <ul>{cards.collect_view()}</ul> }.into_any()
        }
    }
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-3 px-4 py-3 border-b border-line">
                <h2 class="text-[14px] font-semibold flex-1">{title}</h2>
                <span class="text-[12px] text-ink-3 tabular">{total}</span>
            </div>
            {content}
        </section>
    }
}

/// One problem.
#[component]
pub(crate) fn ProblemCard(
    /// The problem.
    problem: ProblemView,
    /// Whether its action is the primary one of the page.
    #[prop(optional)]
    primary: bool,
    /// Starts its action.
    act: Callback<String>,
) -> impl IntoView {
    let ProblemView {
        id,
        title,
        condition,
        cause,
        cluster,
        since,
        as_of,
        action,
    } = problem;
    let label = title.clone();
    let cause = cause.into_iter().map(|part| match part {
        Cause::Text(text) => view! { <span>{text}</span> }.into_any(),
        Cause::Value(value) => {
            view! { <code class="font-mono text-[12px] text-ink break-all">{value}</code> }
                .into_any()
        }
    });
    let clock = clock();
    view! {
        <li
            class="grid grid-cols-[18px_minmax(0,1fr)] md:grid-cols-[18px_minmax(0,1fr)_auto] gap-x-3 gap-y-2 px-4 py-3 border-b border-line last:border-b-0"
            aria-label=label
        >
            <span class="mt-px"><ConditionIcon condition=condition/></span>
            <div class="min-w-0 grid grid-cols-[minmax(0,1fr)] gap-1 content-start">
                <h3 class="flex flex-wrap items-center gap-2 text-[14px] font-semibold">
                    <span class="break-words min-w-0">{title}</span>
                    <span aria-hidden="true"><ConditionPill condition=condition/></span>
                </h3>
                <p class="text-[13px] text-ink-2 break-words">{cause.collect_view()}</p>
                <p class="flex flex-wrap gap-x-4 gap-y-0.5 text-[12px] text-ink-3 tabular">
                    {cluster.map(|name| view! { <span class="text-ink-2 min-w-0 max-w-full"><ClusterChip name=name/></span> })}
                    <Since since=since/>
                    <span>{move || t!(state.as_of, ago = clock.ago(as_of))}</span>
                </p>
            </div>
            {action.map(|action| view! { <Act id=id action=action primary=primary act=act/> })}
        </li>
    }
}

/// When a problem began, with its age.
#[component]
fn Since(since: Option<Time>) -> impl IntoView {
    let (zone, clock) = (zone(), clock());
    move || {
        let text = match since {
            Some(at) => t!(
                problem_card.since,
                time = time_of_day(at, &zone.get()),
                age = clock.age(at)
            ),
            None => t!(problem_card.since_unknown),
        };
        view! { <span>{text}</span> }
    }
}

/// The action of a problem, and below it its undo, or why it cannot be started.
#[component]
fn Act(
    id: String,
    action: ReversibleAction,
    primary: bool,
    act: Callback<String>,
) -> impl IntoView {
    let kind = if primary { Kind::Go } else { Kind::Plain };
    let (inactive, note, class) = match action.state {
        ActionState::Ready => (
            false,
            t!(problem_card.undo, undo = action.undo),
            tw("text-[12px] md:text-right break-words min-w-0 text-ink-3"),
        ),
        ActionState::Running => (
            true,
            t!(problem_card.running),
            tw("text-[12px] md:text-right break-words min-w-0 text-busy"),
        ),
        ActionState::Disabled(reason) => (
            true,
            reason,
            tw("text-[12px] md:text-right break-words min-w-0 text-warn"),
        ),
    };
    view! {
        <div class="col-start-2 md:col-start-3 flex flex-wrap md:flex-col items-center md:items-end gap-x-3 gap-y-1 md:max-w-[200px]">
            <Button kind=kind inactive=inactive press=move || act.run(id.clone())>{action.label}</Button>
            <p class=class>{note}</p>
        </div>
    }
}
