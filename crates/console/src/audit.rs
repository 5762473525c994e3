//! The frame around each use case: permitted, written down, logged once when it fails.

use crate::{Action, Caller, Console, Error, error::error_chain, may};
use std::future::Future;

impl Console {
    /// Awaits `work` when the caller may; a failure is logged here, with its chain, and nowhere else.
    pub(crate) async fn permitted<T>(
        &self,
        caller: &Caller,
        action: Action,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        if !may(caller.role, action) {
            return Err(Error::NotPermitted {
                action: action.word(),
            });
        }
        work.await.inspect_err(log)
    }

    /// The same for what changes something: without its opening line in the audit nothing is done.
    pub(crate) async fn audited<T>(
        &self,
        caller: &Caller,
        action: Action,
        target: &str,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.permitted(caller, action, async {
            let now = self.now().as_second();
            let line = self
                .store
                .begin_audit(&caller.operator, action.word(), target, now)?;
            let outcome = work.await;
            let said = if outcome.is_ok() { "done" } else { "failed" };
            self.store.end_audit(line, said)?;
            outcome
        })
        .await
    }
}

/// One line with the whole chain of causes.
fn log(error: &Error) {
    tracing::warn!(chain = error_chain(error), "a use case failed");
}
