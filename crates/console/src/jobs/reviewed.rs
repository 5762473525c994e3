//! Reviewed jobs: what an operator was shown is stored, and exactly that is executed.
//!
//! A review stores the request of a job and the state of every object that its plan concerns: the UID and
//! a hash of the content. Before the job starts, the plan is made again; when something differs, nothing
//! is started, and the error names the objects. The browser has a random id only. Start at
//! [`Console::store_review`] and [`Console::start_reviewed`].

use super::{Job, kinds::StoredJob};
use crate::{Caller, Console, Error, connections::ClusterConnection};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Object, ObjectRef};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use wire::{ClusterName, JobId, ReviewId, ReviewRef};

/// How long a review can be executed.
const REVIEW_SECONDS: i64 = 24 * 60 * 60;
/// Objects that are read at the same time.
const CONCURRENT_READS: usize = 8;

/// What a plan concerns.
pub(crate) struct Concerns {
    /// What is done, as a text of which only a hash is stored.
    pub(crate) summary: String,
    /// The objects that are created, changed, deleted or kept, by cluster.
    pub(crate) objects: Vec<(ClusterConnection, Vec<ObjectRef>)>,
}

/// The state that a plan was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlannedState {
    /// A hash of what is done.
    summary: String,
    /// The UIDs of the clusters.
    pub(crate) clusters: BTreeMap<ClusterName, String>,
    /// UID and hash of each object; none when it does not exist.
    objects: BTreeMap<String, Option<String>>,
}

impl PlannedState {
    /// Checks that nothing changed since the review.
    ///
    /// # Errors
    /// [`Error::PlanChanged`] with the objects that differ.
    fn ensure_same(&self, now: &Self) -> Result<(), Error> {
        if self == now {
            return Ok(());
        }
        let names: BTreeSet<&String> = self.objects.keys().chain(now.objects.keys()).collect();
        let differs = |name: &&&String| self.objects.get(**name) != now.objects.get(**name);
        let mut objects: Vec<String> = names
            .iter()
            .filter(differs)
            .map(ToString::to_string)
            .collect();
        for (cluster, uid) in &now.clusters {
            if self.clusters.get(cluster) != Some(uid) {
                objects.push(format!("{cluster}: Namespace kube-system"));
            }
        }
        Err(Error::PlanChanged { objects })
    }
}

/// A job that an operator was shown.
#[derive(Serialize, Deserialize)]
struct Review {
    job: StoredJob,
    state: PlannedState,
    /// The job that it resumes.
    resumes: Option<JobId>,
}

impl Console {
    /// Stores a job that an operator is shown, and gives the id and the name to start it with.
    pub(crate) async fn store_review<J: Job>(
        &self,
        job: J,
        plan: &J::Plan,
        resumes: Option<JobId>,
    ) -> Result<ReviewRef, Error>
    where
        StoredJob: From<J>,
    {
        let state = self.planned_state(J::concerns(plan)).await?;
        self.store_reviewed(job, state, resumes).await
    }

    /// The same for a state that was read before.
    pub(crate) async fn store_reviewed<J: Job>(
        &self,
        job: J,
        state: PlannedState,
        resumes: Option<JobId>,
    ) -> Result<ReviewRef, Error>
    where
        StoredJob: From<J>,
    {
        let bytes = (self.setup.random_bytes)();
        let id = ReviewId::new(random_name(&bytes)).map_err(|source| Error::BadName {
            kind: "review",
            name: String::new(),
            source,
        })?;
        let confirm = job.confirmation().map(str::to_owned);
        let review = Review {
            job: StoredJob::from(job),
            state,
            resumes,
        };
        let (stored, now) = (id.clone(), self.now().as_second());
        self.with_store(move |store| {
            store.save_review(&stored, &review, now, now - REVIEW_SECONDS)
        })
        .await?;
        Ok(ReviewRef { id, confirm })
    }

    /// Starts the job that an operator was shown, unless something changed since. `typed` is the name
    /// with which the operator confirms a destructive job.
    ///
    /// # Errors
    /// [`Error::NoReview`] when it is too old, [`Error::NotConfirmed`] when another name is typed than the
    /// review asks for, [`Error::PlanChanged`] with what differs, [`Error::ChecksFailed`], [`Error::Busy`], and
    /// the errors of planning.
    pub async fn start_reviewed(
        &self,
        caller: &Caller,
        id: &ReviewId,
        typed: Option<&str>,
    ) -> Result<JobId, Error> {
        self.start_changed(caller, (id, typed), Ok).await
    }

    /// The same with a change of the job that its review allows.
    pub(crate) async fn start_changed(
        &self,
        caller: &Caller,
        (id, typed): (&ReviewId, Option<&str>),
        change: impl FnOnce(StoredJob) -> Result<StoredJob, Error>,
    ) -> Result<JobId, Error> {
        let wanted = id.clone();
        let stored = async {
            let review = self.with_store(move |store| store.review(&wanted)).await?;
            review.ok_or(Error::NoReview)
        };
        let review: Review = self.permitted(caller, crate::Action::Read, stored).await?;
        let job = change(review.job)?;
        let (action, target) = (job.action(), job.audit_target());
        let confirmed = ensure_confirmed(&job, typed);
        let started = async {
            confirmed?;
            job.start(self, caller, (review.state, review.resumes))
                .await
        };
        self.audited_start(caller, action, &target, started).await
    }

