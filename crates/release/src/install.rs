//! Installs a chart: the record first, then definitions, hooks, objects, and the wait for them.
//!
//! The record is `pending-install` before the first object is made and `deployed` or `failed` after
//! the last, so whoever looks, with whatever tool, sees the truth. Carried out again for the same
//! release ([`Mode::Resume`]) it completes what was begun.

use crate::{
    Error, Event, Outcome, Plan, Release, ReleaseKey, apply, history, hooks, model, storage,
};
use chart::{Chart, Manifests, Values};
use cluster::{
    Apply, Cluster, Kind, NamespaceState, Object, ObjectRef, Propagation, WaitOptions, Watches,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use wire::job::PhaseName;

/// What is installed, where and how.
pub struct Install<'a> {
    /// The cluster, by its watches.
    pub watches: &'a Watches,
    /// Namespace and name.
    pub key: &'a ReleaseKey,
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
    Install,
    /// The release's unfinished first revision is completed.
    Resume,
    /// The release's next revision, by [`upgrade`](crate::upgrade()).
    Upgrade,
}

pub(crate) type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// Installs, and says each step.
///
/// # Errors
/// [`Error::Exists`], [`Error::OwnedByOther`] and [`Error::Terminating`] before anything is made;
/// [`Error::NotReady`], [`Error::Hook`] and [`Error::Cluster`] leave a `failed` revision behind.
pub async fn install(install: &Install<'_>, on_event: OnEvent<'_>) -> Result<Release, Error> {
    let cluster = install.watches.cluster();
    let state = cluster
        .namespace_state(install.key.namespace.as_str())
        .await?;
    if let NamespaceState::Terminating { held_by } = state {
        return Err(Error::Terminating {
            namespace: install.key.namespace.clone(),
            held_by,
        });
    }
    let before = history(cluster, install.key).await?;
    let mut record = match (before.into_iter().next_back(), install.mode) {
        (None, _) => new_record(install),
        (Some(old), Mode::Resume) if is_resumable(&old, install) => {
            let mut record = new_record(install);
            record.info.first_deployed = old.info.first_deployed.or(record.info.first_deployed);
            record
        }
        (Some(_), _) => {
            return Err(Error::Exists {
                release: install.key.release.clone(),
                namespace: install.key.namespace.clone(),
            });
        }
    };
    storage::encode(&record)?;
    apply::ensure_ownership(cluster, install.plan.objects(), install.key).await?;
    install_crds(install, on_event).await?;
    if state == NamespaceState::Absent || !install.labels.is_empty() {
        let namespace = namespace(install.key, state == NamespaceState::Absent, install.labels)?;
        cluster.apply(&namespace, Apply::Persist).await?;
    }
    storage::update(cluster, &record, Timestamp::now()).await?;
    let outcome = execute(install, &mut record, &[], on_event).await;
    record_outcome(cluster, &mut record, outcome.as_ref().err(), on_event).await?;
    outcome.map(|()| record)
}

/// Whether a release is the one that was begun: unfinished, or finished with the very same objects
/// before that could be noted.
fn is_resumable(old: &Release, install: &Install<'_>) -> bool {
    let is_unchanged = old.manifest == install.manifests.text();
    old.version == 1
        && match old.info.status {
            model::State::PendingInstall | model::State::Failed => true,
            state => state == model::State::Deployed && is_unchanged,
        }
}

/// Hooks, objects, the removal of what the revision before had and this one has not, the wait, hooks.
pub(crate) async fn execute(
    install: &Install<'_>,
    record: &mut Release,
    removed: &[ObjectRef],
    on_event: OnEvent<'_>,
) -> Result<(), Error> {
    let [before, after] = match record.version {
        1 => ["pre-install", "post-install"],
        _ => ["pre-upgrade", "post-upgrade"],
    };
    let run_hooks = async |record: &mut Release, hook_event: &str, phase: PhaseName| {
        let (key, waiting) = (install.key, &install.waiting);
        hooks::run(
            install.watches,
            &mut record.hooks,
            hook_event,
            phase,
            key,
            waiting,
            on_event,
        )
        .await
    };
    run_hooks(record, before, PhaseName::PreHooks).await?;
    for stage in &install.plan.stages {
        on_event(Event::Started(stage.phase));
        let (cluster, stop) = (install.watches.cluster(), &install.waiting.stop);
        apply::apply(cluster, stage.phase, &stage.objects, stop, on_event).await?;
        on_event(Event::Finished(stage.phase));
    }
    delete_obsolete(install, removed, on_event).await?;
    on_event(Event::Started(PhaseName::Ready));
    let objects: Vec<ObjectRef> = install.plan.objects().map(Object::reference).collect();
    let standing = |all: &[_], events: &[_]| on_event(Event::Status(all.to_vec(), events.to_vec()));
    cluster::wait_until_ready(install.watches, &objects, &install.waiting, standing)
        .await
        .map_err(Error::from_wait)?;
    on_event(Event::Finished(PhaseName::Ready));
    run_hooks(record, after, PhaseName::PostHooks).await
}

