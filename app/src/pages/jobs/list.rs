//! The list of jobs, newest first.

use crate::{
    api,
    clock::clock,
    current::keep_current,
    list_query::ListQuery,
    parts::{
        Ago, Button, ButtonLink, Cell, ClusterChip, Column, Empty, Glyph, Head, Icon, Kind, Link,
        ListBar, Live, NameCell, NoMatch, Pager, Pill, Rows, Table, Tone, Updated, tw,
    },
    urls,
    words::{duration, t},
};
use leptos::prelude::*;
use wire::{
    job::{JobKind, JobListView, JobRow, JobSort, JobState, JobStateName},
    live::Topic,
};

type Query = ListQuery<JobSort, JobStateName>;

/// The list of jobs, newest first.
#[component]
pub(crate) fn Jobs() -> impl IntoView {
    let query = Query::of(urls::JOBS);
    let jobs = Resource::new(move || query.request.get(), api::jobs::jobs);
    let read_at = keep_current(jobs, &[Topic::Jobs]);
    view! {
        <Head title=t!(job.title)>
            <Updated at=read_at/>
            <Button press=move || jobs.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Live
            from=jobs
            subject=t!(job.title)
            view=move |found| view! { <List list=found query=query/> }
        />
    }
}

/// The table with its filter and windows.
#[component]
fn List(list: Signal<JobListView>, query: Query) -> impl IntoView {
    let counts = Memo::new(move |_| list.with(|list| (list.all, list.total)));
    let columns = vec![
        Column::new(t!(job.name), JobSort::Name, tw("w-[38%]")),
        Column::new(t!(job.cluster), JobSort::Cluster, tw("w-[24%]")),
        Column::new(t!(job.started), JobSort::Started, tw("w-[12%]")),
        Column::new(t!(job.duration), JobSort::Duration, tw("w-[12%]")),
        Column::new(t!(job.state), JobSort::State, tw("w-[14%]")),
    ];
    view! {
        <ListBar search=t!(job.search) query=query list=list state_label=state_label/>
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <Table
                label=t!(job.title)
                columns=columns
                query=query
                list=list
                key=|job: &JobRow| job.id.clone()
                cells=|row| view! { <Cells row=row/> }
            />
            {move || match counts.get() {
                (0, _) => Some(view! { <NoJobs/> }.into_any()),
                (_, 0) => Some(view! { <NoMatch query=query/> }.into_any()),
                _ => None,
            }}
        </section>
        <Pager query=query list=list/>
    }
}

fn state_label(state: JobStateName) -> String {
    match state {
        JobStateName::Running => t!(job.running),
        JobStateName::Interrupted => t!(job.interrupted),
        JobStateName::Failed => t!(job.failed),
        JobStateName::Stopped => t!(job.stopped),
        JobStateName::Succeeded => t!(job.succeeded),
    }
}

/// The colour and label of the state of a job.
pub(crate) fn badge(state: &JobState) -> (Tone, String) {
    match state {
        JobState::Running => (Tone::Busy, t!(job.running)),
        JobState::Succeeded => (Tone::Good, t!(job.succeeded)),
        JobState::Failed(_) if state.is_stopped() => (Tone::Plain, t!(job.stopped)),
        JobState::Failed(_) => (Tone::Bad, t!(job.failed)),
        JobState::Interrupted { .. } => (Tone::Warn, t!(job.interrupted)),
    }
}

/// The shape of the state of a job.
pub(crate) fn glyph(state: &JobState) -> Glyph {
    match state {
        JobState::Running => Glyph::Busy,
        JobState::Succeeded => Glyph::Good,
        JobState::Failed(_) if state.is_stopped() => Glyph::Stopped,
        JobState::Failed(_) => Glyph::Bad,
        JobState::Interrupted { .. } => Glyph::Warn,
    }
}

