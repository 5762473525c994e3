//! The frame around each use case: permitted, written to the audit, traced, and logged once when it fails.
//!
//! The outcome of an action that starts a job is `started`, until the job ends.

use crate::{Action, Caller, Console, Error, chart_work::as_session, log_text::log_text, may};
use std::{future::Future, path::Path};
use store::{AuditFilter, AuditLine, Store};
use tracing::Instrument as _;
use wire::{JobId, job::JobState};

/// What the audit says after an action succeeded.
enum Close {
    /// The action is over.
    Succeeded,
    /// It started a job.
    Started(JobId),
}

impl Console {
    /// Awaits `work` when the caller has the permission; a failure is logged here, with its chain, and
    /// nowhere else.
    pub(crate) fn permitted<'a, T: 'a>(
        &'a self,
        caller: &'a Caller,
        action: Action,
        work: impl Future<Output = Result<T, Error>> + 'a,
    ) -> impl Future<Output = Result<T, Error>> + 'a {
        self.framed(caller, action, "", Box::pin(work))
    }

    /// The same for what changes something: nothing is done before its opening line is in the audit.
    pub(crate) fn audited<'a, T: 'a>(
        &'a self,
        caller: &'a Caller,
        action: Action,
        subject: &'a str,
        work: impl Future<Output = Result<T, Error>> + 'a,
    ) -> impl Future<Output = Result<T, Error>> + 'a {
        self.recorded(caller, action, subject, work, |_| Close::Succeeded)
    }

    /// The same for what starts a job, whose end is the outcome.
    pub(crate) fn audited_start<'a>(
        &'a self,
        caller: &'a Caller,
        action: Action,
        subject: &'a str,
        work: impl Future<Output = Result<JobId, Error>> + 'a,
    ) -> impl Future<Output = Result<JobId, Error>> + 'a {
        self.recorded(caller, action, subject, work, |job| {
            Close::Started(job.clone())
        })
    }

    fn recorded<'a, T: 'a>(
        &'a self,
        caller: &'a Caller,
        action: Action,
        subject: &'a str,
        work: impl Future<Output = Result<T, Error>> + 'a,
        close: fn(&T) -> Close,
    ) -> impl Future<Output = Result<T, Error>> + 'a {
        // On the heap: use cases are large.
        let work = Box::pin(work);
        let recorded = async move {
            let now = self.now().as_second();
            let (operator, target) = (caller.operator.clone(), subject.to_owned());
            let line = self
                .with_store(move |store| {
                    store.begin_audit(&operator, action.as_str(), &target, now)
                })
                .await?;
            let outcome = work.await;
            match outcome.as_ref().map(close) {
                Ok(Close::Started(job)) => self.close_started(line, job).await?,
                Ok(Close::Succeeded) => self.close_line(line, "succeeded").await?,
                Err(_) => self.close_line(line, "failed").await?,
            }
            outcome
        };
        self.framed(caller, action, subject, recorded)
    }

    async fn close_line(&self, line: i64, outcome: &'static str) -> Result<(), Error> {
        self.with_store(move |store| store.end_audit(line, outcome))
            .await
    }

    /// The job may have ended before its line names it.
    async fn close_started(&self, line: i64, job: JobId) -> Result<(), Error> {
        self.with_store(move |store| {
            store.start_audit(line, &job)?;
            let stored = store.job(&job)?;
            if let Some(ended) = stored.filter(|stored| !stored.running) {
                store.end_job_audit(&job, job_outcome(&ended.view.state))?;
            }
            Ok(())
        })
        .await
    }

    /// Checks the permission and awaits `work` in a span of its own.
    async fn framed<T>(
        &self,
        caller: &Caller,
        action: Action,
        subject: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if !may(caller.role, action) {
            return Err(Error::NotPermitted {
                action: action.as_str(),
            });
        }
        let span = tracing::info_span!(
            "use_case",
            operator = %caller.operator,
            action = action.as_str(),
            subject,
        );
        let logged = async { work.await.inspect_err(log_failure) };
        as_session(caller, logged.instrument(span)).await
    }
}

/// What the audit says about a job in this state.
pub(crate) fn job_outcome(state: &JobState) -> &'static str {
    match state {
        JobState::Running => "started",
        JobState::Succeeded => "succeeded",
        JobState::Failed(_) if state.is_stopped() => "stopped",
        JobState::Failed(_) => "failed",
        JobState::Interrupted { .. } => INTERRUPTED,
    }
}

/// What the audit says about a job or an action that the end of the process interrupted.
pub(crate) const INTERRUPTED: &str = "interrupted";

/// The selected lines of the audit, the oldest first. A server may be running on the database.
///
/// # Errors
/// [`Error::Store`].
pub fn read_audit(folder: &Path, filter: &AuditFilter) -> Result<Vec<AuditLine>, Error> {
    let mut lines = Store::open(folder)?.audit(filter)?;
    lines.reverse();
    Ok(lines)
}

/// One line with the chain of causes.
fn log_failure(error: &Error) {
    tracing::warn!(chain = log_text(error), "the use case failed");
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{Code, Problem};

    #[test]
    fn the_outcome_of_a_job_is_named_after_its_end() {
        let failed = |code| JobState::Failed(Problem::new(code));
        for (state, expected) in [
            (JobState::Running, "started"),
            (JobState::Succeeded, "succeeded"),
            (failed(Code::Cancelled), "stopped"),
            (failed(Code::NotReady), "failed"),
            (JobState::Interrupted { step: 1, steps: 2 }, "interrupted"),
        ] {
            assert_eq!(job_outcome(&state), expected);
        }
    }
}
