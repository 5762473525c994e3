//! The end of a job: what happened, why, and every action that the text names.

use crate::{
    pages::meshes::member::{MemberAction, MemberPlan},
    parts::{Button, ButtonLink, Dialog, Glyph, Icon, Kind, Notice, ProblemNotice, Tone},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    ClusterName, Code, MeshName, Problem, ReleaseName,
    job::{BundleRef, JobKind, JobState, JobView},
};

/// The end of a job, and the next actions; nothing while it runs.
#[component]
pub(super) fn Outcome(
    /// The job.
    job: JobView,
    /// Opens the plan that resumes it.
    resume: Callback<()>,
    /// Opens the plan that uninstalls what it installed.
    undo: Callback<()>,
) -> impl IntoView {
    let actions = Actions { resume, undo };
    let end = match &job.state {
        JobState::Running => return None,
        JobState::Succeeded => succeeded(&job, actions),
        JobState::Failed(_) if job.state.is_stopped() => stopped(&job, actions),
        JobState::Failed(problem) => unfinished(&job, problem.clone(), actions),
        JobState::Interrupted { step, steps } => {
            let problem = Problem::new(Code::Interrupted)
                .with("step", step)
                .with("steps", steps);
            unfinished(&job, problem, actions)
        }
    };
    Some(view! { <div class="mb-4">{end}</div> })
}

/// The page of the mesh of which the job was a step.
fn to_mesh(job: &JobView) -> Option<impl IntoView + use<>> {
    let mesh = job.mesh.clone()?;
    let label = t!(job.to_mesh, mesh = mesh.to_string());
    Some(view! { <ButtonLink to=urls::mesh(&mesh)>{label}</ButtonLink> })
}

/// The actions that open a plan.
#[derive(Clone, Copy)]
struct Actions {
    resume: Callback<()>,
    undo: Callback<()>,
}

fn succeeded(job: &JobView, actions: Actions) -> AnyView {
    let (kind, objects) = (job.kind, job.objects);
    let text = if matches!(kind, JobKind::Install | JobKind::InstallBundle) {
        count!(job.installed, n = objects)
    } else {
        succeeded_text(kind)
    };
    let release = job.subject.release().map(|at| match kind {
        JobKind::Uninstall => (urls::RELEASES.to_owned(), t!(frame.releases)),
        _ => (urls::release(at), t!(catalog.open_release)),
    });
    let mesh = to_mesh(job);
    let (releases, undo) = (releases_of(job), undo_button(job, actions));
    let way_back = way_back(job);
    view! {
        <Notice tone=Tone::Good>
            <p class="font-medium">{text}</p>
            <div class="flex flex-wrap gap-2 mt-2">
                {mesh}
                {release.map(|(to, label)| view! { <ButtonLink to=to>{label}</ButtonLink> })}
                {releases}
                {undo}
                {way_back}
                {(kind == JobKind::Install).then(|| view! { <ButtonLink to=urls::CATALOG>{t!(frame.catalog)}</ButtonLink> })}
            </div>
        </Notice>
    }
    .into_any()
}

/// Links to the releases that the job installed.
fn releases_of(job: &JobView) -> impl IntoView + use<> {
    let bundle = job
        .subject
        .bundle()
        .filter(|_| job.kind == JobKind::InstallBundle);
    let link = |bundle: &BundleRef, release: &ReleaseName| {
        let (to, name) = (urls::release(&bundle.release(release)), release.to_string());
        view! { <ButtonLink to=to>{name}</ButtonLink> }
    };
    let links = bundle.map(|bundle| {
        let releases = bundle.releases.iter();
        releases.map(|release| link(bundle, release)).collect_view()
    });
    links.into_any()
}

/// The button that opens the plan to uninstall what the job installed.
fn undo_button(job: &JobView, actions: Actions) -> Option<impl IntoView + use<>> {
    (job.kind == JobKind::InstallBundle)
        .then(|| view! { <Button press=move || actions.undo.run(())>{t!(job.undo)}</Button> })
}

