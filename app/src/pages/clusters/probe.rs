//! What can be known of a context before its cluster is added; each part is shown when it is there.

use crate::{
    api,
    parts::{Glyph, Icon, ProblemNotice, tw},
    words::say,
};
use leptos::prelude::*;
use wire::{
    Secret,
    cluster::{ProbeItem, ProbeLine, ProbeRequest, ProbeStage},
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
        ProbeStage::Connection => say!(probe.asking_way),
        ProbeStage::Server => say!(probe.asking_server),
        ProbeStage::Rights => say!(probe.asking_rights),
    }
}

fn title(what: ProbeItem) -> String {
    match what {
        ProbeItem::Name => say!(probe.name),
        ProbeItem::Connection => say!(probe.connection),
        ProbeItem::Certificate => say!(probe.certificate),
        ProbeItem::Version => say!(probe.version),
        ProbeItem::User => say!(probe.who),
        ProbeItem::PodRanges => say!(probe.pod_ranges),
        ProbeItem::ServiceRanges => say!(probe.service_ranges),
        ProbeItem::Rights => say!(probe.rights),
    }
}

#[component]
fn Line(line: ProbeLine) -> impl IntoView {
    let (glyph, class, word) = match line.passed {
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
    let said = match (line.item, line.passed) {
        (ProbeItem::Rights, Some(true)) => say!(probe.all_rights),
        (ProbeItem::Rights, Some(false)) => say!(probe.lacks, rights = line.message),
        (_, None) if line.message.is_empty() => say!(probe.not_known),
        _ => line.message,
    };
    view! {
        <li class="flex items-start gap-2">
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{word} ": "</span>
            <span class="w-28 shrink-0 text-ink-3">{title(line.item)}</span>
            <span class="min-w-0 break-words">{said}</span>
        </li>
    }
}
