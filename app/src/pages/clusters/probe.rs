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
        ProbeStage::Way => t!(probe.checking_connection),
        ProbeStage::Server => t!(probe.checking_server),
        ProbeStage::Rights => t!(probe.checking_permissions),
    }
}

fn title(item: ProbeWhat) -> String {
    match item {
        ProbeWhat::Name => t!(probe.name),
        ProbeWhat::Connection => t!(probe.connection),
        ProbeWhat::Certificate => t!(probe.certificate),
        ProbeWhat::Version => t!(probe.version),
        ProbeWhat::Who => t!(probe.identity),
        ProbeWhat::PodRanges => t!(probe.pod_cidrs),
        ProbeWhat::ServiceRanges => t!(probe.service_cidrs),
        ProbeWhat::Rights => t!(probe.permissions),
    }
}

#[component]
fn Line(line: ProbeLine) -> impl IntoView {
    let (glyph, class, state) = match line.well {
        Some(true) => (
            Glyph::Good,
            tw("size-3.5 shrink-0 mt-0.5 text-good"),
            t!(check.passed),
        ),
        Some(false) => (
            Glyph::Bad,
            tw("size-3.5 shrink-0 mt-0.5 text-bad"),
            t!(check.blocked),
        ),
        None => (
            Glyph::Unknown,
            tw("size-3.5 shrink-0 mt-0.5 text-ink-3"),
            t!(probe.unknown),
        ),
    };
    let result = match (line.what, line.well) {
        (ProbeWhat::Rights, Some(true)) => t!(probe.all_permissions),
        (ProbeWhat::Rights, Some(false)) => t!(probe.missing_permissions, permissions = line.said),
        (_, None) if line.said.is_empty() => t!(probe.unknown),
        _ => line.said,
    };
    view! {
        <li class="flex items-start gap-2">
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{state} ": "</span>
            <span class="w-28 shrink-0 text-ink-3">{title(line.what)}</span>
            <span class="min-w-0 break-words">{result}</span>
        </li>
    }
}
