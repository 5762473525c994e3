//! The probe of a kubeconfig context before its cluster is added; each stage is shown when it is complete.

use crate::{
    api,
    parts::{Glyph, Icon, ProblemNotice, tw},
    words::t,
};
use leptos::prelude::*;
use wire::{
    Secret,
    cluster::{ProbeItem, ProbeLine, ProbeRequest, ProbeStage},
};

/// The stages of the probe, which run at the same time.
#[component]
pub(super) fn Probe(text: RwSignal<String>, context: String) -> impl IntoView {
    let label = t!(probe.title, context = context.clone());
    let stage = move |stage: ProbeStage| {
        let context = context.clone();
        view! { <Stage text=text context=context stage=stage/> }
    };
    view! {
        <ul class="w-full grid gap-0.5 pl-6 text-[12.5px]" aria-label=label>
            {ProbeStage::ALL.map(stage).collect_view()}
        </ul>
    }
}

#[component]
fn Stage(text: RwSignal<String>, context: String, stage: ProbeStage) -> impl IntoView {
    let lines = LocalResource::new(move || {
        api::clusters::probe_context(ProbeRequest {
            kubeconfig: Secret::new(text.get_untracked()),
            context: context.clone(),
            stage,
        })
    });
    let waiting = move || {
        view! {
            <li class="flex items-center gap-2 text-ink-3">
                <Icon glyph=Glyph::Busy class="size-3.5 shrink-0 text-busy turning"/>
                {running(stage)}
            </li>
        }
    };
    view! {
        {move || match lines.get() {
            None => waiting().into_any(),
            Some(Ok(lines)) => lines.into_iter().map(|line| view! { <Line line=line/> }).collect_view().into_any(),
            Some(Err(error)) => view! { <li><ProblemNotice problem=error.0/></li> }.into_any(),
        }}
    }
}

/// The text while a stage runs.
fn running(stage: ProbeStage) -> String {
    match stage {
        ProbeStage::Connection => t!(probe.checking_connection),
        ProbeStage::Server => t!(probe.checking_server),
        ProbeStage::Rights => t!(probe.checking_permissions),
    }
}

fn title(item: ProbeItem) -> String {
    match item {
        ProbeItem::Name => t!(probe.name),
        ProbeItem::Connection => t!(probe.connection),
        ProbeItem::Certificate => t!(probe.certificate),
        ProbeItem::Version => t!(probe.version),
        ProbeItem::User => t!(probe.identity),
        ProbeItem::PodRanges => t!(probe.pod_cidrs),
        ProbeItem::ServiceRanges => t!(probe.service_cidrs),
        ProbeItem::Rights => t!(probe.permissions),
    }
}

/// A line of a probe.
#[component]
pub(super) fn Line(line: ProbeLine) -> impl IntoView {
    let (glyph, class, state) = match line.passed {
        Some(true) => (
            Glyph::Good,
            tw("size-3.5 shrink-0 mt-0.5 text-good"),
            t!(check.passed),
        ),
        Some(false) => (
            Glyph::Bad,
            tw("size-3.5 shrink-0 mt-0.5 text-bad"),
            t!(check.failed),
        ),
        None => (
            Glyph::Unknown,
            tw("size-3.5 shrink-0 mt-0.5 text-ink-3"),
            t!(probe.unknown),
        ),
    };
    let result = match (line.item, line.passed) {
        (ProbeItem::Rights, Some(true)) => t!(probe.all_permissions),
        (ProbeItem::Rights, Some(false)) => {
            t!(probe.missing_permissions, permissions = line.message)
        }
        (_, None) if line.message.is_empty() => t!(probe.unknown),
        _ => line.message,
    };
    view! {
        <li class="flex items-start gap-2">
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{state} ": "</span>
            <span class="w-28 shrink-0 text-ink-3">{title(line.item)}</span>
            <span class="min-w-0 break-words">{result}</span>
        </li>
    }
}
