//! The state of a cluster, and the age of its facts when they are not current.

use crate::{
    clock::{Clock, clock},
    parts::{AsOf, Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::{
    Time,
    cluster::{ClusterState, ClusterStateName, ClusterView},
};

/// The age in seconds from which the facts of a cluster that answers are marked with their age.
const STALE_SECONDS: u64 = 30;

/// The state of a cluster as a word.
#[component]
pub(crate) fn ClusterStateMark(cluster: Signal<ClusterView>) -> impl IntoView {
    let state = Memo::new(move |_| cluster.with(|cluster| cluster.state.name()));
    let tone = Signal::derive(move || state_tone(state.get()));
    view! {
        <StaleMark cluster=cluster/>
        <Pill tone=tone>{move || state_label(state.get())}</Pill>
    }
}

/// The tone of a state.
pub(crate) fn state_tone(state: ClusterStateName) -> Tone {
    match state {
        ClusterStateName::Ready => Tone::Good,
        ClusterStateName::Connecting => Tone::Busy,
        ClusterStateName::Unreachable | ClusterStateName::Unusable => Tone::Bad,
    }
}

/// When the facts of a cluster were read, when they are not current.
#[component]
pub(super) fn StaleMark(cluster: Signal<ClusterView>) -> impl IntoView {
    let clock = clock();
    let age = move || {
        let (answers, read_at) = cluster.with(|cluster| {
            let answers = matches!(cluster.state, ClusterState::Ready);
            (answers, cluster.read_at)
        });
        stale(answers, read_at, clock).map(|at| view! { <AsOf at=at/> })
    };
    view! { {age} }
}

/// The time of facts that are not current.
fn stale(answers: bool, read_at: Option<Time>, clock: Clock) -> Option<Time> {
    let is_old = |at: &Time| !answers || at.seconds_until(clock.now()) >= STALE_SECONDS;
    read_at.filter(is_old)
}

/// The label of a state.
pub(crate) fn state_label(state: ClusterStateName) -> String {
    match state {
        ClusterStateName::Ready => t!(clusters.reachable),
        ClusterStateName::Connecting => t!(clusters.connecting_one),
        ClusterStateName::Unreachable => t!(clusters.unreachable),
        ClusterStateName::Unusable => t!(clusters.unusable),
    }
}
