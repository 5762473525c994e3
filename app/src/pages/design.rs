//! The page `/design`: the components that pages are made of, each in every state, with invented data.
//!
//! It exists in debug builds and where the feature `design` is on, for the browser tests; a release has no such
//! page. Start at [`Design`].

mod changes;
mod diffs;
mod objects;
mod plans;
mod problems;
mod sample;
mod series;
mod topologies;

use crate::{
    live::stream,
    parts::{Condition, ConditionIcon, ConditionPill, Head},
    words::t,
};
use leptos::{context::Provider, prelude::*};

/// The page of components.
#[component]
pub(crate) fn Design() -> impl IntoView {
    // The clusters of the samples have colours, which components read from the stream.
    let mut samples = stream();
    samples.frame = RwSignal::new(Some(sample::frame()));
    let last = RwSignal::new(String::new());
    view! {
        <Head title=t!(design.title)/>
        <p class="mb-4 text-[13px] text-ink-2">{t!(design.note)}</p>
        // What the last callback of a component reported, for the tests.
        <p class="sr-only" role="status" aria-label="Last action of a component">{last}</p>
        <Provider value=samples>
            <Conditions/>
            <problems::ProblemStates last=last/>
            <objects::DrawerStates/>
            <plans::PlanStates/>
            <diffs::DiffStates/>
            <topologies::TopologyStates last=last/>
            <series::PlotStates/>
            <changes::TimelineStates/>
        </Provider>
    }
}

/// A component with one of its states.
#[component]
fn Case(
    /// The name of the state.
    #[prop(into)]
    name: String,
    children: Children,
) -> impl IntoView {
    let label = name.clone();
    view! {
        <div class="min-w-0" role="group" aria-label=label>
            <p class="text-[12px] text-ink-3 mb-1.5">{name}</p>
            {children()}
        </div>
    }
}

/// The states of one component.
#[component]
fn Component(
    /// Its name in the code.
    name: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="mb-10" aria-label=name>
            <h2 class="text-[16px] font-semibold mb-3">{name}</h2>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-5">{children()}</div>
        </section>
    }
}

#[component]
fn Conditions() -> impl IntoView {
    let marks = Condition::ALL.map(|condition| {
        view! {
            <li class="flex items-center gap-2">
                <ConditionIcon condition=condition/>
                <ConditionPill condition=condition/>
                <ConditionPill condition=condition with_shape=true/>
            </li>
        }
    });
    view! {
        <Component name="Condition">
            <ul class="flex flex-wrap gap-x-6 gap-y-2 bg-surface border border-line rounded-[10px] p-4">
                {marks.into_iter().collect_view()}
            </ul>
        </Component>
    }
}
