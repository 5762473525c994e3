//! The state of a cluster, and the age of its facts when they are not current.

use crate::{
    clock::clock,
    parts::{Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::{
    Time,
    cluster::{ClusterState, ClusterView},
};

/// The age in seconds from which the facts of a cluster that answers are marked with their age.
const STALE_SECONDS: u64 = 30;

/// The state of a cluster as a word.
#[component]
pub(crate) fn ClusterStateMark(cluster: Signal<ClusterView>) -> impl IntoView {
    let mark = Memo::new(move |_| {
        cluster.with(|cluster| match cluster.state {
            ClusterState::Ready => (Tone::Good, Word::Reachable),
            ClusterState::Connecting => (Tone::Busy, Word::Connecting),
            ClusterState::Unreachable(_) => (Tone::Bad, Word::Unreachable),
            ClusterState::Unusable(_) => (Tone::Bad, Word::Unusable),
        })
    });
    let tone = Signal::derive(move || mark.get().0);
    view! {
        <StaleMark cluster=cluster/>
        <Pill tone=tone>{move || mark.get().1.text()}</Pill>
    }
}

/// When the facts of a cluster were read, when they are not current.
#[component]
pub(super) fn StaleMark(cluster: Signal<ClusterView>) -> impl IntoView {
    let age = move || {
        let (answers, read_at) = cluster.with(|cluster| {
            let answers = matches!(cluster.state, ClusterState::Ready);
            (answers, cluster.read_at)
        });
        stale(answers, read_at).map(
            |at| view! { <Pill tone=Tone::Warn>{t!(state.as_of, ago = clock().ago(at))}</Pill> },
        )
    };
    view! { {age} }
}

/// The time of facts that are not current.
fn stale(answers: bool, read_at: Option<Time>) -> Option<Time> {
    let is_old = |at: &Time| !answers || at.seconds_until(clock().now()) >= STALE_SECONDS;
    read_at.filter(is_old)
}

/// The words for the states.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Reachable,
    Connecting,
    Unreachable,
    Unusable,
}

impl Word {
    fn text(self) -> String {
        match self {
            Self::Reachable => t!(clusters.reachable),
            Self::Connecting => t!(clusters.connecting_one),
            Self::Unreachable => t!(clusters.unreachable),
            Self::Unusable => t!(clusters.unusable),
        }
    }
}
