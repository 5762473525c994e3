//! A release whose newest revision is pending without a job of this console: what is known, and the ways out.

use super::state::label;
use crate::{
    api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    parts::{Ago, Button, ButtonLink, Dialog, Notice, Tone},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    mark_failed::MarkFailedView,
    release::{Health, ReleaseRef, ReleaseState, ReleaseView, ResourceView},
};

/// Whether the newest revision is pending, and no job of this console runs on it.
fn is_interrupted(release: &ReleaseView) -> bool {
    let is_pending = matches!(
        release.row.state,
        ReleaseState::PendingInstall | ReleaseState::PendingUpgrade | ReleaseState::PendingRollback
    );
    is_pending && release.row.job.is_none()
}

/// The notice of a pending revision, with the dialog that ends its operation.
#[component]
pub(super) fn Interrupted(at: ReleaseRef, release: Signal<ReleaseView>) -> impl IntoView {
    let open = RwSignal::new(false);
    let found = Memo::new(move |_| {
        release.with(|release| {
            let row = &release.row;
            is_interrupted(release).then_some((row.revision, row.state, row.changed))
        })
    });
    let title = t!(interrupted.title, release = at.release.to_string());
    let at = StoredValue::new(at);
    let notice = move || {
        let (revision, state, since) = found.get()?;
        let text = t!(interrupted.notice, n = revision.0, state = label(state));
        Some(view! {
            <div class="mb-4" role="alert">
                <Notice tone=Tone::Warn>
                    <p>
                        {text}
                        {since.map(|at| view! { " (" <Ago at=at/> ")" })}
                    </p>
                    <div class="mt-2">
                        <Button press=move || open.set(true)>{t!(interrupted.examine)}</Button>
                    </div>
                </Notice>
            </div>
        })
    };
    view! {
        {notice}
        <Dialog open=open title=title>
            <Choices at=at.get_value()/>
        </Dialog>
    }
}

/// The content of the dialog.
#[component]
fn Choices(at: ReleaseRef) -> impl IntoView {
    let plan = Resource::new(move || at.clone(), api::releases::plan_mark_failed);
    view! { <LoadedPlan from=plan subject=t!(interrupted.subject) review=|plan: &MarkFailedView| Some(plan.review.clone()) view=|plan| view! { <Plan plan=plan/> }/> }
}

#[component]
fn Plan(plan: MarkFailedView) -> impl IntoView {
    let writer = plan.writer.clone();
    let by = writer.map(|writer| t!(interrupted.by, writer = writer));
    let resume = plan.job.as_ref().map(urls::job).map(|to| {
        view! {
            <Way text=t!(interrupted.resume_effect)>
                <ButtonLink to=to>{t!(interrupted.resume)}</ButtonLink>
            </Way>
        }
    });
    let back = plan.deployed.map(|revision| {
        let label = t!(revision.roll_back, n = revision.0);
        let to = urls::release_revision(&plan.at, revision);
        view! {
            <Way text=t!(interrupted.roll_back_effect, n = revision.0)>
                <ButtonLink to=to>{label}</ButtonLink>
            </Way>
        }
    });
    view! {
        <div class="flex flex-col gap-3 text-[13px]">
            <p>
                {t!(interrupted.state, n = plan.revision.0, state = label(plan.state))}
                {plan.since.map(|at| view! { " (" <Ago at=at/> ")" })}
                ". " {by} " " {t!(interrupted.make_sure)}
            </p>
            <Objects objects=plan.objects/>
            {resume}
            {back}
            <p class="pt-3 border-t border-line">{t!(interrupted.mark_effect)}</p>
        </div>
        <StartPlan review=Some(plan.review) label=t!(interrupted.mark)/>
    }
}

/// A way out that is on another page.
#[component]
fn Way(text: String, children: Children) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center gap-3 pt-3 border-t border-line">
            <p class="flex-1 min-w-[220px]">{text}</p>
            {children()}
        </div>
    }
}

/// The objects of the manifest: how many exist; unfolded, those that do not.
#[component]
fn Objects(objects: Vec<ResourceView>) -> impl IntoView {
    let all = objects.len();
    let is_missing = |resource: &&ResourceView| resource.health == Health::Missing;
    let missing: Vec<String> = objects
        .iter()
        .filter(is_missing)
        .map(|resource| resource.object.to_string())
        .collect();
    let title = t!(interrupted.objects, n = all - missing.len(), all = all);
    if missing.is_empty() {
        return view! { <p class="text-ink-2">{title}</p> }.into_any();
    }
    view! {
        <details>
            <summary class="cursor-pointer">
                <span class="font-medium">{title}</span>
                <span class="block text-ink-2">{count!(interrupted.missing, n = missing.len())}</span>
            </summary>
            <ul class="mt-2 max-h-[200px] overflow-auto font-mono text-[12px] text-ink-2">
                {missing.into_iter().map(|object| view! { <li>{object}</li> }).collect_view()}
            </ul>
        </details>
    }
    .into_any()
}