/// Takes away what is not wanted any more.
async fn delete_obsolete(
    install: &Install<'_>,
    removed: &[ObjectRef],
    on_event: OnEvent<'_>,
) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    on_event(Event::Started(PhaseName::Removal));
    let cluster = install.watches.cluster();
    for object in removed {
        if install.waiting.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        cluster.delete(object, Propagation::Background).await?;
        on_event(Event::ObjectDone {
            phase: PhaseName::Removal,
            object: object.clone(),
            outcome: Outcome::Deleted,
        });
    }
    on_event(Event::Finished(PhaseName::Removal));
    Ok(())
}

/// Definitions that are not there are made, and all of them are waited for.
async fn install_crds(install: &Install<'_>, on_event: OnEvent<'_>) -> Result<(), Error> {
    if install.plan.crds.is_empty() {
        return Ok(());
    }
    let cluster = install.watches.cluster();
    on_event(Event::Started(PhaseName::Crds));
    let there = cluster.list_objects(Kind::CRD, None, "").await?;
    let known: std::collections::BTreeSet<&str> = there.iter().map(Object::name).collect();
    let (old, new): (Vec<_>, Vec<_>) = install
        .plan
        .crds
        .iter()
        .cloned()
        .partition(|crd| known.contains(crd.name()));
    for crd in &old {
        on_event(Event::ObjectDone {
            phase: PhaseName::Crds,
            object: crd.reference(),
            outcome: Outcome::Unchanged,
        });
    }
    apply::apply(
        cluster,
        PhaseName::Crds,
        &new,
        &install.waiting.stop,
        on_event,
    )
    .await?;
    let objects: Vec<ObjectRef> = install.plan.crds.iter().map(Object::reference).collect();
    let bounded = WaitOptions {
        timeout: Duration::from_mins(1).min(install.waiting.timeout),
        stop: install.waiting.stop.clone(),
    };
    cluster::wait_until_ready(install.watches, &objects, &bounded, |_, _| {})
        .await
        .map_err(Error::from_wait)?;
    cluster.refresh_kinds().await?;
    on_event(Event::Finished(PhaseName::Crds));
    Ok(())
}

/// Closes the record of a revision, in Helm's own words.
pub(crate) async fn record_outcome(
    cluster: &Cluster,
    record: &mut Release,
    failure: Option<&Error>,
    on_event: OnEvent<'_>,
) -> Result<(), Error> {
    on_event(Event::Started(PhaseName::SaveRelease));
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
        on_event(Event::Finished(PhaseName::SaveRelease));
    }
    Ok(())
}

/// The namespace that a release brings along: nobody's object, as with `helm --create-namespace`. It has
/// its labels; one that is made anew carries its name as Helm's do.
fn namespace(
    key: &ReleaseKey,
    new: bool,
    labels: &BTreeMap<String, String>,
) -> Result<Object, Error> {
    let name = key.namespace.as_str();
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
pub(crate) fn new_record(install: &Install<'_>) -> Release {
    let now = Timestamp::now();
    Release {
        name: install.key.release.to_string(),
        info: model::Info {
            first_deployed: Some(now),
            last_deployed: Some(now),
            deleted: None,
            description: "Initial install underway".into(),
            status: model::State::PendingInstall,
            notes: install.manifests.notes.clone().unwrap_or_default(),
        },
        chart: chart_record(install.chart),
        config: install.values.to_json(),
        manifest: install.manifests.text(),
        hooks: install.manifests.hooks.iter().map(hook_record).collect(),
        version: 1,
        namespace: install.key.namespace.to_string(),
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
