//! The list of jobs, in windows of rows.
//!
//! The views of jobs are encrypted. The row of a job that has ended does not change, so it is kept in memory,
//! and each job is decrypted once. Start at [`Console::jobs`].

use crate::{
    Action, Caller, Console, Error,
    window::{SearchText, rank, window},
};
use parking_lot::Mutex;
use std::{cmp::Ordering, collections::HashMap, sync::Arc};
use store::Store;
use wire::{
    JobId, Time,
    job::{JobListView, JobRow, JobSort, JobView, JobsRequest},
};

/// The rows of the jobs that have ended.
#[derive(Clone, Default)]
pub(crate) struct EndedJobs(Arc<Mutex<HashMap<JobId, JobRow>>>);

impl EndedJobs {
    /// The rows of all jobs, newest first, with the views of those that run. A job that cannot be read
    /// hides no other.
    fn rows(
        &self,
        store: &Store,
        current: impl Fn(&JobId) -> Option<JobView>,
    ) -> Result<Vec<JobRow>, store::Error> {
        let index = store.job_index()?;
        let mut known = std::mem::take(&mut *self.0.lock());
        let mut ended = HashMap::with_capacity(index.len());
        let mut rows = Vec::with_capacity(index.len());
        for (id, started, running) in index {
            if let Some(view) = current(&id) {
                rows.push(row(view, started));
                continue;
            }
            let row = match known.remove(&id) {
                Some(row) => row,
                None => match store.job(&id) {
                    Ok(Some(job)) => row(job.view, started),
                    _ => continue,
                },
            };
            if !running {
                ended.insert(id, row.clone());
            }
            rows.push(row);
        }
        *self.0.lock() = ended;
        Ok(rows)
    }
}

impl Console {
    /// A window of the jobs; without a sort the newest first.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn jobs(&self, caller: &Caller, request: &JobsRequest) -> Result<JobListView, Error> {
        self.permitted(caller, Action::Read, async {
            let (ended, console) = (self.ended_jobs.clone(), self.clone());
            let rows = self
                .with_store(move |store| ended.rows(store, |id| console.jobs.current(id)))
                .await?;
            let state = |row: &JobRow| row.state.name();
            Ok(window(rows, request, text, state, compare))
        })
        .await
    }
}

fn row(view: JobView, started: i64) -> JobRow {
    JobRow {
        id: view.id,
        kind: view.kind,
        subject: view.subject,
        state: view.state,
        started: Time(started),
        elapsed_ms: view.elapsed_ms,
    }
}

/// The texts of a row that a search matches.
fn text(row: &JobRow) -> SearchText {
    let (subject, kind) = (&row.subject, row.kind.as_str());
    let cluster = subject.cluster();
    let text = format!("{kind} {} {cluster} {}", subject.name(), row.id);
    SearchText::new(&text).with("cluster", cluster)
}

fn compare(sort: JobSort, left: &JobRow, right: &JobRow) -> Ordering {
    let cluster = |row: &JobRow| row.subject.cluster().clone();
    let name = |row: &JobRow| (row.kind.as_str(), row.subject.name().to_owned());
    match sort {
        JobSort::Name => name(left).cmp(&name(right)),
        JobSort::Cluster => cluster(left).cmp(&cluster(right)),
        JobSort::Started => left.started.cmp(&right.started),
        JobSort::Duration => left.elapsed_ms.cmp(&right.elapsed_ms),
        JobSort::State => rank(left.state.name()).cmp(&rank(right.state.name())),
    }
}
