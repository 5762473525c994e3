//! Installs a chart: the record first, then definitions, hooks, objects, and the wait for them.
//!
//! The record is `pending-install` before the first object is made and `deployed` or `failed` after
//! the last, so whoever looks, with whatever tool, sees the truth. Carried out again for the same
//! release ([`Mode::Continue`]) it completes what was begun.

use crate::{Error, Event, Phase, Place, Plan, Release, apply, history, hooks, model, storage};
use chart::{Chart, Manifests, Values};
use cluster::{Kind, Apply, Cluster, NamespaceState, Object, ObjectRef, Propagation, WaitOptions, Watches};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// What is installed, where and how.
pub struct Install<'a> {
    /// The cluster, by its watches.
    pub watches: &'a Watches,
    /// Namespace and name.
    pub place: &'a Place,
    /// The chart.
    pub chart: &'a Chart,
    /// What the operator set.
    pub values: &'a Values,
    /// Labels that the namespace has to carry, such as Istio's for injection.
    pub labels: &'a BTreeMap<String, String>,
    /// What they render.
    pub manifests: &'a Manifests,
    /// The order of the work.
    pub plan: &'a Plan,
    /// How long to wait for the objects, and what ends it.
    pub waiting: WaitOptions,
    /// From the start, or on from where it stopped.
    pub mode: Mode,
}

/// Whether an installation begins or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A release of that name must not be there.
    Begin,
    /// The release's unfinished first revision is completed.
    Continue,
    /// The release's next revision, by [`upgrade`](crate::upgrade()).
    Upgrade,
}

pub(crate) type Said<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// Installs, and says each step.
///
/// # Errors
/// [`Error::Exists`], [`Error::NotOurs`] and [`Error::Terminating`] before anything is made;
/// [`Error::NotReady`], [`Error::Hook`] and [`Error::Cluster`] leave a `failed` revision behind.
pub async fn install(what: &Install<'_>, said: Said<'_>) -> Result<Release, Error> {
    let cluster = what.watches.cluster();
    let state = cluster
        .namespace_state(what.place.namespace.as_str())
        .await?;
    if let NamespaceState::Terminating { held_by } = state {
        return Err(Error::Terminating {
            namespace: what.place.namespace.clone(),
            held_by,
        });
    }
    let before = history(cluster, what.place).await?;
    let mut record = match (before.into_iter().next_back(), what.mode) {
        (None, _) => draft(what),
        (Some(old), Mode::Continue) if ours(&old, what) => {
            let mut record = draft(what);
            record.info.first_deployed = old.info.first_deployed.or(record.info.first_deployed);
            record
        }
        (Some(_), _) => {
            return Err(Error::Exists {
                release: what.place.release.clone(),
                namespace: what.place.namespace.clone(),
            });
        }
    };
    storage::encode(&record)?;
    apply::refuse_foreign(cluster, what.plan.objects(), what.place).await?;
    definitions(what, said).await?;
    if state == NamespaceState::Absent || !what.labels.is_empty() {
        let namespace = namespace(what.place, state == NamespaceState::Absent, what.labels)?;
        cluster.apply(&namespace, Apply::Persist).await?;
    }
    storage::update(cluster, &record, Timestamp::now()).await?;
    let outcome = work(what, &mut record, &[], said).await;
    close(cluster, &mut record, outcome.as_ref().err(), said).await?;
    outcome.map(|()| record)
}

/// Whether a release is the one that was begun: unfinished, or finished with the very same objects
/// before that could be noted.
fn ours(old: &Release, what: &Install<'_>) -> bool {
    let same = old.manifest == what.manifests.text();
    old.version == 1
        && match old.info.status {
            model::State::PendingInstall | model::State::Failed => true,
            state => state == model::State::Deployed && same,
        }
}

/// Hooks, objects, the removal of what the revision before had and this one has not, the wait, hooks.
pub(crate) async fn work(
    what: &Install<'_>,
    record: &mut Release,
    removed: &[ObjectRef],
    said: Said<'_>,
) -> Result<(), Error> {
    let [before, after] = match record.version {
        1 => ["pre-install", "post-install"],
        _ => ["pre-upgrade", "post-upgrade"],
    };
    let hooked = async |record: &mut Release, moment: &str, phase: Phase| {
        let (place, waiting) = (what.place, &what.waiting);
        hooks::run(
            what.watches,
            &mut record.hooks,
            moment,
            phase,
            place,
            waiting,
            said,
        )
        .await
    };
    hooked(record, before, Phase::HooksBefore).await?;
    for stage in &what.plan.stages {
        said(Event::Begins(stage.phase));
        let (cluster, stop) = (what.watches.cluster(), &what.waiting.stop);
        apply::apply(cluster, stage.phase, &stage.objects, stop, said).await?;
        said(Event::Ends(stage.phase));
    }
    remove(what, removed, said).await?;
    said(Event::Begins(Phase::Ready));
    let objects: Vec<ObjectRef> = what.plan.objects().map(Object::reference).collect();
    let standing = |all: &[_], events: &[_]| said(Event::Standing(all.to_vec(), events.to_vec()));
    cluster::wait_until_ready(what.watches, &objects, &what.waiting, standing)
        .await
        .map_err(Error::from_wait)?;
    said(Event::Ends(Phase::Ready));
    hooked(record, after, Phase::HooksAfter).await
}

