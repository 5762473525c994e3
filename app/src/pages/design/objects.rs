//! The object drawer in its states.

use super::{Case, Component, sample::ago};
use crate::parts::{Button, Drawer, Loading, ObjectDetails, ProblemNotice};
use leptos::prelude::*;
use wire::{
    Code, ObjectName, Problem,
    object::{ContainerView, ObjectEvent, ObjectView, PodView},
    release::Health,
};

/// A state of the drawer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loading,
    Present,
    Gone,
    Unread,
}

fn present() -> ObjectView {
    let reason = "Back-off pulling image \"docker.io/istio/pilot:1.31.9\"";
    ObjectView {
        object: ObjectName {
            kind: "Deployment".to_owned(),
            api_version: "apps/v1".to_owned(),
            namespace: Some("istio-system".to_owned()),
            name: "istiod".to_owned(),
        },
        health: Health::Waiting("1 of 2 pods is not ready".to_owned()),
        note: "1 of 2 ready".to_owned(),
        yaml: "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: istiod\n".to_owned(),
        events: vec![ObjectEvent {
            warning: true,
            reason: "Failed".to_owned(),
            object: "Pod istiod-7f755-4x2lk".to_owned(),
            message: reason.to_owned(),
            count: 12,
            at: ago(40),
        }],
        events_problem: None,
        has_pods: true,
        pods: vec![PodView {
            name: "istiod-7f755-4x2lk".to_owned(),
            health: Health::Failed(reason.to_owned()),
            note: "0 of 1 ready".to_owned(),
            restarts: 3,
            node: "node-1".to_owned(),
            created: Some(ago(600)),
            containers: vec![ContainerView {
                name: "discovery".to_owned(),
                init: false,
                restarted: true,
            }],
        }],
        more_pods: 0,
        pods_problem: None,
    }
}

fn gone() -> ObjectView {
    ObjectView {
        health: Health::Missing,
        note: String::new(),
        yaml: String::new(),
        events: Vec::new(),
        has_pods: false,
        pods: Vec::new(),
        ..present()
    }
}

fn content(state: Shown) -> AnyView {
    let details = |object: ObjectView| {
        let logs = |_, _| view! { <p class="px-5 py-4 text-[13px] text-ink-2">"A page reads the logs."</p> };
        view! { <div class="pt-3"><ObjectDetails found=Signal::stored(object) tab=RwSignal::new(0) logs=logs/></div> }.into_any()
    };
    match state {
        Shown::Loading => {
            view! { <div class="px-5"><Loading subject="object".to_owned()/></div> }.into_any()
        }
        Shown::Present => details(present()),
        Shown::Gone => details(gone()),
        Shown::Unread => {
            let problem = Problem::new(Code::Unreachable).with("cluster", "west");
            view! { <div class="p-5"><ProblemNotice problem=problem/></div> }.into_any()
        }
    }
}

#[component]
pub(super) fn DrawerStates() -> impl IntoView {
    let shown = RwSignal::new(None::<Shown>);
    let title = Signal::stored("Deployment istio-system/istiod".to_owned());
    let button = move |state: Shown, label: &'static str| {
        view! { <Button press=move || shown.set(Some(state))>{label}</Button> }
    };
    view! {
        <Component name="Object drawer">
            <Case name="Each button opens one state">
                <div class="flex flex-wrap gap-2">
                    {button(Shown::Loading, "Open loading object")}
                    {button(Shown::Present, "Open present object")}
                    {button(Shown::Gone, "Open deleted object")}
                    {button(Shown::Unread, "Open unread object")}
                </div>
            </Case>
            <Drawer open=Signal::derive(move || shown.get().is_some()) title=title close=Callback::new(move |()| shown.set(None))>
                {move || shown.get().map(content)}
            </Drawer>
        </Component>
    }
}
