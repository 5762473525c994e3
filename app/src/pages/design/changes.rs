//! The timeline in its states.

use super::{
    Case, Component,
    sample::{LONG_NAME, ago},
};
use crate::parts::{ChangeTimeline, Condition, TimelineEntry, TimelineState};
use leptos::prelude::*;
use wire::{Code, Problem};

fn entry(seconds: i64, cluster: &str, title: &str, detail: &str, actor: &str) -> TimelineEntry {
    TimelineEntry {
        at: ago(seconds),
        cluster: (!cluster.is_empty()).then(|| cluster.to_owned()),
        title: title.to_owned(),
        detail: detail.to_owned(),
        actor: actor.to_owned(),
        condition: None,
    }
}

fn many() -> Vec<TimelineEntry> {
    let restart = |seconds| TimelineEntry {
        condition: Some(Condition::Warning),
        ..entry(
            seconds,
            "stage-b",
            "istiod restarted",
            "OOMKilled",
            "kubelet",
        )
    };
    vec![
        TimelineEntry {
            condition: Some(Condition::Unreachable),
            ..entry(
                360,
                "west",
                "First failed check: API server of west",
                "i/o timeout",
                "istiod on east",
            )
        },
        entry(
            430,
            "west",
            "Address changed: 203.0.113.20 → 203.0.113.24",
            "Service kube-system/apiserver",
            "cloud controller",
        ),
        entry(
            450,
            "west",
            "Helm revision 9 of metallb",
            "0.14.8 → 0.15.2, not by Meshspan",
            "ci-bot",
        ),
        entry(
            1300,
            "east",
            "Job 8f20: upgrade of shop to 2.9.0",
            "succeeded in 48s",
            "alice",
        ),
        restart(1500),
        restart(1800),
        restart(2200),
        entry(2400, "", "Cluster stage-b added", "", "alice"),
        entry(
            3000,
            "north",
            "Certificate renewed: shop-tls",
            "expires in 90d",
            "cert-manager",
        ),
        entry(
            9000,
            "west",
            "Rollout restarted: istio-eastwestgateway",
            "not by Meshspan",
            "bob",
        ),
        entry(
            60_000,
            "stage-a",
            "Release istiod installed",
            "revision 1",
            "alice",
        ),
    ]
}

#[component]
pub(super) fn TimelineStates() -> impl IntoView {
    let case = |name: &'static str, title: &'static str, state: TimelineState| {
        view! { <Case name=name><ChangeTimeline title=title state=Signal::stored(state)/></Case> }
    };
    let single = vec![entry(
        90,
        "east",
        "Token rotated",
        "istio-remote-secret-west",
        "alice",
    )];
    let long = "Deployment a-namespace-with-a-long-name/a-deployment-with-a-name-of-many-parts-that-goes-on-and-on-without-an-end";
    let long = vec![entry(
        90,
        LONG_NAME,
        long,
        "a-field-manager-with-a-name-that-is-longer-than-a-phone-is-wide-0123456789",
        "system:serviceaccount:kube-system:horizontal-pod-autoscaler",
    )];
    let unread = Problem::new(Code::Unreachable).with("cluster", "west");
    view! {
        <Component name="Timeline">
            {case("Many, with repeated entries and a failure", "What changed last", TimelineState::Known(many()))}
            {case("One", "One change", TimelineState::Known(single))}
            {case("None", "No change", TimelineState::Known(Vec::new()))}
            {case("Loading", "Changes that load", TimelineState::Loading)}
            {case("Not read", "Changes that were not read", TimelineState::Unread(unread))}
            {case("Long names", "Changes with long names", TimelineState::Known(long))}
        </Component>
    }
}
