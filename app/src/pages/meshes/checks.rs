//! The checks of the doctor as they end: failures and warnings first, the other checks folded.

use super::{context::mesh_context, health::CheckActions, remedy::RemedyButtons};
use crate::{
    AppError, api,
    parts::{Button, CheckRow, Fold, Kind, ProblemNotice},
    words::{check_totals, count, stage_progress, t},
};
use leptos::prelude::*;
use wire::{
    check::{CheckStatus, CheckView},
    mesh::HealthView,
};

/// The checks, and the button that accepts them once all have ended.
#[component]
pub(super) fn Checks(due: bool) -> impl IntoView {
    let health = mesh_context().health;
    let counts = Memo::new(move |_| {
        let health = health.get().filter(HealthView::is_whole)?;
        let count = |status| health.doctor.count(status);
        Some((count(CheckStatus::Warning), count(CheckStatus::Failed)))
    });
    view! {
        {move || match health.get() {
            Some(health) => view! { <Results health=health/> }.into_any(),
            None => view! { <p class="text-[13px] text-ink-2 mb-3" role="status">{t!(mesh.querying_clusters)}</p> }.into_any(),
        }}
        <CheckActions/>
        {move || counts.get().filter(|_| due).map(|(warnings, failed)| view! { <Accept warnings=warnings failed=failed/> })}
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

/// The results so far: failures and warnings first, the other checks folded.
#[component]
pub(super) fn Results(health: HealthView) -> impl IntoView {
    let summary = summary(&health);
    let (mut findings, others): (Vec<CheckView>, Vec<CheckView>) = health
        .doctor
        .checks
        .into_iter()
        .partition(|check| matches!(check.status, CheckStatus::Warning | CheckStatus::Failed));
    findings.sort_by_key(|check| std::cmp::Reverse(check.status));
    let any = !(findings.is_empty() && others.is_empty());
    let rows = |checks: Vec<CheckView>| {
        let row = |check: CheckView| {
            let buttons = view! { <RemedyButtons check=check.clone()/> };
            view! { <CheckRow check=check>{buttons}</CheckRow> }
        };
        checks.into_iter().map(row).collect_view()
    };
    view! {
        {health.problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        <p class="text-[13px] text-ink-2 mb-2" role="status">{summary}</p>
        {any.then(|| view! {
            <div class="border border-line rounded-[10px] mb-3 min-w-0">
                {rows(findings)}
                // The list stays unfolded while more checks end.
                <Fold
                    key="passed-checks"
                    class="text-[13px]"
                    summary_class="cursor-pointer px-5 py-2.5 text-ink-2"
                    summary=count!(mesh.other_checks, n = others.len()).into_any()
                >
                    <div class="border-t border-line">{rows(others)}</div>
                </Fold>
            </div>
        })}
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
                <label class="flex items-center gap-2.5 px-4 py-3 mt-4 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
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
        <div class="flex items-center justify-end gap-3 mt-4">
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
