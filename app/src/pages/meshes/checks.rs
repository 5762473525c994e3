//! The doctor's word before anything is done, as it comes in: what is not well first, the rest folded.

use super::{detail::path, health::Ways};
use crate::{
    AppError, api,
    parts::{Button, CheckRow, Kind, ProblemNotice},
    words::{say, stage_progress},
};
use leptos::prelude::*;
use wire::{
    check::{CheckView, CheckStatus},
    mesh::HealthView,
};

/// What the doctor says so far, and the way on when all is said.
#[component]
pub(super) fn Checks(due: bool) -> impl IntoView {
    let health = path().health;
    let counts = Memo::new(move |_| {
        let health = health.get().filter(HealthView::is_whole)?;
        let count = |verdict| health.doctor.count(verdict);
        Some((count(CheckStatus::Warning), count(CheckStatus::Failed)))
    });
    view! {
        {move || match health.get() {
            Some(health) => view! { <Found health=health/> }.into_any(),
            None => view! { <p class="text-[13px] text-ink-2 mb-3" role="status">{say!(mesh.asking)}</p> }.into_any(),
        }}
        <Ways/>
        {move || counts.get().filter(|_| due).map(|(warned, blocked)| view! { <GoOn warned=warned blocked=blocked/> })}
    }
}

/// What was found so far: what is not well first, the rest folded.
#[component]
pub(super) fn Found(health: HealthView) -> impl IntoView {
    let doctor = health.doctor;
    let said = match health.asking {
        Some(stage) if health.waiting > 0 => say!(
            mesh.to_come_n,
            ended = doctor.checks.len(),
            n = health.waiting,
            asking = stage_progress(stage)
        ),
        _ => say!(
            mesh.checked,
            passed = doctor.count(CheckStatus::Passed) + doctor.count(CheckStatus::Info),
            warned = doctor.count(CheckStatus::Warning),
            blocked = doctor.count(CheckStatus::Failed),
            skipped = doctor.count(CheckStatus::Skipped)
        ),
    };
    let (mut ill, fine): (Vec<CheckView>, Vec<CheckView>) = doctor
        .checks
        .into_iter()
        .partition(|check| matches!(check.status, CheckStatus::Warning | CheckStatus::Failed));
    ill.sort_by_key(|check| std::cmp::Reverse(check.status));
    let any = !(ill.is_empty() && fine.is_empty());
    let rows = |checks: Vec<CheckView>| {
        let row = |check| view! { <CheckRow check=check/> };
        checks.into_iter().map(row).collect_view()
    };
    let open = path().unfolded;
    view! {
        {health.problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        <p class="text-[13px] text-ink-2 mb-2" role="status">{said}</p>
        {any.then(|| view! {
            <div class="border border-line rounded-[10px] mb-3 min-w-0">
                {rows(ill)}
                // What a person unfolded stays so while checks come in.
                <details
                    class="text-[13px]"
                    prop:open=move || open.get()
                    on:toggle=move |event| open.set(unfolded(&event))
                >
                    <summary class="cursor-pointer px-5 py-2.5 text-ink-2">{say!(mesh.checks_fine, n = fine.len())}</summary>
                    <div class="border-t border-line">{rows(fine)}</div>
                </details>
            </div>
        })}
    }
}

fn unfolded(event: &web_sys::Event) -> bool {
    use wasm_bindgen::JsCast as _;
    let details = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    details.is_some_and(|details| details.has_attribute("open"))
}

#[component]
fn GoOn(warned: usize, blocked: usize) -> impl IntoView {
    let mesh = path().mesh;
    let accepted = RwSignal::new(warned == 0);
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let go = Action::new(move |(): &()| api::meshes::accept_mesh_checks(name.get_value()));
    Effect::new(move |_| {
        if let Some(Ok(view)) = go.value().get() {
            mesh.set(view);
        }
    });
    let failed = move || go.value().get().and_then(Result::err);
    view! {
        {(warned > 0).then(|| {
            view! {
                <label class="flex items-center gap-2.5 px-4 py-3 mt-4 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        prop:checked=accepted
                        on:change=move |event| accepted.set(event_target_checked(&event))
                    />
                    {say!(mesh.accept_n, n = warned)}
                </label>
            }
        })}
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
        <div class="flex items-center justify-end gap-3 mt-4">
            {(blocked > 0).then(|| view! { <span class="text-[13px] text-bad">{say!(mesh.to_mend_n, n = blocked)}</span> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || blocked > 0 || !accepted.get() || go.pending().get())
                press=move || {
                    go.dispatch(());
                }
            >
                {say!(mesh.go_on)}
            </Button>
        </div>
    }
}