/// The result of a job that succeeded.
fn succeeded_text(kind: JobKind) -> String {
    match kind {
        JobKind::Upgrade => t!(job.upgraded),
        JobKind::Rollback => t!(job.rolled_back),
        JobKind::Test => t!(job.tested),
        JobKind::MarkFailed => t!(job.marked_failed),
        JobKind::Install | JobKind::InstallBundle | JobKind::Uninstall => t!(job.uninstalled),
        JobKind::UninstallBundle => t!(job.bundle_uninstalled),
        JobKind::Join => t!(job.joined),
        JobKind::Rotate => t!(job.rotated),
        JobKind::RestoreToken => t!(job.token_restored),
        JobKind::Adopt => t!(job.adopted),
        JobKind::UndoAdoption => t!(job.adoption_undone),
        JobKind::Leave => t!(job.left),
        JobKind::Repair => t!(job.repaired),
        JobKind::Cleanup => t!(job.cleaned_up),
    }
}

/// A job that an operator stopped: nothing went wrong.
fn stopped(job: &JobView, actions: Actions) -> AnyView {
    view! {
        <section
            class="flex gap-3 px-4 py-3 rounded-[6px] text-[13px] bg-sunken border border-line"
            aria-label=t!(job.stopped)
        >
            <Icon glyph=Glyph::Stopped class="size-[18px] shrink-0 mt-px text-ink-2"/>
            <div class="min-w-0 flex-1">
                <p class="font-medium">{t!(problem.cancelled)}</p>
                <p class="mt-1 text-ink-2">{hint(job)}</p>
                <NextActions job=job.clone() actions=actions/>
            </div>
        </section>
    }
    .into_any()
}

/// A job that failed or was interrupted.
fn unfinished(job: &JobView, problem: Problem, actions: Actions) -> AnyView {
    view! {
        <ProblemNotice problem=problem/>
        <NextActions job=job.clone() actions=actions/>
    }
    .into_any()
}

/// The next action after a job that was stopped.
fn hint(job: &JobView) -> String {
    match job.subject.release() {
        Some(_) => t!(hint.interrupted),
        None => t!(job.stopped_hint),
    }
}

/// Whether a rotation ended before its old token was deleted: the token can be put back.
fn keeps_old_token(job: &JobView) -> bool {
    let is_kept = match &job.state {
        JobState::Failed(problem) => problem.code == Code::EndpointsMissing,
        _ => false,
    };
    job.kind == JobKind::Rotate && is_kept
}

/// The member on which a job has changed something, with the way back and its button.
fn way_back(job: &JobView) -> Option<impl IntoView + use<>> {
    let (action, label) = if job.kind == JobKind::Adopt {
        (MemberAction::UndoAdoption, t!(mesh.undo_adoption))
    } else {
        keeps_old_token(job).then(|| (MemberAction::RestoreToken, t!(mesh.restore_token)))?
    };
    let (mesh, remote) = (job.mesh.clone()?, job.subject.cluster().clone());
    let title = match action {
        MemberAction::UndoAdoption => t!(mesh.undo_adoption_title, cluster = remote.to_string()),
        _ => t!(mesh.restore_token_title, cluster = remote.to_string()),
    };
    Some(view! { <WayBack mesh=mesh remote=remote action=action title=title label=label/> })
}

/// The way back from a job on a member: its button, and its plan.
#[component]
fn WayBack(
    mesh: MeshName,
    remote: ClusterName,
    action: MemberAction,
    title: String,
    label: String,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let member = StoredValue::new((mesh, remote));
    let label = StoredValue::new(label);
    view! {
        <Button press=move || open.set(true)>{label.get_value()}</Button>
        <Dialog open=open title=title>
            <MemberPlan member=member action=action label=label.get_value()/>
        </Dialog>
    }
}

/// Resume, undo, the release that can be uninstalled, the way back, the mesh, the cluster.
#[component]
fn NextActions(job: JobView, actions: Actions) -> impl IntoView {
    let release = job.subject.release().map(urls::release);
    let cluster = job.subject.cluster().to_string();
    let to_cluster = urls::cluster(&cluster);
    view! {
        <div class="flex flex-wrap gap-2 mt-3">
            <Button kind=Kind::Go press=move || actions.resume.run(())>{t!(job.resume)}</Button>
            {undo_button(&job, actions)}
            {release.map(|release| view! { <ButtonLink to=release>{t!(job.open_to_uninstall)}</ButtonLink> })}
            {way_back(&job)}
            {to_mesh(&job)}
            <ButtonLink to=to_cluster>{t!(job.open_cluster, cluster = cluster)}</ButtonLink>
        </div>
    }
}
