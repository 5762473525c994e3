//! The state of a cluster that serves a Service, and what an instance of the control plane has registered of it.

use crate::{
    parts::{Condition, ConditionPill, Pill, tw},
    words::{count, t},
};
use leptos::prelude::*;
use wire::mesh::{RegisteredServiceView, ServingClusterView};

/// The state of a cluster; none for one that serves nothing.
pub(super) fn condition(cluster: &ServingClusterView) -> Option<Condition> {
    let lacks = |at: &RegisteredServiceView| at.missing.iter().any(|missing| missing.confirmed);
    if cluster.unread.is_some() {
        Some(Condition::Unknown)
    } else if cluster.registered.iter().any(lacks) || (cluster.not_ready > 0 && cluster.ready > 0) {
        Some(Condition::Degraded)
    } else if cluster.not_ready > 0 {
        Some(Condition::Failed)
    } else {
        (cluster.ready > 0).then_some(Condition::Ready)
    }
}

#[component]
pub(super) fn ClusterState(condition: Option<Condition>) -> impl IntoView {
    match condition {
        Some(condition) => {
            view! { <ConditionPill condition=condition with_shape=true/> }.into_any()
        }
        None => view! { <Pill>{t!(service.no_pods)}</Pill> }.into_any(),
    }
}

/// The ready endpoints, and how many are not ready or terminate.
pub(super) fn ready(cluster: &ServingClusterView) -> String {
    let all = cluster.ready + cluster.not_ready;
    if cluster.unread.is_some() {
        return t!(service.unknown);
    }
    if all == 0 && cluster.terminating == 0 {
        return match cluster.service {
            Some(_) => t!(service.callers_only),
            None => t!(service.no_endpoints),
        };
    }
    let ready = t!(service.ready_of, ready = cluster.ready, all = all);
    if cluster.terminating == 0 {
        return ready;
    }
    format!(
        "{ready} · {}",
        count!(service.terminating, n = cluster.terminating)
    )
}

/// What one instance has registered: a mark for each endpoint, up to ten, and the numbers.
#[component]
pub(super) fn Registered(at: Option<RegisteredServiceView>, ready: u32) -> impl IntoView {
    let Some(at) = at else {
        return view! { <span class="text-ink-3">{t!(service.not_read)}</span> }.into_any();
    };
    if let Some(reason) = at.unread {
        return view! { <span class="text-ink-2" title=reason>{t!(service.unknown)}</span> }
            .into_any();
    }
    let Some(registered) = at.registered else {
        return view! { <span class="text-ink-2">{t!(service.not_compared)}</span> }.into_any();
    };
    if ready == 0 && registered == 0 {
        return view! { <span class="text-ink-3">{t!(service.no_endpoints)}</span> }.into_any();
    }
    let class = if at.missing.is_empty() {
        tw("tabular")
    } else {
        tw("tabular font-semibold text-bad")
    };
    view! { <span class=class>{t!(service.registered_of, registered = registered, ready = ready)}</span> }
        .into_any()
}
