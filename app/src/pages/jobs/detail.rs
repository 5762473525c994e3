//! The page of one job, while it runs and after: the blocking resource first.

use super::{
    backup::Backup,
    hook_logs::StoredLogs,
    list::{badge, glyph, title},
    outcome::Outcome,
    progress::{Progress, window_title},
    resume::{Resume, Undo},
    timeline::Timeline,
};
use crate::{
    AppError, api,
    live::stream,
    named::named,
    page_cluster::set_page_cluster,
    parts::{Button, Dialog, Glyph, Head, Icon, Loaded, Notice, Pill, ProblemNotice, Tone},
    urls,
    words::{age, duration, job_note, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::{
    JobId,
    job::{Awaited, Blocking, EventView, JobState, JobView},
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
    let subject = heading.clone();
    let tab =
        Signal::derive(move || job.with(|job| window_title(job, &badge(&job.state).1, &subject)));
    let resuming = RwSignal::new(false);
    let resume = Callback::new(move |()| resuming.set(true));
    let undoing = RwSignal::new(false);
    let undo = Callback::new(move |()| undoing.set(true));
    let outcome = move || {
        state.track();
        view! { <Outcome job=job.get_untracked() resume=resume undo=undo/> }
    };
    view! {
        <Head title=heading window_title=tab parents=vec![(t!(job.title), urls::JOBS.to_owned())]>
            <State job=job/>
            <StopButton id=id state=state/>
        </Head>
        <Progress job=job/>
        {outcome}
        <Dialog open=resuming title=t!(job.resume_title)>
            <Resume id=id.get_value()/>
        </Dialog>
        <Dialog open=undoing title=t!(job.undo_title)>
            <Undo id=id.get_value()/>
        </Dialog>
        {move || blocking.get().map(|blocking| view! { <BlockedBy blocking=blocking state=state/> })}
        <Notes job=job/>
        {move || backup.get().map(|bytes| view! { <Backup job=id.get_value() bytes=bytes/> })}
        <StoredLogs id=id job=job/>
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

/// Remarks that do not change the result.
#[component]
fn Notes(job: Memo<JobView>) -> impl IntoView {
    let notes = Memo::new(move |_| job.with(|job| job.notes.clone()));
    let note = |note| {
        view! { <div class="mb-4"><Notice tone=Tone::Plain>{job_note(&note)}</Notice></div> }
    };
    move || notes.get().into_iter().map(note).collect_view()
}

/// The state and the duration, in the head.
#[component]
fn State(job: Memo<JobView>) -> impl IntoView {
    let tone = Signal::derive(move || badge(&job.get().state).0);
    view! {
        <Pill tone=tone>
            <Icon glyph=Signal::derive(move || job.with(|job| glyph(&job.state))) class="size-3.5 shrink-0"/>
            {move || badge(&job.get().state).1} " · "
            <span class="tabular">{move || duration(job.get().elapsed_ms)}</span>
        </Pill>
    }
}

#[component]
fn StopButton(id: StoredValue<JobId>, state: Memo<JobState>) -> impl IntoView {
    let stop = Action::new(|id: &JobId| api::jobs::stop_job(id.clone()));
    let failed = move || stop.value().get().and_then(Result::err);
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
        {move || failed().map(|AppError(problem)| view! { <div class="w-full"><ProblemNotice problem=problem/></div> })}
    }
}

/// The wait of a job, as a sentence.
fn waiting(blocking: &Blocking, state: &JobState) -> String {
    let (waited, object) = (age(blocking.waited), blocking.object.to_string());
    if *state != JobState::Running {
        return t!(job.waited, waited = waited, object = object);
    }
    match blocking.awaited {
        Some(Awaited::Token) => t!(job.waiting_for_token, waited = waited, object = object),
        Some(Awaited::TokenAccepted) => {
            t!(job.waiting_for_acceptance, waited = waited, object = object)
        }
        Some(Awaited::TokenRevoked) => {
            t!(job.waiting_for_revocation, waited = waited, object = object)
        }
        Some(Awaited::Synced) => t!(job.waiting_for_sync, waited = waited, object = object),
        Some(Awaited::Injection) => t!(job.waiting_for_injection, waited = waited, object = object),
        Some(Awaited::LeaseEnd) => t!(job.waiting_for_lease, waited = waited, object = object),
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
fn BlockedBy(blocking: Blocking, state: Memo<JobState>) -> impl IntoView {
    let (waited_for, is_stalled) = (blocking.clone(), blocking.stalled);
    let title = move || waiting(&waited_for, &state.get());
    let stalled = move || is_stalled && state.get() == JobState::Running;
    view! {
        <section
            class="flex flex-wrap gap-3.5 mb-4 px-5 py-3.5 bg-surface border border-line border-l-4 border-l-warn rounded-[10px]"
            aria-label=t!(job.blocked_by)
        >
            <Icon glyph=Glyph::Warn class="size-[22px] shrink-0 mt-px text-warn"/>
            <div class="min-w-0 flex-1">
                <h2 class="text-[16px] font-semibold">{title}</h2>
                <p class="mt-1 text-[13px] text-ink-2 break-words">{blocking.reason.clone()}</p>
                {move || stalled().then(|| view! { <p class="mt-1.5 text-[13px] text-ink-3">{t!(job.stalled)}</p> })}
                <a class="inline-block mt-1.5 text-[13px] text-span font-medium hover:underline" href="#events">{t!(job.show_events)}</a>
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
        <section id="events" class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(job.events)>
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
