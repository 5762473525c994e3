//! The frame around each use case: permitted, written to the audit, traced, and logged once when it fails.

use crate::{Action, Caller, Console, Error, chart_work::as_session, log_text::log_text, may};
use std::future::Future;
use tracing::Instrument as _;

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
            let result = if outcome.is_ok() { "done" } else { "failed" };
            self.with_store(move |store| store.end_audit(line, result))
                .await?;
            outcome
        };
        self.framed(caller, action, subject, recorded)
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

/// One line with the chain of causes.
fn log_failure(error: &Error) {
    tracing::warn!(chain = log_text(error), "the use case failed");
}
