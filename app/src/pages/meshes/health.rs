//! The health of a mesh after its checks are accepted; the event stream updates it.

use super::{
    checks::{CheckTabs, Results},
    context::{MeshContext, mesh_context},
};
use crate::{
    AppError, api,
    parts::{Button, Pill, ProblemNotice, Tone},
    words::{count, stage_progress, t},
};
use leptos::prelude::*;
use wire::mesh::HealthRow;

/// The checks: their results in tabs, and the buttons that check again.
#[component]
pub(super) fn Health() -> impl IntoView {
    let health = mesh_context().health;
    let is_known = Memo::new(move |_| health.with(Option::is_some));
    view! {
        <section class="bg-surface border border-line rounded-[10px] mb-3 min-w-0" aria-label=t!(mesh.health)>
            <div class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2.5">
                <h2 class="text-[14px] font-semibold flex-1">{t!(mesh.health)}</h2>
                <CheckTabs/>
            </div>
            <Show when=move || !is_known.get()>
                <p class="px-5 py-3 border-t border-line text-[13px] text-ink-2">{t!(mesh.querying_clusters)}</p>
            </Show>
            <Results/>
            <div class="px-5 max-md:px-4 py-3 border-t border-line"><CheckActions/></div>
        </section>
    }
}

/// The marks of the latest checks.
#[component]
pub(super) fn HealthMarks() -> impl IntoView {
    let health = mesh_context().health;
    move || {
        // A problem of the query is shown with the checks.
        let health = health.get().filter(|health| health.problem.is_none())?;
        let mut marks = marks(&health.row()?);
        if marks.is_empty() {
            marks.push((Tone::Good, t!(mesh.all_checks_passed)));
        }
        let pill = |(tone, label)| view! { <Pill tone=tone>{label}</Pill> };
        Some(marks.into_iter().map(pill).collect_view())
    }
}

/// The tone of the number of complete steps: all steps are no success while a check fails.
pub(super) fn progress_tone(is_complete: bool, has_failed: bool) -> Tone {
    match (is_complete, has_failed) {
        (true, true) => Tone::Plain,
        (true, false) => Tone::Good,
        (false, _) => Tone::Busy,
    }
}

/// The marks of a mesh with findings; none for a healthy mesh.
pub(super) fn marks(row: &HealthRow) -> Vec<(Tone, String)> {
    let drifted = (row.drifted > 0).then(|| (Tone::Warn, t!(mesh.addresses_changed)));
    let worst = if row.blocked > 0 {
        Some((Tone::Bad, t!(check_totals.failed, n = row.blocked)))
    } else if row.unknown > 0 {
        Some((Tone::Warn, t!(mesh.unknown_count, n = row.unknown)))
    } else if row.warned > 0 {
        Some((Tone::Warn, count!(check_totals.warnings, n = row.warned)))
    } else {
        None
    };
    drifted.into_iter().chain(worst).collect()
}

/// The buttons that run the checks again and test the connectivity with Jobs in the clusters.
#[component]
pub(super) fn CheckActions() -> impl IntoView {
    let MeshContext { mesh, health, .. } = mesh_context();
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let recheck = Action::new(move |(): &()| api::meshes::recheck_mesh(name.get_value()));
    let connectivity = Action::new(move |(): &()| api::meshes::test_connectivity(name.get_value()));
    let busy = Signal::derive(move || {
        let running =
            health.with(|health| health.as_ref().is_none_or(|health| health.asking.is_some()));
        running || recheck.pending().get() || connectivity.pending().get()
    });
    let failed = move || {
        let failed = connectivity.value().get().and_then(Result::err);
        failed.or_else(|| recheck.value().get().and_then(Result::err))
    };
    let status = move || {
        if connectivity.pending().get() {
            return t!(mesh.testing_connectivity);
        }
        let stage = health.with(|health| health.as_ref().and_then(|health| health.asking));
        stage.map_or_else(|| t!(mesh.test_connectivity_note), stage_progress)
    };
    view! {
        <div class="flex flex-wrap items-center gap-3">
            <Button
                disabled=busy
                press=move || {
                    recheck.dispatch(());
                }
            >
                {t!(mesh.recheck)}
            </Button>
            <Button
                disabled=busy
                press=move || {
                    connectivity.dispatch(());
                }
            >
                {t!(mesh.test_connectivity)}
            </Button>
            <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]" role="status">{status}</span>
        </div>
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
    }
}
