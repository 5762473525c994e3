//! The list of jobs, newest first.

use crate::{
    api,
    parts::{Button, ButtonLink, ClusterChip, Empty, Head, Kind, Link, Loaded, Pill, Tone},
    urls,
    words::{age, duration, t},
};
use leptos::prelude::*;
use wire::job::{JobKind, JobRow, JobState};

/// The list of jobs, newest first.
#[component]
pub(crate) fn Jobs() -> impl IntoView {
    let jobs = Resource::new(|| (), |()| api::jobs::jobs());
    view! {
        <Head title=t!(job.title)>
            <Button press=move || jobs.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Loaded
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
pub(crate) fn JobRows(jobs: Vec<JobRow>) -> impl IntoView {
    if jobs.is_empty() {
        return view! {
            <div class="py-3">
                <Empty reason=t!(job.none)>
                    <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
                </Empty>
            </div>
        }
        .into_any();
    }
    jobs.into_iter()
        .map(|row| view! { <Row row=row/> })
        .collect_view()
        .into_any()
}

#[component]
fn Row(row: JobRow) -> impl IntoView {
    let (tone, label) = badge(&row.state);
    let title = title(row.kind, row.subject.name(), row.subject.cluster().as_str());
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::job(&row.id) attr:class="font-medium hover:underline flex-1 min-w-[200px]">{title}</Link>
            <ClusterChip name=row.subject.cluster().to_string()/>
            <span class="text-ink-3 tabular">{duration(row.elapsed_ms)}</span>
            <span class="text-ink-3 tabular">{t!(time.ago, age = age(row.age))}</span>
            <Pill tone=tone>{label}</Pill>
        </div>
    }
}
