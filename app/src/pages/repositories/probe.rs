//! The result of a connection test: its stages, and the charts or the problem.

use super::skipped::Skipped;
use crate::{
    parts::{Glyph, Icon, Notice, ProblemNotice, Tone, tw},
    words::{count, t},
};
use leptos::prelude::*;
use wire::repository::{IndexSummaryView, ProbeView, StageCode, StageState, StageView};

/// The stages, and the charts or the problem.
#[component]
pub(super) fn Probe(probe: ProbeView) -> impl IntoView {
    view! {
        <ol class="flex flex-wrap gap-x-5 gap-y-1 mb-3" aria-label=t!(repositories.stages)>
            {probe.stages.into_iter().map(|stage| view! { <Stage view=stage/> }).collect_view()}
        </ol>
        {probe.seen.map(|seen| view! { <Seen seen=seen/> })}
        {probe.problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
    }
}

#[component]
fn Stage(view: StageView) -> impl IntoView {
    let (glyph, class, state) = match view.state {
        StageState::Passed => (
            Glyph::Good,
            tw("size-4 shrink-0 text-good"),
            t!(repositories.passed),
        ),
        StageState::Failed => (
            Glyph::Bad,
            tw("size-4 shrink-0 text-bad"),
            t!(repositories.failed),
        ),
        StageState::NotReached => (
            Glyph::Pending,
            tw("size-4 shrink-0 text-ink-3"),
            t!(repositories.not_reached),
        ),
    };
    view! {
        <li class="inline-flex items-center gap-1.5 text-[13px]">
            <Icon glyph=glyph class=class/>
            {title(view.stage)}
            <span class="sr-only">": " {state}</span>
        </li>
    }
}

fn title(stage: StageCode) -> String {
    match stage {
        StageCode::NameResolution => t!(repositories.stage_name),
        StageCode::Connection => t!(repositories.stage_connection),
        StageCode::Certificate => t!(repositories.stage_certificate),
        StageCode::Response => t!(repositories.stage_response),
        StageCode::Credentials => t!(repositories.stage_credentials),
        StageCode::Index => t!(repositories.stage_index),
    }
}

#[component]
fn Seen(seen: IndexSummaryView) -> impl IntoView {
    let found = t!(
        repositories.charts_in_versions,
        charts = count!(repositories.charts, n = seen.charts),
        versions = count!(repositories.versions, n = seen.versions)
    );
    view! {
        <Notice tone=Tone::Good>
            <p>{found}</p>
            <Skipped seen=seen/>
        </Notice>
    }
}
