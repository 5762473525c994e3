//! The checks of the doctor as they end, and their acceptance, with which a setup begins.

mod results;
mod tab;

pub(super) use results::{CheckTabs, Results};
pub(super) use tab::CheckTab;

use super::{context::mesh_context, health::CheckActions};
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    words::{check_totals, count, stage_progress, t},
};
use leptos::prelude::*;
use wire::{check::CheckStatus, mesh::HealthView};

/// The checks, and the button that accepts them once all have ended.
#[component]
pub(super) fn Checks(due: bool) -> impl IntoView {
    let health = mesh_context().health;
    let counts = Memo::new(move |_| {
        let health = health.get().filter(HealthView::is_whole)?;
        let count = |status| health.doctor.count(status);
        Some((count(CheckStatus::Warning), count(CheckStatus::Failed)))
    });
    let totals = move || {
        health.with(|health| match health {
            Some(health) => summary(health),
            None => t!(mesh.querying_clusters),
        })
    };
    view! {
        <div class="bg-surface border border-line rounded-[10px] min-w-0">
            <div class="flex flex-wrap items-center gap-3 px-4 py-2.5">
                <h4 class="flex-1 text-[14px] font-semibold">{t!(mesh.health)}</h4>
                <CheckTabs/>
            </div>
            <Results/>
            <div class="px-4 py-3 border-t border-line"><CheckActions/></div>
        </div>
        <div class="px-4 py-3 bg-surface border border-line rounded-[10px] min-w-0">
            <p class="text-[13px] text-ink-2" role="status">{totals}</p>
            {move || counts.get().filter(|_| due).map(|(warnings, failed)| view! { <Accept warnings=warnings failed=failed/> })}
        </div>
    }
}

/// The totals of the checks, or the progress while they run.
fn summary(health: &HealthView) -> String {
    let doctor = &health.doctor;
    match health.asking {
        Some(stage) if health.waiting > 0 => t!(
            mesh.checks_running,
            finished = doctor.checks.len(),
            n = health.waiting,
            stage = stage_progress(stage)
        ),
        _ => check_totals(
            doctor.count(CheckStatus::Passed) + doctor.count(CheckStatus::Info),
            doctor.count(CheckStatus::Warning),
            doctor.count(CheckStatus::Failed),
            Some(doctor.count(CheckStatus::Skipped)),
        ),
    }
}

/// The checkbox that accepts the warnings, and the button that continues.
#[component]
fn Accept(warnings: usize, failed: usize) -> impl IntoView {
    let mesh = mesh_context().mesh;
    let accepted = RwSignal::new(warnings == 0);
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let accept = Action::new(move |(): &()| api::meshes::accept_mesh_checks(name.get_value()));
    Effect::new(move |_| {
        if let Some(Ok(view)) = accept.value().get() {
            mesh.set(view);
        }
    });
    let problem = move || accept.value().get().and_then(Result::err);
    let blocked = move || failed > 0 || !accepted.get() || accept.pending().get();
    view! {
        {(warnings > 0).then(|| {
            view! {
                <label class="flex items-center gap-2.5 px-4 py-3 mt-3 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        prop:checked=accepted
                        on:change=move |event| accepted.set(event_target_checked(&event))
                    />
                    {count!(mesh.accept_warnings, n = warnings)}
                </label>
            }
        })}
        {move || problem().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
        <div class="flex items-center justify-end gap-3 mt-3">
            {(failed > 0).then(|| view! { <span class="text-[13px] text-bad">{count!(mesh.fix_problems, n = failed)}</span> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(blocked)
                press=move || {
                    accept.dispatch(());
                }
            >
                {t!(mesh.proceed)}
            </Button>
        </div>
    }
}
