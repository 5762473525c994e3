//! The results of the checks in tabs: problems, passed, skipped. The URL names the tab.

use super::tab::{self, CheckTab};
use crate::{
    clock::clock,
    pages::meshes::{
        context::{MeshContext, mesh_context},
        remedy::RemedyButtons,
    },
    parts::{CheckRow, Glyph, Icon, ProblemNotice, Rows, Segmented},
    words::{stage_progress, t},
};
use leptos::prelude::*;
use wire::{Time, check::CheckView, mesh::HealthView};

/// The checks so far; empty before the first one has ended.
fn checks() -> Memo<Vec<CheckView>> {
    let health = mesh_context().health;
    Memo::new(move |_| {
        health.with(|health| {
            let health = health.as_ref();
            health.map_or_else(Vec::new, |health| health.doctor.checks.clone())
        })
    })
}

/// The control that selects the tab.
#[component]
pub(in crate::pages::meshes) fn CheckTabs() -> impl IntoView {
    let queried = mesh_context().queried;
    let checks = checks();
    let labels = Signal::derive(move || {
        let label = |tab: CheckTab| tab.label(checks.with(|all| tab::of_tab(tab, all).len()));
        CheckTab::ALL.map(label).to_vec()
    });
    let index = move |of: CheckTab| CheckTab::ALL.iter().position(|tab| *tab == of);
    let chosen = RwSignal::new(index(queried.now.get_untracked().checks).unwrap_or_default());
    // The URL may change by the buttons of the browser.
    let of_url = Memo::new(move |_| queried.now.with(|query| query.checks));
    Effect::new(move |_| chosen.set(index(of_url.get()).unwrap_or_default()));
    Effect::new(move |before: Option<usize>| {
        let now = chosen.get();
        let tab = CheckTab::ALL.get(now).copied().unwrap_or_default();
        if before.is_some_and(|before| before != now) && of_url.get_untracked() != tab {
            queried.change(|query| query.checks = tab);
        }
        now
    });
    view! { <Segmented label=t!(check_tabs.label) choices=labels chosen=chosen/> }
}

/// The checks of the selected tab, and below the problems the number of passed checks.
#[component]
pub(in crate::pages::meshes) fn Results() -> impl IntoView {
    let MeshContext {
        health, queried, ..
    } = mesh_context();
    let checks = checks();
    let tab = Memo::new(move |_| queried.now.with(|query| query.checks));
    let rows = Memo::new(move |_| checks.with(|checks| tab::of_tab(tab.get(), checks)));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let any = Memo::new(move |_| checks.with(|checks| !checks.is_empty()));
    let problem = Memo::new(move |_| {
        health.with(|health| health.as_ref().and_then(|health| health.problem.clone()))
    });
    let row = |row: Signal<CheckView>| {
        move || {
            let check = row.get();
            let buttons = view! { <RemedyButtons check=check.clone()/> };
            view! { <CheckRow check=check>{buttons}</CheckRow> }
        }
    };
    view! {
        {move || problem.get().map(|problem| view! { <div class="px-4 py-3"><ProblemNotice problem=problem/></div> })}
        <Show when=move || any.get()>
            <Show when=move || is_empty.get()>
                <p class="px-5 py-3 border-t border-line text-[13px] text-ink-2">{move || tab.get().none()}</p>
            </Show>
            <div class="border-t border-line empty:hidden">
                <Rows rows=rows.into() key=|check: &CheckView| check.code view=row/>
            </div>
            <Show when=move || tab.get() == CheckTab::Problems><PassedLine checks=checks/></Show>
        </Show>
    }
}

/// The number of passed checks, and when the last run ended.
#[component]
fn PassedLine(checks: Memo<Vec<CheckView>>) -> impl IntoView {
    let passed = Memo::new(move |_| checks.with(|checks| tab::passed(checks)));
    move || {
        passed.get().map(|passed| {
            view! {
                <p class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2.5 border-t border-line text-[13px] text-ink-2">
                    <Icon glyph=Glyph::Good class="size-4 shrink-0 text-good"/>
                    <span class="flex-1 min-w-[180px]">{passed}</span>
                    <LastRun/>
                </p>
            }
        })
    }
}

/// When the last complete run ended, or what the running one reads.
#[component]
fn LastRun() -> impl IntoView {
    let (health, clock) = (mesh_context().health, clock());
    let of = move |health: &HealthView| match health.asking {
        Some(stage) if health.waiting > 0 => t!(
            check_tabs.running,
            n = health.waiting,
            stage = stage_progress(stage)
        ),
        _ if health.is_whole() => {
            t!(check_tabs.last_run, ago = clock.ago(Time(health.doctor.at)))
        }
        _ => String::new(),
    };
    view! { <span class="text-[12px] text-ink-3 tabular">{move || health.with(|health| health.as_ref().map(of))}</span> }
}
