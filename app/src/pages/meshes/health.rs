//! The health of a mesh once its checks were accepted: what is not well, kept up by itself.

use super::{checks::Found, detail::path};
use crate::{
    AppError, api,
    parts::{Button, Pill, ProblemNotice, Tone},
    words::{say, stage_progress},
};
use leptos::prelude::*;
use wire::mesh::HealthRow;

/// What is not well, how far the look has come, and the ways to know more.
#[component]
pub(super) fn Health() -> impl IntoView {
    let health = path().health;
    let pills = move || {
        // Why nobody could be asked stands below.
        let health = health.get().filter(|health| health.problem.is_none())?;
        let mut marks = marks(&health.row()?);
        if marks.is_empty() {
            marks.push((Tone::Good, say!(mesh.well)));
        }
        let pill = |(tone, word)| view! { <Pill tone=tone>{word}</Pill> };
        Some(marks.into_iter().map(pill).collect_view())
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] mb-3 min-w-0 px-5 max-md:px-4 pb-4" aria-label=say!(mesh.health)>
            <div class="flex flex-wrap items-center gap-3 py-3">
                <h2 class="text-[14px] font-medium flex-1">{say!(mesh.health)}</h2>
                {pills}
            </div>
            {move || match health.get() {
                Some(health) => view! { <Found health=health/> }.into_any(),
                None => view! { <p class="text-[13px] text-ink-2 mb-3">{say!(mesh.asking)}</p> }.into_any(),
            }}
            <Ways/>
        </section>
    }
}

/// What is not well, in a word or two; nothing when all is.
pub(super) fn marks(row: &HealthRow) -> Vec<(Tone, String)> {
    let drifted = (row.drifted > 0).then(|| (Tone::Warn, say!(mesh.drifted)));
    let worst = if row.blocked > 0 {
        Some((Tone::Bad, say!(mesh.to_mend_n, n = row.blocked)))
    } else if row.unknown > 0 {
        Some((Tone::Warn, say!(mesh.unknown_n, n = row.unknown)))
    } else if row.warned > 0 {
        Some((Tone::Warn, say!(mesh.warned_n, n = row.warned)))
    } else {
        None
    };
    drifted.into_iter().chain(worst).collect()
}

/// Looks again, or lets Jobs dial from within the clusters.
#[component]
pub(super) fn Ways() -> impl IntoView {
    let super::detail::Path { mesh, health, .. } = path();
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let look = Action::new(move |(): &()| api::meshes::look_again(name.get_value()));
    let ways = Action::new(move |(): &()| api::meshes::try_ways(name.get_value()));
    let busy = Signal::derive(move || {
        let asked = health.with(|health| health.as_ref().is_none_or(|one| one.asking.is_some()));
        asked || look.pending().get() || ways.pending().get()
    });
    let failed = move || {
        let failed = ways.value().get().and_then(Result::err);
        failed.or_else(|| look.value().get().and_then(Result::err))
    };
    let says = move || {
        if ways.pending().get() {
            return say!(mesh.trying_ways);
        }
        let stage = health.with(|health| health.as_ref().and_then(|one| one.asking));
        stage.map_or_else(|| say!(mesh.try_ways_says), stage_progress)
    };
    view! {
        <div class="flex flex-wrap items-center gap-3">
            <Button
                disabled=busy
                press=move || {
                    look.dispatch(());
                }
            >
                {say!(mesh.look_again)}
            </Button>
            <Button
                disabled=busy
                press=move || {
                    ways.dispatch(());
                }
            >
                {say!(mesh.try_ways)}
            </Button>
            <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]" role="status">{says}</span>
        </div>
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
    }
}
