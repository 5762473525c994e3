//! The running job of a step.

use crate::{
    AppError, api,
    live::stream,
    pages::{jobs::timeline::Timeline, meshes::context::mesh_context},
    parts::ButtonLink,
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    JobId,
    job::{JobState, JobView},
};

/// The running job of the step; when it ends, the mesh is loaded again.
#[component]
pub(super) fn RunningJob(job: JobId) -> impl IntoView {
    let live = stream();
    let reload = mesh_context().reload;
    live.follow_job(job.clone());
    let first = {
        let id = job.clone();
        LocalResource::new(move || api::jobs::job(id.clone()))
    };
    let job_id = job.clone();
    let view = Memo::new(move |_| {
        let newest = live.job.get().filter(|job| job.id == job_id);
        newest.or_else(|| {
            first
                .get()
                .and_then(|found: Result<JobView, AppError>| found.ok())
        })
    });
    let state = Memo::new(move |_| view.get().map(|job| job.state));
    Effect::new(move |_| {
        if state.get().is_some_and(|state| state != JobState::Running) {
            reload.run(());
        }
    });
    let phases = Signal::derive(move || view.get().map(|job| job.phases).unwrap_or_default());
    let blocking = move || view.get().and_then(|job| job.blocking);
    view! {
        <div class="bg-surface border border-line rounded-[10px] min-w-0">
            <Timeline phases=phases/>
        </div>
        {move || blocking().map(|blocking| view! {
            <p class="text-[13px] text-ink-2 break-words">{blocking.object.to_string()} ": " {blocking.note} " " {blocking.reason}</p>
        })}
        <div><ButtonLink to=urls::job(&job)>{t!(mesh.open_job)}</ButtonLink></div>
    }
}
