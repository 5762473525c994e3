//! The progress of a whole job: one number of objects, in one bar and in the title of the tab.

use crate::words::{count, t};
use leptos::prelude::*;
use wire::job::{JobKind, JobState, JobView, PhaseName, PhaseState};

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct JobProgress {
    /// The objects of the current stage that are complete: applied or deleted, and ready afterwards.
    complete: u32,
    /// All objects of the job.
    objects: u32,
    /// Whether all objects were applied, and are awaited now.
    is_waiting: bool,
    /// Whether the job waits for its objects in the end, which is a half of its work.
    waits: bool,
    deletes: bool,
}

impl JobProgress {
    /// The progress of a job.
    fn of(job: &JobView) -> Self {
        let objects = job.objects;
        let mut phases = job.phases.iter();
        let ready = phases.find(|phase| phase.name == PhaseName::Ready);
        // The releases of a bundle become ready one after the other.
        let ready = ready.filter(|_| job.subject.bundle().is_none());
        let awaited = ready.filter(|phase| phase.state != PhaseState::Pending);
        let complete = match awaited {
            // The phase counts what it waits for; what it does not wait for is complete.
            Some(phase) => objects.saturating_sub(phase.total.saturating_sub(phase.done)),
            None => job.completed.min(objects),
        };
        Self {
            complete: if job.state == JobState::Succeeded {
                objects
            } else {
                complete
            },
            objects,
            is_waiting: awaited.is_some(),
            waits: ready.is_some(),
            deletes: matches!(
                job.kind,
                JobKind::Uninstall | JobKind::Cleanup | JobKind::UninstallBundle
            ),
        }
    }

    /// The filled part of the bar and its length: applying and waiting are a half each.
    fn bar(&self) -> (u32, u32) {
        let length = self.objects.max(1);
        let twice = length.saturating_mul(2);
        match (self.waits, self.is_waiting) {
            (false, _) => (self.complete, length),
            (true, false) => (self.complete, twice),
            (true, true) => (self.objects.saturating_add(self.complete), twice),
        }
    }

    /// The progress in words.
    fn text(&self) -> String {
        let (done, all) = (self.complete, self.objects);
        if self.is_waiting {
            count!(job.resources_ready, n = all, done = done)
        } else if self.deletes {
            count!(job.resources_deleted, n = all, done = done)
        } else {
            count!(job.resources_applied, n = all, done = done)
        }
    }
}

/// The title of the tab: the state first, since a tab shows the first words only.
pub(super) fn window_title(job: &JobView, state: &str, title: &str) -> String {
    let progress = JobProgress::of(job);
    let (done, all) = (progress.complete, progress.objects);
    let state = match job.state {
        JobState::Running if all > 0 => t!(job.done_of, done = done, all = all),
        _ => state.to_owned(),
    };
    format!("{state} · {title} · Meshspan")
}

/// The bar of a job that runs or did not end well.
#[component]
pub(super) fn Progress(job: Memo<JobView>) -> impl IntoView {
    let progress = Memo::new(move |_| job.with(JobProgress::of));
    let is_shown =
        Memo::new(move |_| job.with(|job| job.objects > 0 && job.state != JobState::Succeeded));
    let text = move || progress.with(JobProgress::text);
    view! {
        <Show when=move || is_shown.get()>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 mb-4 text-[13px] text-ink-2">
                <progress
                    class="flex-1 min-w-[160px]"
                    aria-label=t!(job.progress)
                    aria-valuetext=text
                    max=move || progress.with(|progress| progress.bar().1)
                    value=move || progress.with(|progress| progress.bar().0)
                ></progress>
                <span class="tabular">{text}</span>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{
        ClusterName, JobId,
        job::{PhaseView, Subject},
    };

    fn phase(state: PhaseState, done: u32, total: u32) -> PhaseView {
        PhaseView {
            name: PhaseName::Ready,
            part: None,
            state,
            done,
            total,
            elapsed_ms: 0,
            objects: Vec::new(),
        }
    }

    /// An installation of 12 objects, whose last phase waits for 5 of them.
    fn install(completed: u32, ready: PhaseView) -> JobView {
        JobView {
            id: JobId::new("a").expect("an id"),
            kind: JobKind::Install,
            subject: Subject::Cluster(ClusterName::new("east").expect("a name")),
            mesh: None,
            chart: None,
            state: JobState::Running,
            phases: vec![ready],
            blocking: None,
            events: Vec::new(),
            notes: Vec::new(),
            logs: 0,
            started_by: "ann".into(),
            age: 0,
            elapsed_ms: 0,
            completed,
            objects: 12,
            backup: None,
        }
    }

    #[test]
    fn applying_is_the_first_half_and_waiting_the_second_of_the_same_objects() {
        let applying = install(3, phase(PhaseState::Pending, 0, 0));
        let progress = JobProgress::of(&applying);
        assert_eq!(progress.bar(), (3, 24));
        assert_eq!(progress.text(), "3 of 12 resources applied.");
        let waiting = install(12, phase(PhaseState::Running, 1, 5));
        let progress = JobProgress::of(&waiting);
        assert_eq!(progress.bar(), (20, 24));
        assert_eq!(progress.text(), "8 of 12 resources ready.");
    }

    #[test]
    fn the_title_of_the_tab_begins_with_the_progress_and_then_with_the_end() {
        let mut job = install(3, phase(PhaseState::Pending, 0, 0));
        let title = |job: &JobView, state: &str| window_title(job, state, "Install web on east");
        assert_eq!(
            title(&job, "Running"),
            "3 of 12 · Install web on east · Meshspan"
        );
        job.state = JobState::Succeeded;
        assert_eq!(
            title(&job, "Succeeded"),
            "Succeeded · Install web on east · Meshspan"
        );
    }
}
