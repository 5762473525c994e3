//! The health of a mesh once its checks were accepted: what is not well, kept up by itself.

use super::{checks::Found, detail::path};
use crate::{
    AppError, api,
    parts::{Button, Pill, ProblemNotice, Tone},
    words::{asking, count, t},
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
            marks.push((Tone::Good, t!(mesh.all_checks_passed)));
        }
        let pill = |(tone, word)| view! { <Pill tone=tone>{word}</Pill> };
        Some(marks.into_iter().map(pill).collect_view())
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] mb-3 min-w-0 px-5 max-md:px-4 pb-4" aria-label=t!(mesh.health)>
            <div class="flex flex-wrap items-center gap-3 py-3">
                <h2 class="text-[14px] font-medium flex-1">{t!(mesh.health)}</h2>
                {pills}
            </div>
            {move || match health.get() {
                Some(health) => view! { <Found health=health/> }.into_any(),
                None => view! { <p class="text-[13px] text-ink-2 mb-3">{t!(mesh.querying_clusters)}</p> }.into_any(),
            }}
            <Ways/>
        </section>
    }
}

/// What is not well, in a word or two; nothing when all is.
pub(super) fn marks(row: &HealthRow) -> Vec<(Tone, String)> {
    let drifted = (row.drifted > 0).then(|| (Tone::Warn, t!(mesh.addresses_changed)));
    let worst = if row.blocked > 0 {
        Some((Tone::Bad, count!(mesh.fix_problems, n = row.blocked)))
    } else if row.unknown > 0 {
        Some((Tone::Warn, t!(mesh.unknown_count, n = row.unknown)))
    } else if row.warned > 0 {
        Some((Tone::Warn, count!(mesh.warnings, n = row.warned)))
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
    let look = Action::new(move |(): &()| api::meshes::recheck_mesh(name.get_value()));
    let ways = Action::new(move |(): &()| api::meshes::test_connectivity(name.get_value()));
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
            return t!(mesh.testing_connectivity);
        }
        let stage = health.with(|health| health.as_ref().and_then(|one| one.asking));
        stage.map_or_else(|| t!(mesh.test_connectivity_note), asking)
    };
    view! {
        <div class="flex flex-wrap items-center gap-3">
            <Button
                disabled=busy
                press=move || {
                    look.dispatch(());
                }
            >
                {t!(mesh.recheck)}
            </Button>
            <Button
                disabled=busy
                press=move || {
                    ways.dispatch(());
                }
            >
                {t!(mesh.test_connectivity)}
            </Button>
            <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]" role="status">{says}</span>
        </div>
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
    }
}
