//! The page of one job, while it runs and after: the blocking resource first.

use super::{
    backup::Backup,
    list::{badge, title},
    resume::Resume,
    timeline::Timeline,
};
use crate::{
    AppError, api,
    live::stream,
    named::named,
    page_cluster::set_page_cluster,
    parts::{
        Button, ButtonLink, Dialog, Glyph, Head, Icon, Kind, Loaded, Notice, Pill, ProblemNotice,
        Tone,
    },
    urls,
    words::{age, count, duration, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::{
    Code, JobId, Problem,
    job::{Awaited, Blocking, EventView, JobKind, JobState, JobView},
};

async fn load(id: String) -> Result<JobView, AppError> {
    api::jobs::job(AppError::parse_name("job", id)?).await
}

/// The page of one job.
#[component]
pub(crate) fn Job() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let job = named(move || id.get(), load);
    view! { <Loaded from=job subject=t!(job.subject) parents=vec![(t!(job.title), urls::JOBS.to_owned())] view=|job| view! { <Page first=job/> }/> }
}

#[component]
fn Page(first: JobView) -> impl IntoView {
    let live = stream();
    let id = first.id.clone();
    live.follow_job(id.clone());
    let cluster = first.subject.cluster().to_string();
    set_page_cluster(Signal::derive(move || Some(cluster.clone())));
    let heading = title(
        first.kind,
        first.subject.name(),
        first.subject.cluster().as_str(),
    );
    let job_id = id.clone();
    let job = Memo::new(move |_| {
        let newest = live.job.get().filter(|job| job.id == job_id);
        newest.unwrap_or_else(|| first.clone())
    });
    let state = Memo::new(move |_| job.get().state);
    let blocking = Memo::new(move |_| job.get().blocking);
    let phases = Signal::derive(move || job.get().phases);
    let backup = Memo::new(move |_| job.get().backup);
    let id = StoredValue::new(id);
    view! {
        <Head title=heading parents=vec![(t!(job.title), urls::JOBS.to_owned())]>
            <State job=job/>
            <Actions id=id state=state/>
        </Head>
        {move || result(&state.get(), &job.get_untracked())}
        {move || blocking.get().map(|blocking| view! { <BlockedBy blocking=blocking job=job/> })}
        {move || backup.get().map(|bytes| view! { <Backup job=id.get_value() bytes=bytes/> })}
        <div class="grid gap-4 lg:grid-cols-[minmax(0,1.5fr)_minmax(0,1fr)] items-start">
            <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(job.phases)>
                <Timeline phases=phases/>
            </section>
            <Events events=Signal::derive(move || job.get().events)/>
        </div>
        <p class="sr-only" aria-live="polite">
            {move || badge(&state.get()).1}
        </p>
    }
}

/// The state and the duration, in the head.
#[component]
fn State(job: Memo<JobView>) -> impl IntoView {
    let tone = Signal::derive(move || badge(&job.get().state).0);
    view! {
        <Pill tone=tone>
            {move || badge(&job.get().state).1} " · "
            <span class="tabular">{move || duration(job.get().elapsed_ms)}</span>
        </Pill>
    }
}

#[component]
fn Actions(id: StoredValue<JobId>, state: Memo<JobState>) -> impl IntoView {
    let stop = Action::new(|id: &JobId| api::jobs::stop_job(id.clone()));
    let resuming = RwSignal::new(false);
    let failed = move || stop.value().get().and_then(Result::err);
    let can_resume = move || {
        matches!(
            state.get(),
            JobState::Interrupted { .. } | JobState::Failed(_)
        )
    };
    view! {
        <Show when=move || state.get() == JobState::Running>
            <Button
                disabled=stop.pending()
                press=move || {
                    stop.dispatch(id.get_value());
                }
            >
                {t!(job.stop)}
            </Button>
        </Show>
        <Show when=can_resume>
            <Button
                kind=Kind::Go
                press=move || resuming.set(true)
            >
                {t!(job.resume)}
            </Button>
        </Show>
        <Dialog open=resuming title=t!(job.resume_title)>
            <Resume id=id.get_value()/>
        </Dialog>
        {move || failed().map(|AppError(problem)| view! { <div class="w-full"><ProblemNotice problem=problem/></div> })}
    }
}

/// The result of a job, and the next actions; none while it runs.
fn result(state: &JobState, job: &JobView) -> Option<AnyView> {
    let release = job.subject.release().map(urls::release);
    let (objects, kind) = (job.objects, job.kind);
    let to_mesh = job.mesh.clone().map(|mesh| {
        view! { <ButtonLink kind=Kind::Go to=urls::mesh(&mesh)>{t!(job.to_mesh, mesh = mesh.to_string())}</ButtonLink> }
    });
    let notice = match state {
        JobState::Running => return None,
        JobState::Succeeded if kind == JobKind::Install => view! {
            <Notice tone=Tone::Good>
                <p class="font-medium">{count!(job.installed, n = objects)}</p>
                <div class="flex flex-wrap gap-2 mt-2">
                    {to_mesh}
                    {release.map(|release| view! { <ButtonLink to=release>{t!(catalog.open_release)}</ButtonLink> })}
                    <ButtonLink to=urls::CATALOG>{t!(frame.catalog)}</ButtonLink>
                </div>
            </Notice>
        }
        .into_any(),
        JobState::Succeeded => view! {
            <Notice tone=Tone::Good>
                <p class="font-medium">{succeeded(kind)}</p>
                <div class="flex flex-wrap gap-2 mt-2">
                    {to_mesh}
                    {release.map(|_| view! { <ButtonLink to=urls::RELEASES>{t!(frame.releases)}</ButtonLink> })}
                </div>
            </Notice>
        }
        .into_any(),
        JobState::Failed(problem) => view! { <ProblemNotice problem=problem.clone()/> }.into_any(),
        JobState::Interrupted { step, steps } => {
            let problem = Problem::new(Code::Interrupted)
                .with("step", step)
                .with("steps", steps);
            view! {
                <ProblemNotice problem=problem/>
                <div class="flex flex-wrap gap-2 mt-2">
                    {to_mesh}
                    {release.map(|release| view! { <ButtonLink to=release>{t!(job.open_to_uninstall)}</ButtonLink> })}
                </div>
            }
            .into_any()
        }
    };
    Some(view! { <div class="mb-4">{notice}</div> }.into_any())
}

/// The result of a job that succeeded.
fn succeeded(kind: JobKind) -> String {
    match kind {
        JobKind::Upgrade => t!(job.upgraded),
        JobKind::Install | JobKind::Uninstall => t!(job.uninstalled),
        JobKind::Join => t!(job.joined),
        JobKind::Rotate => t!(job.rotated),
        JobKind::Leave => t!(job.left),
        JobKind::Cleanup => t!(job.cleaned_up),
    }
}

/// The wait of a job, as a sentence.
fn waiting(blocking: &Blocking) -> String {
    let (waited, object) = (age(blocking.waited), blocking.object.to_string());
    match blocking.awaited {
        Some(Awaited::Token) => t!(job.waiting_for_token, waited = waited, object = object),
        Some(Awaited::TokenAccepted) => {
            t!(job.waiting_for_acceptance, waited = waited, object = object)
        }
        Some(Awaited::TokenRevoked) => {
            t!(job.waiting_for_revocation, waited = waited, object = object)
        }
        Some(Awaited::Synced) => t!(job.waiting_for_sync, waited = waited, object = object),
        Some(Awaited::Deleted) => t!(job.waiting_for_deletion, waited = waited, object = object),
        None => t!(
            job.waiting,
            waited = waited,
            kind = blocking.object.kind.clone(),
            name = blocking.object.name.clone(),
            note = blocking.note.clone()
        ),
    }
}

/// The blocking resource: the sentence first, then the reason.
#[component]
fn BlockedBy(blocking: Blocking, job: Memo<JobView>) -> impl IntoView {
    let title = waiting(&blocking);
    let progress = move || {
        let job = job.get();
        match job.kind {
            JobKind::Uninstall | JobKind::Cleanup => {
                count!(job.resources_deleted, n = job.objects, done = job.completed)
            }
            _ => count!(job.resources_applied, n = job.objects, done = job.completed),
        }
    };
    view! {
        <section
            class="flex gap-3.5 mb-4 px-5 py-3.5 bg-surface border border-line border-l-4 border-l-warn rounded-[10px]"
            aria-label=t!(job.blocked_by)
        >
            <Icon glyph=Glyph::Warn class="size-[22px] shrink-0 mt-px text-warn"/>
            <div class="min-w-0">
                <h2 class="text-[16px] font-semibold">{title}</h2>
                <p class="mt-1 text-[13px] text-ink-2 break-words">{blocking.reason.clone()}</p>
                <p class="mt-1.5 text-[13px] text-ink-3">
                    {blocking.stalled.then(|| t!(job.stalled))} " " {progress}
                </p>
            </div>
        </section>
    }
}

#[component]
fn Events(events: Signal<Vec<EventView>>) -> impl IntoView {
    let row = |event: EventView| {
        let tone = if event.warning {
            Tone::Warn
        } else {
            Tone::Plain
        };
        let label = if event.warning {
            t!(job.warning)
        } else {
            t!(job.normal)
        };
        let count = if event.count > 1 {
            format!(" · ×{}", event.count)
        } else {
            String::new()
        };
        view! {
            <li class="grid gap-0.5 px-4 py-2.5 border-b border-line last:border-b-0 text-[13px]">
                <div class="flex items-center gap-2">
                    <Pill tone=tone>{label}</Pill>
                    <span class="font-medium">{event.reason}</span>
                    <span class="ml-auto text-[12px] text-ink-3 tabular">{age(event.age)} {count}</span>
                </div>
                <span class="font-mono text-[12px] break-words">{event.object}</span>
                <span class="text-ink-2 break-words">{event.message}</span>
            </li>
        }
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(job.events)>
            <h2 class="px-4 h-10 flex items-center text-[13px] font-medium border-b border-line">{t!(job.events)}</h2>
            <Show
                when=move || !events.get().is_empty()
                fallback=|| view! { <p class="px-4 py-5 text-[13px] text-ink-3">{t!(job.no_events)}</p> }
            >
                <ul class="max-h-[70vh] overflow-auto">{move || events.get().into_iter().map(row).collect_view()}</ul>
            </Show>
        </section>
    }
}
