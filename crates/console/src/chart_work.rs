//! Work on charts, which are untrusted: on threads that may block, a few at once.
//!
//! A thread cannot be cancelled, so its permit moves into it: a caller who leaves frees nothing before
//! the work ends, which the budget of the chart engine bounds. Start at [`ChartWork::run`].

use crate::{Caller, Error};
use parking_lot::Mutex;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use store::SessionId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pieces of work of one session at once.
const PER_SESSION: usize = 2;
/// How long a page waits for its turn.
const PAGE_WAIT: Duration = Duration::from_secs(5);
/// How long a job waits for its turn.
const JOB_WAIT: Duration = Duration::from_mins(2);

tokio::task_local! {
    /// The session of the use case that is running; none in a job.
    static SESSION: Session;
}

/// A session; the command line has none, and works as its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Session(String, Option<SessionId>);

/// Runs a use case as its caller's session.
pub(crate) async fn as_session<T>(caller: &Caller, work: impl Future<Output = T>) -> T {
    let session = Session(caller.operator.clone(), caller.session.clone());
    SESSION.scope(session, work).await
}

/// The permits for work on charts.
pub(crate) struct ChartWork {
    all: Arc<Semaphore>,
    sessions: Mutex<Vec<(Session, Weak<Semaphore>)>>,
    page_wait: Duration,
}

impl Default for ChartWork {
    /// As many at once as the machine has cores.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::new(cores, PAGE_WAIT)
    }
}

impl ChartWork {
    fn new(at_once: usize, page_wait: Duration) -> Self {
        Self {
            all: Arc::new(Semaphore::new(at_once)),
            sessions: Mutex::default(),
            page_wait,
        }
    }

    /// Runs work on a chart on a thread that may block.
    ///
    /// # Errors
    /// [`Error::ChartsBusy`] when others take too long, [`Error::Task`] when the work panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let session = SESSION.try_with(Clone::clone).ok();
        let wait = if session.is_some() {
            self.page_wait
        } else {
            JOB_WAIT
        };
        let permits = tokio::time::timeout(wait, self.permits(session)).await;
        let permits = permits.map_err(|_| Error::ChartsBusy)?;
        let run = move || {
            let result = work();
            drop(permits);
            result
        };
        Ok(tokio::task::spawn_blocking(run).await?)
    }

    /// The permit of the session, and one of all.
    async fn permits(&self, session: Option<Session>) -> [Option<OwnedSemaphorePermit>; 2] {
        let own = match session {
            Some(session) => self.of(session).acquire_owned().await.ok(),
            None => None,
        };
        [own, self.all.clone().acquire_owned().await.ok()]
    }

    /// The permits of a session; those of sessions without work are dropped.
    fn of(&self, session: Session) -> Arc<Semaphore> {
        let mut sessions = self.sessions.lock();
        sessions.retain(|(_, permits)| permits.strong_count() > 0);
        let known = sessions.iter().find(|(known, _)| *known == session);
        if let Some(permits) = known.and_then(|(_, permits)| permits.upgrade()) {
            return permits;
        }
        let permits = Arc::new(Semaphore::new(PER_SESSION));
        sessions.push((session, Arc::downgrade(&permits)));
        permits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use std::sync::mpsc::{Receiver, Sender, channel};

    fn caller(name: &str) -> Caller {
        Caller {
            operator: name.to_owned(),
            role: Role::Operator,
            ends: 0,
            session: None,
        }
    }

    /// Work that lasts until the sender is dropped, and reports that it began.
    fn lasting() -> (Sender<()>, Receiver<()>, impl FnOnce() + Send + 'static) {
        let (end, wait) = channel::<()>();
        let (began, begins) = channel();
        let work = move || {
            let _ = began.send(());
            let _ = wait.recv();
        };
        (end, begins, work)
    }

    #[tokio::test]
    async fn a_session_has_two_pieces_of_work_at_once_and_others_still_run() {
        let charts = Arc::new(ChartWork::new(8, Duration::from_millis(50)));
        let mut ends = Vec::new();
        let mut running = Vec::new();
        for _ in 0..PER_SESSION {
            let (end, begins, work) = lasting();
            let charts = charts.clone();
            let task = async move { as_session(&caller("anna"), charts.run(work)).await };
            running.push(tokio::spawn(task));
            tokio::task::spawn_blocking(move || begins.recv())
                .await
                .expect("a thread")
                .expect("the work begins");
            ends.push(end);
        }
        let third = as_session(&caller("anna"), charts.run(|| ())).await;
        assert!(matches!(third, Err(Error::ChartsBusy)), "{third:?}");
        let other = as_session(&caller("bert"), charts.run(|| 7)).await;
        assert_eq!(other.expect("another session"), 7);
        ends.clear();
        for task in running {
            task.await.expect("a task").expect("the work");
        }
        let after = as_session(&caller("anna"), charts.run(|| 8)).await;
        assert_eq!(after.expect("a free permit"), 8);
    }

    #[tokio::test]
    async fn a_caller_who_leaves_frees_no_permit_before_the_work_ends() {
        let charts = Arc::new(ChartWork::new(1, Duration::from_millis(50)));
        let (end, begins, work) = lasting();
        let left = tokio::spawn({
            let charts = charts.clone();
            async move { as_session(&caller("anna"), charts.run(work)).await }
        });
        tokio::task::spawn_blocking(move || begins.recv())
            .await
            .expect("a thread")
            .expect("the work begins");
        left.abort();
        let second = as_session(&caller("bert"), charts.run(|| ())).await;
        assert!(matches!(second, Err(Error::ChartsBusy)), "{second:?}");
        drop(end);
        let patient = ChartWork {
            all: charts.all.clone(),
            sessions: Mutex::default(),
            page_wait: Duration::from_secs(10),
        };
        let third = as_session(&caller("bert"), patient.run(|| 9)).await;
        assert_eq!(third.expect("a permit"), 9);
    }
}