/// Takes away what is not wanted any more.
async fn remove(what: &Install<'_>, removed: &[ObjectRef], said: Said<'_>) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    said(Event::Begins(Phase::Removal));
    let cluster = what.watches.cluster();
    for object in removed {
        if what.waiting.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        cluster.delete(object, Propagation::Background).await?;
        said(Event::Done(Phase::Removal, object.clone()));
    }
    said(Event::Ends(Phase::Removal));
    Ok(())
}

/// Definitions that are not there are made, and all of them are waited for.
async fn definitions(what: &Install<'_>, said: Said<'_>) -> Result<(), Error> {
    if what.plan.crds.is_empty() {
        return Ok(());
    }
    let cluster = what.watches.cluster();
    said(Event::Begins(Phase::Crds));
    let there = cluster
        .list_objects(Kind::CRD, None,
            "",
        )
        .await?;
    let known: std::collections::BTreeSet<&str> = there.iter().map(Object::name).collect();
    let (old, new): (Vec<_>, Vec<_>) = what
        .plan
        .crds
        .iter()
        .cloned()
        .partition(|crd| known.contains(crd.name()));
    for crd in &old {
        said(Event::Done(Phase::Crds, crd.reference()));
    }
    apply::apply(cluster, Phase::Crds, &new, &what.waiting.stop, said).await?;
    let objects: Vec<ObjectRef> = what.plan.crds.iter().map(Object::reference).collect();
    let bounded = WaitOptions {
        timeout: Duration::from_mins(1).min(what.waiting.timeout),
        stop: what.waiting.stop.clone(),
    };
    cluster::wait_until_ready(what.watches, &objects, &bounded, |_, _| {})
        .await
        .map_err(Error::from_wait)?;
    cluster.refresh_kinds().await?;
    said(Event::Ends(Phase::Crds));
    Ok(())
}

/// Closes the record of a revision, in Helm's own words.
pub(crate) async fn close(
    cluster: &Cluster,
    record: &mut Release,
    failure: Option<&Error>,
    said: Said<'_>,
) -> Result<(), Error> {
    said(Event::Begins(Phase::Record));
    let (done, failed) = match record.version {
        1 => ("Install complete", "Release"),
        _ => ("Upgrade complete", "Upgrade"),
    };
    let (state, description) = match failure {
        None => (model::State::Deployed, done.to_owned()),
        Some(error) => (
            model::State::Failed,
            format!("{failed} {:?} failed: {}", record.name, error.chain()),
        ),
    };
    record.info.status = state;
    record.info.description = description;
    let written = storage::update(cluster, record, Timestamp::now()).await;
    if failure.is_none() {
        written?;
        said(Event::Ends(Phase::Record));
    }
    Ok(())
}

/// The namespace that a release brings along: nobody's object, as with `helm --create-namespace`. It has
/// its labels; one that is made anew carries its name as Helm's do.
fn namespace(place: &Place, new: bool, labels: &BTreeMap<String, String>) -> Result<Object, Error> {
    let name = place.namespace.as_str();
    let mut labels = labels.clone();
    if new {
        labels.insert("name".into(), name.into());
    }
    let value = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    });
    Ok(Object::new(value)?)
}

/// The record of a first revision that is about to be installed.
pub(crate) fn draft(what: &Install<'_>) -> Release {
    let now = Timestamp::now();
    Release {
        name: what.place.release.to_string(),
        info: model::Info {
            first_deployed: Some(now),
            last_deployed: Some(now),
            deleted: None,
            description: "Initial install underway".into(),
            status: model::State::PendingInstall,
            notes: what.manifests.notes.clone().unwrap_or_default(),
        },
        chart: chart_record(what.chart),
        config: what.values.to_json(),
        manifest: what.manifests.text(),
        hooks: what.manifests.hooks.iter().map(hook_record).collect(),
        version: 1,
        namespace: what.place.namespace.to_string(),
    }
}

fn chart_record(chart: &Chart) -> model::Chart {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let file = |file: &chart::File| model::File {
        name: file.name.clone(),
        data: STANDARD.encode(&file.data),
    };
    let files: Vec<model::File> = chart.files().iter().map(file).collect();
    let defaults = Values::parse(chart.values_text()).map(|values| values.to_json());
    model::Chart {
        metadata: serde_json::to_value(chart.metadata()).unwrap_or_default(),
        lock: Value::Null,
        templates: chart.templates().iter().map(file).collect(),
        values: defaults.unwrap_or_else(|_| json!({})),
        schema: chart
            .schema_text()
            .map_or(Value::Null, |text| json!(STANDARD.encode(text))),
        files: serde_json::to_value(files).unwrap_or_default(),
    }
}

fn hook_record(hook: &chart::Hook) -> model::Hook {
    model::Hook {
        name: hook.manifest.name.clone(),
        kind: hook.manifest.kind.clone(),
        path: hook.manifest.template.clone(),
        manifest: hook.manifest.text.clone(),
        events: hook
            .events
            .iter()
            .map(|event| event.as_str().to_owned())
            .collect(),
        last_run: model::Run::default(),
        weight: hook.weight,
        delete_policies: hook
            .delete_policies
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect(),
    }
}
