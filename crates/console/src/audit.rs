//! The frame around each use case: permitted, written to the audit, traced, and logged once when it fails.

use crate::{Action, Caller, Console, Error, may};
use std::future::Future;
use tracing::Instrument as _;
use wire::error_chain;

impl Console {
    /// Awaits `work` when the caller has the permission; a failure is logged here, with its chain, and
    /// nowhere else.
    pub(crate) async fn permitted<T>(
        &self,
        caller: &Caller,
        action: Action,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.framed(caller, action, "", work).await
    }

    /// The same for what changes something: nothing is done before its opening line is in the audit.
    pub(crate) async fn audited<T>(
        &self,
        caller: &Caller,
        action: Action,
        subject: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let recorded = async {
            let now = self.now().as_second();
            let line = self
                .store
                .begin_audit(&caller.operator, action.as_str(), subject, now)?;
            let outcome = work.await;
            let result = if outcome.is_ok() { "done" } else { "failed" };
            self.with_store(move |store| store.end_audit(line, result))
                .await?;
            outcome
        };
        self.framed(caller, action, subject, recorded).await
    }

    /// Checks the permission and awaits `work` in a span of its own, on the heap: use cases are large.
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
        Box::pin(logged.instrument(span)).await
    }
}

/// One line with the whole chain of causes.
fn log_failure(error: &Error) {
    tracing::warn!(chain = error_chain(error), "the use case failed");
}
