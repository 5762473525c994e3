//! The details of one object: its health, and tabs with YAML, events, pods and logs.

use super::{
    Ago, Button, Code, Copy, HealthIcon, Pill, ProblemNotice, Rows, Tabs, Tone, health_reason,
};
use crate::words::{count, t};
use leptos::prelude::*;
use wire::object::{ObjectEvent, ObjectView, PodView};

/// The index of the tab with the logs.
const LOGS: usize = 3;

/// The object: its health, and tabs with its YAML, events, pods and logs.
#[component]
pub(crate) fn ObjectDetails<F, V>(
    /// The object.
    found: Signal<ObjectView>,
    /// The index of the open tab.
    tab: RwSignal<usize>,
    /// The view of the logs, by the pods and the chosen one: it reads them, which no part does.
    logs: F,
) -> impl IntoView
where
    F: Fn(Signal<Vec<PodView>>, RwSignal<Option<String>>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let pod = RwSignal::new(None::<String>);
    let pods = Signal::derive(move || found.with(|found| found.pods.clone()));
    let events = Memo::new(move |_| found.with(|found| found.events.len()));
    let number = Memo::new(move |_| pods.with(Vec::len));
    let tabs = move || {
        let tabs = vec![
            t!(object.yaml),
            t!(object.events_n, n = events.get()),
            t!(object.pods_n, n = number.get()),
            t!(object.logs),
        ];
        view! { <Tabs label=t!(object.subject) tabs=tabs selected=tab/> }
    };
    let show_log = Callback::new(move |name: String| {
        pod.set(Some(name));
        tab.set(LOGS);
    });
    let content = move || match tab.get() {
        0 => view! { <Yaml found=found/> }.into_any(),
        1 => view! { <Events found=found/> }.into_any(),
        2 => view! { <Pods found=found pods=pods show_log=show_log/> }.into_any(),
        _ => logs(pods, pod).into_any(),
    };
    view! {
        <Health found=found/>
        {tabs}
        {content}
    }
}

/// Health, status and reason of the object.
#[component]
fn Health(found: Signal<ObjectView>) -> impl IntoView {
    let state = Memo::new(move |_| found.with(|found| (found.health.clone(), found.note.clone())));
    let line = move || {
        let (health, note) = state.get();
        view! {
            <HealthIcon health=Some(health.clone())/>
            <span class="tabular">{note}</span>
            <span class="text-ink-2 break-words min-w-0">{health_reason(&health)}</span>
        }
    };
    view! { <p class="flex flex-wrap items-center gap-x-2 gap-y-1 px-5 max-md:px-4 pb-3 text-[13px]">{line}</p> }
}

#[component]
fn Yaml(found: Signal<ObjectView>) -> impl IntoView {
    let yaml = Memo::new(move |_| found.with(|found| found.yaml.clone()));
    let content = move || {
        if yaml.with(String::is_empty) {
            return view! { <Nothing reason=t!(health.missing)/> }.into_any();
        }
        view! {
            <div class="flex justify-end px-5 max-md:px-4 pt-3"><Copy text=yaml label=t!(object.copy_yaml)/></div>
            <Code text=yaml.get() label=t!(object.yaml)/>
        }
        .into_any()
    };
    view! { {content} }
}

#[component]
fn Nothing(reason: String) -> impl IntoView {
    view! { <p class="px-5 max-md:px-4 py-6 text-[13px] text-ink-3">{reason}</p> }
}

#[component]
fn Events(found: Signal<ObjectView>) -> impl IntoView {
    let state = Memo::new(move |_| {
        found.with(|found| (found.events.clone(), found.events_problem.clone()))
    });
    let row = |event: ObjectEvent| {
        let (tone, label) = if event.warning {
            (Tone::Warn, t!(job.warning))
        } else {
            (Tone::Plain, t!(job.normal))
        };
        view! {
            <li class="grid gap-0.5 px-5 max-md:px-4 py-2.5 border-b border-line last:border-b-0 text-[13px]">
                <div class="flex flex-wrap items-center gap-2">
                    <Pill tone=tone>{label}</Pill>
                    <span class="font-medium">{event.reason}</span>
                    <span class="font-mono text-[12px] text-ink-2 break-words">{event.object}</span>
                    <span class="ml-auto text-[12px] text-ink-3 tabular">
                        <Ago at=event.at/> {(event.count > 1).then(|| format!(" · ×{}", event.count))}
                    </span>
                </div>
                <span class="text-ink-2 break-words">{event.message}</span>
            </li>
        }
    };
    let content = move || match state.get() {
        (_, Some(problem)) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        (events, None) if events.is_empty() => {
            view! { <Nothing reason=t!(object.no_events)/> }.into_any()
        }
        (events, None) => {
            view! { <ul>{events.into_iter().map(row).collect_view()}</ul> }.into_any()
        }
    };
    view! { {content} }
}

#[component]
fn Pods(
    found: Signal<ObjectView>,
    pods: Signal<Vec<PodView>>,
    show_log: Callback<String>,
) -> impl IntoView {
    let state = Memo::new(move |_| {
        found.with(|found| (found.has_pods, found.more_pods, found.pods_problem.clone()))
    });
    let above = move || match state.get() {
        (_, _, Some(problem)) => {
            view! { <div class="p-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
        (false, _, None) => view! { <Nothing reason=t!(object.kind_without_pods)/> }.into_any(),
        (true, _, None) if pods.with(Vec::is_empty) => {
            view! { <Nothing reason=t!(object.no_pods)/> }.into_any()
        }
        (true, 0, None) => ().into_any(),
        (true, more, None) => {
            view! { <Nothing reason=count!(object.more_pods, n = more)/> }.into_any()
        }
    };
    view! {
        {above}
        <Rows rows=pods key=|pod: &PodView| pod.name.clone() view=move |pod| view! { <Pod pod=pod show_log=show_log/> }/>
    }
}

/// A pod: its button stays while its state changes.
#[component]
fn Pod(pod: Signal<PodView>, show_log: Callback<String>) -> impl IntoView {
    let name = StoredValue::new(pod.with_untracked(|pod| pod.name.clone()));
    let state = move || {
        let pod = pod.get();
        let text = health_reason(&pod.health);
        view! {
            <p class="flex flex-wrap gap-x-3 text-[12px] text-ink-3 tabular">
                <span>{pod.note}</span>
                <span>{count!(object.restarts, n = pod.restarts)}</span>
                <span class="font-mono">{pod.node}</span>
                {pod.created.map(|at| view! { <Ago at=at/> })}
            </p>
            {(!text.is_empty()).then(|| view! { <p class="text-[12px] text-warn break-words">{text}</p> })}
        }
    };
    let health = Memo::new(move |_| pod.with(|pod| pod.health.clone()));
    view! {
        <div class="flex items-center gap-3 px-5 max-md:px-4 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            {move || view! { <HealthIcon health=Some(health.get())/> }}
            <div class="flex-1 min-w-0">
                <p class="font-mono break-words">{name.get_value()}</p>
                {state}
            </div>
            <Button press=move || show_log.run(name.get_value())>
                {t!(object.logs)} <span class="sr-only">{name.get_value()}</span>
            </Button>
        </div>
    }
}
