//! The list of jobs, newest first.

use crate::{
    api,
    clock::clock,
    current::keep_current,
    parts::{
        Button, ButtonLink, ClusterChip, Empty, Head, Kind, Link, Live, Pill, Rows, Tone, Updated,
    },
    urls,
    words::{duration, t},
};
use leptos::prelude::*;
use wire::{
    job::{JobKind, JobRow, JobState},
    live::Topic,
};

/// The list of jobs, newest first.
#[component]
pub(crate) fn Jobs() -> impl IntoView {
    let jobs = Resource::new(|| (), |()| api::jobs::jobs());
    let read_at = keep_current(jobs, &[Topic::Jobs]);
    view! {
        <Head title=t!(job.title)>
            <Updated at=read_at/>
            <Button press=move || jobs.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Live
            from=jobs
            subject=t!(job.title)
            view=|found| {
                view! {
                    <section class="bg-surface border border-line rounded-[10px] px-5 py-1">
                        <JobRows jobs=found/>
                    </section>
                }
            }
        />
    }
}

/// The colour and label of the state of a job.
pub(super) fn badge(state: &JobState) -> (Tone, String) {
    match state {
        JobState::Running => (Tone::Busy, t!(job.running)),
        JobState::Succeeded => (Tone::Good, t!(job.succeeded)),
        JobState::Failed(_) => (Tone::Bad, t!(job.failed)),
        JobState::Interrupted { .. } => (Tone::Warn, t!(job.interrupted)),
    }
}

/// The title of a job.
pub(super) fn title(kind: JobKind, release: &str, cluster: &str) -> String {
    match kind {
        JobKind::Install => t!(job.install_title, release = release, cluster = cluster),
        JobKind::Upgrade => t!(job.upgrade_title, release = release, cluster = cluster),
        JobKind::Uninstall => t!(job.uninstall_title, release = release, cluster = cluster),
        JobKind::Join => t!(job.join_title, primary = release, cluster = cluster),
        JobKind::Rotate => t!(job.rotate_title, primary = release, cluster = cluster),
        JobKind::Leave => t!(job.leave_title, primary = release, cluster = cluster),
        JobKind::Cleanup => t!(job.cleanup_title, cluster = cluster),
    }
}

/// Rows of jobs.
#[component]
pub(crate) fn JobRows(jobs: Signal<Vec<JobRow>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| jobs.with(Vec::is_empty));
    let none = move || {
        is_empty.get().then(|| {
            view! {
                <div class="py-3">
                    <Empty reason=t!(job.none)>
                        <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
                    </Empty>
                </div>
            }
        })
    };
    view! {
        {none}
        <Rows rows=jobs key=|job: &JobRow| job.id.clone() view=|row| view! { <Row row=row/> }/>
    }
}

#[component]
fn Row(row: Signal<JobRow>) -> impl IntoView {
    let first = row.get_untracked();
    let title = title(
        first.kind,
        first.subject.name(),
        first.subject.cluster().as_str(),
    );
    let elapsed = move || {
        let (state, elapsed) = row.with(|row| (row.state.clone(), row.elapsed_ms));
        match state {
            // The clock ticks between two reads.
            JobState::Running => {
                let seconds = first.started.seconds_until(clock().now());
                duration(elapsed.max(seconds.saturating_mul(1000)))
            }
            _ => duration(elapsed),
        }
    };
    let mark = Memo::new(move |_| row.with(|row| badge(&row.state)));
    let tone = Signal::derive(move || mark.get().0);
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::job(&first.id) attr:class="font-medium hover:underline flex-1 min-w-[200px]">{title}</Link>
            <ClusterChip name=first.subject.cluster().to_string()/>
            <span class="text-ink-3 tabular">{elapsed}</span>
            <span class="text-ink-3 tabular">{move || clock().ago(first.started)}</span>
            <Pill tone=tone>{move || mark.get().1}</Pill>
        </div>
    }
}
