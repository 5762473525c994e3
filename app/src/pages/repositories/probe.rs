//! What a look at a repository saw: each stage of the way, and where it ended.

use crate::{
    parts::{Glyph, Icon, Notice, ProblemNotice, Tone, tw},
    words::say,
};
use leptos::prelude::*;
use wire::repository::{IndexSummaryView, ProbeView, StageCode, StageState, StageView};

/// The stages, and what is there or what is wrong.
#[component]
pub(super) fn Probe(probe: ProbeView) -> impl IntoView {
    view! {
        <ol class="flex flex-wrap gap-x-5 gap-y-1 mb-3" aria-label=say!(repositories.stages)>
            {probe.stages.into_iter().map(|stage| view! { <Stage view=stage/> }).collect_view()}
        </ol>
        {probe.seen.map(|seen| view! { <Seen seen=seen/> })}
        {probe.problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
    }
}

#[component]
fn Stage(view: StageView) -> impl IntoView {
    let (glyph, class, word) = match view.state {
        StageState::Passed => (
            Glyph::Good,
            tw("size-4 shrink-0 text-good"),
            say!(repositories.passed),
        ),
        StageState::Failed => (
            Glyph::Bad,
            tw("size-4 shrink-0 text-bad"),
            say!(repositories.failed),
        ),
        StageState::NotReached => (
            Glyph::ToCome,
            tw("size-4 shrink-0 text-ink-3"),
            say!(repositories.not_reached),
        ),
    };
    view! {
        <li class="inline-flex items-center gap-1.5 text-[13px]">
            <Icon glyph=glyph class=class/>
            {title(view.stage)}
            <span class="sr-only">": " {word}</span>
        </li>
    }
}

fn title(stage: StageCode) -> String {
    match stage {
        StageCode::NameResolution => say!(repositories.stage_name),
        StageCode::Connection => say!(repositories.stage_connection),
        StageCode::Certificate => say!(repositories.stage_certificate),
        StageCode::Response => say!(repositories.stage_answer),
        StageCode::Credentials => say!(repositories.stage_login),
        StageCode::Index => say!(repositories.stage_index),
    }
}

#[component]
fn Seen(seen: IndexSummaryView) -> impl IntoView {
    view! {
        <Notice tone=Tone::Good>
            <p>{say!(repositories.seen, charts = seen.charts, versions = seen.versions)}</p>
            {(seen.skipped > 0).then(|| view! { <p class="mt-1 text-ink-2">{say!(repositories.passed_over, n = seen.skipped)}</p> })}
        </Notice>
    }
}