/// The title of a job.
pub(crate) fn title(kind: JobKind, release: &str, cluster: &str) -> String {
    match kind {
        JobKind::Install | JobKind::InstallBundle => {
            t!(job.install_title, release = release, cluster = cluster)
        }
        JobKind::Upgrade => t!(job.upgrade_title, release = release, cluster = cluster),
        JobKind::Rollback => t!(job.rollback_title, release = release, cluster = cluster),
        JobKind::Test => t!(job.test_title, release = release, cluster = cluster),
        JobKind::MarkFailed => t!(job.mark_failed_title, release = release, cluster = cluster),
        JobKind::Uninstall | JobKind::UninstallBundle => {
            t!(job.uninstall_title, release = release, cluster = cluster)
        }
        JobKind::Join => t!(job.join_title, primary = release, cluster = cluster),
        JobKind::Rotate => t!(job.rotate_title, primary = release, cluster = cluster),
        JobKind::RestoreToken => t!(
            job.restore_token_title,
            primary = release,
            cluster = cluster
        ),
        JobKind::Adopt => t!(job.adopt_title, primary = release, cluster = cluster),
        JobKind::UndoAdoption => t!(
            job.undo_adoption_title,
            primary = release,
            cluster = cluster
        ),
        JobKind::Leave => t!(job.leave_title, primary = release, cluster = cluster),
        JobKind::Repair => t!(job.repair_title, cluster = cluster),
        JobKind::Cleanup => t!(job.cleanup_title, cluster = cluster),
    }
}

#[component]
fn NoJobs() -> impl IntoView {
    view! {
        <div class="py-3">
            <Empty reason=t!(job.none)>
                <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
            </Empty>
        </div>
    }
}

/// The newest jobs without a filter.
#[component]
pub(crate) fn JobRows(list: Signal<JobListView>) -> impl IntoView {
    let is_empty = Memo::new(move |_| list.with(|list| list.rows.is_empty()));
    let jobs = Memo::new(move |_| list.with(|list| list.rows.clone()));
    view! {
        {move || is_empty.get().then(|| view! { <NoJobs/> })}
        <Rows rows=jobs.into() key=|job: &JobRow| job.id.clone() view=|row| view! { <Line row=row/> }/>
    }
}

/// The duration of a job; that of a running job ticks between two reads.
fn elapsed(row: Signal<JobRow>) -> impl Fn() -> String + Clone {
    let clock = clock();
    move || {
        let (state, elapsed, started) =
            row.with(|row| (row.state.name(), row.elapsed_ms, row.started));
        match state {
            JobStateName::Running => {
                let seconds = started.seconds_until(clock.now());
                duration(elapsed.max(seconds.saturating_mul(1000)))
            }
            _ => duration(elapsed),
        }
    }
}

/// The state of a job as a word.
#[component]
fn StateMark(row: Signal<JobRow>) -> impl IntoView {
    let mark = Memo::new(move |_| row.with(|row| badge(&row.state)));
    let tone = Signal::derive(move || mark.get().0);
    let shape = Signal::derive(move || row.with(|row| glyph(&row.state)));
    view! {
        <Pill tone=tone>
            <Icon glyph=shape class="size-3.5 shrink-0"/>
            {move || mark.get().1}
        </Pill>
    }
}

fn row_title(row: &JobRow) -> String {
    let subject = &row.subject;
    title(row.kind, subject.name(), subject.cluster().as_str())
}

#[component]
fn Cells(row: Signal<JobRow>) -> impl IntoView {
    let first = row.get_untracked();
    let (started, title) = (first.started, row_title(&first));
    let cluster = first.subject.cluster().to_string();
    view! {
        <NameCell>
            <Link href=urls::job(&first.id) attr:class="hover:underline">{title}</Link>
        </NameCell>
        <Cell label=t!(job.cluster)><ClusterChip name=cluster/></Cell>
        <Cell label=t!(job.started)><Ago at=started/></Cell>
        <Cell label=t!(job.duration)>{elapsed(row)}</Cell>
        <Cell label=t!(job.state)><StateMark row=row/></Cell>
    }
}

#[component]
fn Line(row: Signal<JobRow>) -> impl IntoView {
    let first = row.get_untracked();
    let (started, title) = (first.started, row_title(&first));
    view! {
        <div class="flex items-center gap-x-4 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <div class="flex-1 min-w-0">
                <Link href=urls::job(&first.id) attr:class="font-medium hover:underline break-words">{title}</Link>
                <p class="flex flex-wrap items-center gap-x-3 mt-0.5 text-[12px] text-ink-3 tabular">
                    <ClusterChip name=first.subject.cluster().to_string()/>
                    <span>{elapsed(row)}</span>
                    <Ago at=started/>
                </p>
            </div>
            <StateMark row=row/>
        </div>
    }
}
