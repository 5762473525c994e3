//! What can be known of a context before its cluster is added; each part is shown when it is there.

use crate::{
    api,
    parts::{Glyph, Icon, ProblemNotice, tw},
    words::say,
};
use leptos::prelude::*;
use wire::{
    Secret,
    cluster::{ProbeLine, ProbeRequest, ProbeStage, ProbeWhat},
};

/// All parts of a context's probe, asked at the same time.
#[component]
pub(super) fn Probe(text: RwSignal<String>, context: String) -> impl IntoView {
    let label = say!(probe.of, context = context.clone());
    let part = move |stage: ProbeStage| {
        let context = context.clone();
        view! { <Part text=text context=context stage=stage/> }
    };
    view! {
        <ul class="w-full grid gap-0.5 pl-6 text-[12.5px]" aria-label=label>
            {ProbeStage::ALL.map(part).collect_view()}
        </ul>
    }
}

#[component]
fn Part(text: RwSignal<String>, context: String, stage: ProbeStage) -> impl IntoView {
    let lines = LocalResource::new(move || {
        api::clusters::probe(ProbeRequest {
            kubeconfig: Secret::new(text.get_untracked()),
            context: context.clone(),
            stage,
        })
    });
    let waiting = move || {
        view! {
            <li class="flex items-center gap-2 text-ink-3">
                <Icon glyph=Glyph::Busy class="size-3.5 shrink-0 text-busy turning"/>
                {asked(stage)}
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

/// What is being asked.
fn asked(stage: ProbeStage) -> String {
    match stage {
        ProbeStage::Way => say!(probe.asking_way),
        ProbeStage::Server => say!(probe.asking_server),
        ProbeStage::Rights => say!(probe.asking_rights),
    }
}

fn title(what: ProbeWhat) -> String {
    match what {
        ProbeWhat::Name => say!(probe.name),
        ProbeWhat::Connection => say!(probe.connection),
        ProbeWhat::Certificate => say!(probe.certificate),
        ProbeWhat::Version => say!(probe.version),
        ProbeWhat::Who => say!(probe.who),
        ProbeWhat::PodRanges => say!(probe.pod_ranges),
        ProbeWhat::ServiceRanges => say!(probe.service_ranges),
        ProbeWhat::Rights => say!(probe.rights),
    }
}

#[component]
fn Line(line: ProbeLine) -> impl IntoView {
    let (glyph, class, word) = match line.well {
        Some(true) => (
            Glyph::Good,
            tw("size-3.5 shrink-0 mt-0.5 text-good"),
            say!(check.passed),
        ),
        Some(false) => (
            Glyph::Bad,
            tw("size-3.5 shrink-0 mt-0.5 text-bad"),
            say!(check.failed),
        ),
        None => (
            Glyph::Unknown,
            tw("size-3.5 shrink-0 mt-0.5 text-ink-3"),
            say!(probe.not_known),
        ),
    };
    let said = match (line.what, line.well) {
        (ProbeWhat::Rights, Some(true)) => say!(probe.all_rights),
        (ProbeWhat::Rights, Some(false)) => say!(probe.lacks, rights = line.said),
        (_, None) if line.said.is_empty() => say!(probe.not_known),
        _ => line.said,
    };
    view! {
        <li class="flex items-start gap-2">
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{word} ": "</span>
            <span class="w-28 shrink-0 text-ink-3">{title(line.what)}</span>
            <span class="min-w-0 break-words">{said}</span>
        </li>
    }
}
