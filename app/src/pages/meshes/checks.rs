//! The doctor's word before anything is done: what is not well first, the rest folded.

use super::detail::path;
use crate::{
    AppError, api,
    parts::{Button, CheckRow, Kind, ProblemNotice},
    words::say,
};
use leptos::prelude::*;
use wire::check::{CheckView, DoctorView, Verdict};

/// What the doctor says, and the way to know more: Jobs that dial from within.
#[component]
pub(super) fn Checks(doctor: DoctorView, due: bool) -> impl IntoView {
    let shown = RwSignal::new(doctor);
    let name = StoredValue::new(path().mesh.get_untracked().row.name);
    let ways = Action::new(move |(): &()| api::meshes::try_ways(name.get_value()));
    Effect::new(move |_| {
        if let Some(Ok(doctor)) = ways.value().get() {
            shown.set(doctor);
        }
    });
    let failed = move || ways.value().get().and_then(Result::err);
    view! {
        {move || view! { <Found doctor=shown.get()/> }}
        <div class="flex flex-wrap items-center gap-3 mb-3">
            <Button
                disabled=ways.pending()
                press=move || {
                    ways.dispatch(());
                }
            >
                {say!(mesh.try_ways)}
            </Button>
            <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]" role="status">
                {move || if ways.pending().get() { say!(mesh.trying_ways) } else { say!(mesh.try_ways_says) }}
            </span>
        </div>
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
        {move || {
            let doctor = shown.get();
            let (warned, blocked) = (doctor.count(Verdict::Warning), doctor.count(Verdict::Blocked));
            due.then(|| view! { <GoOn warned=warned blocked=blocked/> })
        }}
    }
}

/// What was found: what is not well first, the rest folded.
#[component]
fn Found(doctor: DoctorView) -> impl IntoView {
    let counts = say!(
        mesh.checked,
        passed = doctor.count(Verdict::Passed) + doctor.count(Verdict::Noted),
        warned = doctor.count(Verdict::Warning),
        blocked = doctor.count(Verdict::Blocked),
        skipped = doctor.count(Verdict::Skipped)
    );
    let (mut ill, fine): (Vec<CheckView>, Vec<CheckView>) = doctor
        .checks
        .into_iter()
        .partition(|check| matches!(check.verdict, Verdict::Warning | Verdict::Blocked));
    ill.sort_by_key(|check| std::cmp::Reverse(check.verdict));
    let rows = |checks: Vec<CheckView>| {
        let row = |check| view! { <CheckRow check=check/> };
        checks.into_iter().map(row).collect_view()
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-2" role="status">{counts}</p>
        <div class="border border-line rounded-[10px] mb-3 min-w-0">
            {rows(ill)}
            <details class="text-[13px]">
                <summary class="cursor-pointer px-5 py-2.5 text-ink-2">{say!(mesh.checks_fine, n = fine.len())}</summary>
                <div class="border-t border-line">{rows(fine)}</div>
            </details>
        </div>
    }
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
                <label class="flex items-center gap-2.5 px-4 py-3 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
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