    /// Starts a job that was planned, when the plan is the one that was shown.
    pub(crate) async fn start_as_shown<J: Job>(
        &self,
        caller: &Caller,
        job: J,
        plan: J::Plan,
        (shown, resumes): (PlannedState, Option<JobId>),
    ) -> Result<JobId, Error>
    where
        StoredJob: From<J>,
    {
        self.jobs.ensure_free(&job.subject())?;
        let now = self.planned_state(J::concerns(&plan)).await?;
        shown.ensure_same(&now)?;
        job.ensure_ready(self, &plan).await?;
        self.start_planned(caller, job, plan, (now, resumes)).await
    }

    /// Reads the state of what a plan concerns.
    pub(crate) async fn planned_state(&self, concerns: Concerns) -> Result<PlannedState, Error> {
        let mut state = PlannedState {
            summary: hash(concerns.summary.as_bytes()),
            ..PlannedState::default()
        };
        for (connection, objects) in concerns.objects {
            let uid = cluster_uid(&connection).await?;
            state.clusters.insert(connection.name.clone(), uid);
            let reads = objects.into_iter().map(|object| {
                let connection = &connection;
                async move {
                    let name = format!("{}: {object}", connection.name);
                    Ok::<_, Error>((name, object_state(connection, &object).await?))
                }
            });
            let read: Vec<_> = futures::stream::iter(reads)
                .buffered(CONCURRENT_READS)
                .try_collect()
                .await?;
            state.objects.extend(read);
        }
        Ok(state)
    }
}

/// Checks that the operator typed the name that the job asks for.
fn ensure_confirmed(job: &StoredJob, typed: Option<&str>) -> Result<(), Error> {
    match job.confirmation() {
        Some(name) if typed != Some(name) => Err(Error::NotConfirmed {
            name: name.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// The UID of the namespace kube-system, which identifies a cluster; "" when it may not be read.
async fn cluster_uid(connection: &ClusterConnection) -> Result<String, Error> {
    let namespace = ObjectRef {
        api_version: "v1".to_owned(),
        kind: "Namespace".to_owned(),
        namespace: None,
        name: "kube-system".to_owned(),
    };
    match connection.user.get(&namespace).await {
        Ok(Some(found)) => Ok(found.text("/metadata/uid").to_owned()),
        Err(error) if error.is_unreachable() => Err(error.into()),
        Ok(None) | Err(_) => Ok(String::new()),
    }
}

/// UID and hash of an object; none when it does not exist, and the kind of the error when it cannot be
/// read.
async fn object_state(
    connection: &ClusterConnection,
    object: &ObjectRef,
) -> Result<Option<String>, Error> {
    let kinds = connection.user.kinds().await?;
    if kinds.find(&object.api_version, &object.kind).is_none() {
        return Ok(None);
    }
    match connection.user.get(object).await {
        Ok(found) => Ok(found.map(|found| content(&found))),
        Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) if error.is_forbidden() => Ok(Some("forbidden".to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// The UID and a hash of the content, without what the server and controllers keep about it.
fn content(object: &Object) -> String {
    let mut value = object.value().clone();
    let uid = object.text("/metadata/uid").to_owned();
    if let Some(root) = value.as_object_mut() {
        root.remove("status");
    }
    for field in ["managedFields", "resourceVersion", "generation"] {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove(field);
        }
    }
    format!("{uid} {}", hash(value.to_string().as_bytes()))
}

/// A name of 32 hexadecimal digits, of the first 16 of these random bytes.
fn random_name([bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]: &[u8; 32]) -> String {
    format!("{:032x}", u128::from_le_bytes(*bytes))
}

fn hash(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(content: &Value) -> Object {
        Object::new(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "uid": "1", "resourceVersion": content["version"]},
            "data": content["data"], "status": content["status"],
        }))
        .expect("an object")
    }

    #[test]
    fn the_state_of_an_object_is_its_content_without_status_and_version() {
        let first = content(&object(&json!({"data": {"a": "b"}, "version": "1"})));
        let later = json!({"data": {"a": "b"}, "version": "2", "status": {"x": 1}});
        assert_eq!(first, content(&object(&later)));
        let other = json!({"data": {"a": "c"}, "version": "1"});
        assert_ne!(first, content(&object(&other)));
    }

    #[test]
    fn a_changed_plan_names_the_objects_that_differ() {
        let state = |objects: &[(&str, Option<&str>)]| PlannedState {
            objects: objects
                .iter()
                .map(|(name, state)| ((*name).to_owned(), state.map(str::to_owned)))
                .collect(),
            ..PlannedState::default()
        };
        let shown = state(&[
            ("same", Some("1")),
            ("created", None),
            ("changed", Some("1")),
        ]);
        let now = state(&[
            ("same", Some("1")),
            ("created", Some("2")),
            ("changed", Some("3")),
        ]);
        shown.ensure_same(&shown).expect("the same");
        let Err(Error::PlanChanged { objects }) = shown.ensure_same(&now) else {
            panic!("a changed plan");
        };
        assert_eq!(objects, ["changed", "created"]);
    }
}
