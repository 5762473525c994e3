//! The problem card in its states.

use super::{
    Case, Component,
    sample::{LONG_NAME, ago},
};
use crate::parts::{
    ActionState, Cause, Condition, ProblemCards, ProblemView, Problems, ReversibleAction,
};
use leptos::prelude::*;
use wire::{Code, Problem};

fn text(text: &str) -> Cause {
    Cause::Text(text.to_owned())
}

fn value(text: &str) -> Cause {
    Cause::Value(text.to_owned())
}

fn action(label: &str, undo: &str, state: ActionState) -> ReversibleAction {
    ReversibleAction {
        label: label.to_owned(),
        undo: undo.to_owned(),
        state,
    }
}

fn problem(id: &str, title: &str, condition: Condition, cause: Vec<Cause>) -> ProblemView {
    ProblemView {
        id: id.to_owned(),
        title: title.to_owned(),
        condition,
        cause,
        cluster: Some("east".to_owned()),
        since: Some(ago(250)),
        as_of: ago(7),
        action: None,
    }
}

fn unreachable() -> ProblemView {
    ProblemView {
        cluster: Some("west".to_owned()),
        since: Some(ago(362)),
        action: Some(action(
            "Repoint remote secret",
            "restores Secret version 41",
            ActionState::Ready,
        )),
        ..problem(
            "unreachable",
            "istiod cannot reach API server of west",
            Condition::Unreachable,
            vec![
                text("The remote secret has "),
                value("203.0.113.20:6443"),
                text(". The load balancer moved to "),
                value("203.0.113.24"),
                text(" 1m14s before. istiod keeps the last known 14 endpoints; 6 no longer exist."),
            ],
        )
    }
}

fn many() -> Vec<ProblemView> {
    let failover = |state| {
        action(
            "Enable locality failover",
            "deletes 1 DestinationRule",
            state,
        )
    };
    vec![
        unreachable(),
        ProblemView {
            action: Some(failover(ActionState::Running)),
            ..problem(
                "ledger",
                "ledger: 11.8 % of requests return 503 UF",
                Condition::Failed,
                vec![text(
                    "0 of 3 registered endpoints in west are live. 2 endpoints in east are Ready.",
                )],
            )
        },
        ProblemView {
            action: Some(failover(ActionState::Disabled(
                "Istio 1.0 has no locality failover. Upgrade the control plane first.".to_owned(),
            ))),
            ..problem(
                "payments",
                "payments: 4.1 % of requests return 503 UF",
                Condition::Degraded,
                vec![text("2 of 4 registered endpoints in west are live.")],
            )
        },
        ProblemView {
            cluster: Some("stage-a".to_owned()),
            since: Some(ago(2280)),
            action: Some(action(
                "Unlock release",
                "restores the label status",
                ActionState::Ready,
            )),
            ..problem(
                "locked",
                "Release istiod is pending-upgrade",
                Condition::Locked,
                vec![text("Revision 4 has no running job and no Lease.")],
            )
        },
        ProblemView {
            cluster: None,
            since: None,
            ..problem(
                "unknown",
                "The endpoints of north are unknown",
                Condition::Unknown,
                vec![text("The console may not read EndpointSlices in north.")],
            )
        },
    ]
}

fn long() -> ProblemView {
    ProblemView {
        cluster: Some(LONG_NAME.to_owned()),
        action: Some(action(
            "Repoint remote secret",
            "restores Secret version 41 of istio-remote-secret-with-a-name-that-does-not-end-soon",
            ActionState::Ready,
        )),
        ..problem(
            "long",
            "Deployment istio-system/a-deployment-with-a-name-of-many-parts-that-goes-on-and-on-and-does-not-wrap-by-itself-anywhere is not ready",
            Condition::Warning,
            vec![
                text("The image is "),
                value(
                    "registry.example.com/a/path/of/many/parts/that/is/longer/than/a/phone/is/wide/proxyv2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                ),
                text("."),
            ],
        )
    }
}

#[component]
pub(super) fn ProblemStates(last: RwSignal<String>) -> impl IntoView {
    let act = Callback::new(move |id| last.set(id));
    let unread = Problem::new(Code::Unreachable).with("cluster", "west");
    let case = move |name: &'static str, title: &'static str, problems: Problems| {
        view! { <Case name=name><ProblemCards title=title problems=problems act=act/></Case> }
    };
    view! {
        <Component name="Problem card">
            {case("Many, the worst first", "What is broken", Problems::Known(many()))}
            {case("One", "One problem", Problems::Known(vec![unreachable()]))}
            {case("None", "No problem", Problems::Known(Vec::new()))}
            {case("Loading", "Problems that load", Problems::Loading)}
            {case("Not read", "Problems that were not read", Problems::Unread(unread))}
            {case("Long names", "Problem with long names", Problems::Known(vec![long()]))}
        </Component>
    }
}
