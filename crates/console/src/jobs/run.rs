//! Runs one job: publishes its progress, stores it, and notices how it ends, a panic included.

use super::{Job, JobContext, Progress, leases::JobLeases};
use crate::{Console, Error, audit::job_outcome, database::Database, log_text::log_text};
use ::release::Event;
use futures::FutureExt as _;
use parking_lot::Mutex;
use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use store::Store;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use wire::{
    JobId, ReleaseName,
    job::{HookLog, JobView},
};

/// How often durations are brought up to date on a page while nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// A job that is about to run.
pub(super) struct JobRun {
    pub(super) console: Console,
    pub(super) id: JobId,
    pub(super) progress: Arc<Mutex<Progress>>,
    pub(super) sender: watch::Sender<JobView>,
    pub(super) stop: CancellationToken,
}

impl JobRun {
    /// Runs the job to its end, whatever that is, and stores it.
    pub(super) async fn supervise<J: Job>(self, plan: J::Plan) {
        let (written, writer) = spawn_writer(self.console.store.clone());
        let (logs, received) = mpsc::unbounded_channel();
        let mut leases = JobLeases::default();
        let run = async {
            leases.acquire(&self).await?;
            let run = self.run::<J>(plan, &written, logs);
            leases.hold_during(run, &self.stop).await
        };
        let run = AssertUnwindSafe(run).catch_unwind();
        let (outcome, ()) = tokio::join!(run, self.store_logs(received));
        let outcome =
            outcome.unwrap_or_else(|panic| Err(Error::JobPanicked(panic_message(panic.as_ref()))));
        leases.release().await;
        drop(written);
        // What was written before must not overwrite the end.
        let _ = writer.await;
        self.end::<J>(&outcome).await;
    }

    async fn run<J: Job>(
        &self,
        plan: J::Plan,
        written: &watch::Sender<Option<JobView>>,
        logs: mpsc::UnboundedSender<HookLog>,
    ) -> Result<(), Error> {
        let report = |event: Event, apply: &dyn Fn(&mut Progress, Event)| {
            if let Event::Log(log) = event {
                // Its receiver lives as long as the job.
                let _ = logs.send(log);
                return;
            }
            let is_status = matches!(event, Event::Status(..));
            let view = self.update(|progress| apply(progress, event));
            if !is_status {
                written.send_replace(Some(view));
            }
        };
        let on_event = |event: Event| report(event, &Progress::apply);
        let on_part_event = |release: &ReleaseName, event: Event| {
            report(event, &|progress, event| progress.apply_of(release, event));
        };
        let save_backup = |text: String| {
            let saved = async move {
                self.console.save_backup(&self.id, &text).await?;
                self.update(|progress| progress.backup_saved(text.len()));
                Ok(())
            };
            saved.boxed()
        };
        let start_part = |release: &ReleaseName| {
            self.update(|progress| progress.start_part(release));
        };
        let context = JobContext {
            on_event: &on_event,
            start_part: &start_part,
            on_part_event: &on_part_event,
            save_backup: &save_backup,
            stop: self.stop.clone(),
            timeout: self.console.setup.job_timeout,
            clock: self.console.setup.clock,
        };
        tokio::select! {
            outcome = J::run(plan, &context) => outcome,
            never = self.tick() => match never {},
        }
    }

    /// Changes the progress and publishes the view.
    pub(super) fn update(&self, change: impl FnOnce(&mut Progress)) -> JobView {
        let mut progress = self.progress.lock();
        change(&mut progress);
        let view = progress.view();
        self.sender.send_replace(view.clone());
        view
    }

    async fn tick(&self) -> Infallible {
        loop {
            tokio::select! {
                () = tokio::time::sleep(TICK) => {
                    self.update(Progress::tick);
                }
                () = self.stop.cancelled() => std::future::pending::<()>().await,
            }
        }
    }

    /// Stores the end of the job, later when the database cannot be written now.
    async fn save_end(&self, view: &JobView) {
        let view = view.clone();
        let save = move |store: &Store| save_end(store, &view);
        let Err(error) = self.console.with_store(save.clone()).await else {
            return;
        };
        let (job, chain) = (&self.id, log_text(&error));
        tracing::warn!(%job, chain, "the end of the job is stored later");
        self.console.jobs.keep_unsaved(self.progress.lock().view());
        let (jobs, id) = (self.console.jobs.clone(), self.id.clone());
        self.console.retry_write(save, move || jobs.saved(&id));
    }

    async fn end<J: Job>(self, outcome: &Result<(), Error>) {
        let shutting_down = self.console.setup.stop.is_cancelled();
        let view = {
            let mut progress = self.progress.lock();
            progress.end(outcome.as_ref().err(), shutting_down);
            progress.view()
        };
        let (job, kind, elapsed_ms) = (&self.id, J::KIND, view.elapsed_ms);
        match outcome {
            Ok(()) => tracing::info!(%job, ?kind, elapsed_ms, "the job succeeded"),
            Err(error) => {
                tracing::warn!(%job, ?kind, elapsed_ms, chain = log_text(error), "the job failed");
            }
        }
        self.save_end(&view).await;
        self.console.connections.forget_kinds(&view.subject);
        self.console.installed.invalidate();
        self.console.jobs.note_end(&view, self.console.time());
        // Who sees the end may start the next job on the same subject at once.
        self.console.jobs.unregister(&self.id);
        self.sender.send_replace(view);
    }
}

/// Stores the end of a job.
fn save_end(store: &Store, view: &JobView) -> Result<(), store::Error> {
    store.save_job(view, false)?;
    store.end_job_audit(&view.id, job_outcome(&view.state))
}

/// Writes each view that differs from the one before, off the async threads; it ends with its sender.
fn spawn_writer(store: Database) -> (watch::Sender<Option<JobView>>, JoinHandle<()>) {
    let (sender, mut views) = watch::channel(None::<JobView>);
    let task = tokio::spawn(async move {
        let mut written = None;
        while views.changed().await.is_ok() {
            let view = views.borrow_and_update().clone();
            let Some(view) = view.filter(|view| written.as_ref() != Some(view)) else {
                continue;
            };
            let next = view.clone();
            let saved = store.call(move |store| store.save_job(&next, true));
            if let Err(error) = saved.await {
                let chain = log_text(&error);
                tracing::warn!(job = %view.id, chain, "the progress of the job could not be stored");
            }
            written = Some(view);
        }
    });
    (sender, task)
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests;
