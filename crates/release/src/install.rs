//! Installs a chart: the release record, CRDs, hooks, objects, and the wait for their readiness.
//!
//! The record is `pending-install` before the first object is created and `deployed` or `failed` after
//! the last, so that every tool sees the real state. [`Mode::Resume`] completes an installation that
//! was interrupted.

use crate::{
    Error, Event, Operation, Outcome, Plan, Release, ReleaseKey, adopt, apply,
    crd_phase::install_crds, field_manager::Revision, history, hooks, model, record_codec, storage,
    verb::Verb,
};
use chart::{Chart, HelmVersion, Manifests, Values};
use cluster::{Apply, NamespaceState, Object, ObjectRef, Propagation};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use wire::{decision::Decisions, job::PhaseName};

/// An installation or an upgrade.
pub struct Install<'a> {
    /// The release, and how the operation is executed.
    pub operation: Operation<'a>,
    /// The chart.
    pub chart: &'a Chart,
    /// The values of the operator.
    pub values: &'a Values,
    /// Labels of the namespace, such as Istio's injection label.
    pub labels: &'a BTreeMap<String, String>,
    /// The rendered manifests.
    pub manifests: &'a Manifests,
    /// The plan that is executed.
    pub plan: &'a Plan,
    /// Whether a first revision is installed or resumed, or the next one follows.
    pub mode: Mode,
    /// The newest revision when an upgrade was planned: a later one is refused. None for any.
    pub planned_after: Option<u32>,
    /// What the operator decided in the review.
    pub decisions: &'a Decisions,
}

/// The mode of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The first revision; no release of that name may exist.
    Install,
    /// The first revision that was not completed.
    Resume,
    /// The next revision, by [`upgrade`](crate::upgrade()).
    Upgrade,
    /// The next revision that was not completed, by [`upgrade`](crate::upgrade()).
    ResumeUpgrade,
}

/// Installs the first revision of a release.
///
/// # Errors
/// [`Error::Exists`], [`Error::KindsNotServed`], [`Error::OwnedByOther`] and [`Error::Terminating`] before
/// anything is created;
/// [`Error::NotReady`], [`Error::Hook`] and [`Error::Cluster`] leave a `failed` revision behind.
pub async fn install(install: &Install<'_>) -> Result<Release, Error> {
    let cluster = install.operation.cluster();
    let state = cluster
        .namespace_state(install.operation.key.namespace.as_str())
        .await?;
    if let NamespaceState::Terminating { held_by } = state {
        return Err(Error::Terminating {
            namespace: install.operation.key.namespace.clone(),
            held_by,
        });
    }
    let before = history(install.operation.user, install.operation.key).await?;
    let mut record = match (before.into_iter().next_back(), install.mode) {
        (None, _) => new_record(install),
        (Some(old), Mode::Resume) if is_resumable(&old, install) => {
            let mut record = new_record(install);
            record.info.first_deployed = old.info.first_deployed.or(record.info.first_deployed);
            resume(&mut record, &old);
            record
        }
        (Some(_), _) => {
            return Err(Error::Exists {
                release: install.operation.key.release.clone(),
                namespace: install.operation.key.namespace.clone(),
            });
        }
    };
    record_codec::encode(&record)?;
    apply::ensure_kinds(cluster, install.plan, &install.manifests.hooks).await?;
    apply::ensure_ownership(cluster, install.plan.objects(), install.operation.key).await?;
    install_crds(&install.operation, install.plan, install.decisions).await?;
    if state == NamespaceState::Absent || !install.labels.is_empty() {
        let namespace = namespace(
            install.operation.key,
            state == NamespaceState::Absent,
            install.labels,
        )?;
        cluster.apply(&namespace, Apply::Persist).await?;
    }
    match install.mode {
        Mode::Resume => storage::update(cluster, &record, install.operation.now()).await?,
        _ => storage::create(cluster, &record, install.operation.now()).await?,
    }
    let verb = Verb::Install;
    let execution = Execution {
        operation: &install.operation,
        plan: install.plan,
        manifests: install.manifests,
        obsolete: &[],
        verb,
        decisions: install.decisions,
    };
    let outcome = execute(&execution, &mut record).await;
    record_outcome(
        &install.operation,
        &mut record,
        verb,
        outcome.as_ref().err(),
    )
    .await?;
    outcome.map(|()| record)
}

/// Goes on with the operation of an earlier record: from its start, with the hooks that succeeded.
pub(crate) fn resume(record: &mut Release, earlier: &Release) {
    record.info.last_deployed = earlier.info.last_deployed.or(record.info.last_deployed);
    hooks::keep_results(&mut record.hooks, &earlier.hooks);
}

/// Whether the release is the interrupted one: not completed, or completed with the same manifest before
/// that could be recorded.
fn is_resumable(old: &Release, install: &Install<'_>) -> bool {
    let is_unchanged = old.manifest == install.manifests.text();
    old.version == 1
        && match old.info.status {
            model::State::PendingInstall | model::State::Failed => true,
            state => state == model::State::Deployed && is_unchanged,
        }
}

/// The deployment of a revision whose record exists.
pub(crate) struct Execution<'a> {
    pub(crate) operation: &'a Operation<'a>,
    pub(crate) plan: &'a Plan,
    /// The manifests, which locate an error; empty when they are not known.
    pub(crate) manifests: &'a Manifests,
    /// The objects that are deleted.
    pub(crate) obsolete: &'a [ObjectRef],
    pub(crate) verb: Verb,
    pub(crate) decisions: &'a Decisions,
}

/// Runs hooks, applies objects, deletes obsolete ones, waits for readiness, and runs hooks again.
pub(crate) async fn execute(execution: &Execution<'_>, record: &mut Release) -> Result<(), Error> {
    let [before, after] = execution.verb.hook_events();
    let (operation, plan) = (execution.operation, execution.plan);
    let run_hooks = async |record: &mut Release, hook_event: &str, phase: PhaseName| {
        let began = record.info.last_deployed;
        hooks::run(operation, record, hook_event, phase, began).await
    };
    run_hooks(record, before, PhaseName::PreHooks).await?;
    let revision = match execution.verb {
        Verb::Install => Revision::First,
        Verb::Upgrade | Verb::Rollback { .. } => Revision::Next,
    };
    for stage in &plan.stages {
        operation.report(Event::Started(stage.phase));
        apply::apply(
            operation,
            (stage.phase, revision, execution.decisions),
            &stage.objects,
        )
        .await
        .map_err(|error| error.located(execution.manifests))?;
        operation.report(Event::Finished(stage.phase));
    }
    delete_obsolete(operation, execution.obsolete).await?;
    operation.report(Event::Started(PhaseName::Ready));
    let objects: Vec<ObjectRef> = plan.objects().map(Object::reference).collect();
    let report_status = |all: &[_], events: &[_]| {
        operation.report(Event::Status(all.to_vec(), events.to_vec()));
    };
    cluster::wait_until_ready(operation.watches, &objects, operation.wait, report_status)
        .await
        .map_err(Error::from_wait)?;
    operation.report(Event::Finished(PhaseName::Ready));
    run_hooks(record, after, PhaseName::PostHooks).await
}

/// Deletes the objects that the new revision does not have.
async fn delete_obsolete(operation: &Operation<'_>, removed: &[ObjectRef]) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    operation.report(Event::Started(PhaseName::Removal));
    let cluster = operation.cluster();
    for object in removed {
        if operation.wait.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match cluster.get(object).await? {
            Some(live) if adopt::is_used_by_join(&live) => {
                adopt::return_to_join(cluster, &live).await?;
                continue;
            }
            _ => cluster.delete(object, Propagation::Background).await?,
        };
        operation.report(Event::ObjectDone {
            phase: PhaseName::Removal,
            object: object.clone(),
            outcome: Outcome::Deleted,
        });
    }
    operation.report(Event::Finished(PhaseName::Removal));
    Ok(())
}

/// Records how a revision ended, in Helm's words.
pub(crate) async fn record_outcome(
    operation: &Operation<'_>,
    record: &mut Release,
    verb: Verb,
    failure: Option<&Error>,
) -> Result<(), Error> {
    if matches!(failure, Some(Error::StateChanged { .. })) {
        // The record is that of another operation now.
        return Ok(());
    }
    operation.report(Event::Started(PhaseName::SaveRelease));
    let (state, description) = match failure {
        None => (model::State::Deployed, verb.done()),
        Some(error) => (model::State::Failed, verb.failed(&record.name, error)),
    };
    record.info.status = state;
    record.info.description = description;
    let written = storage::update(operation.cluster(), record, operation.now()).await;
    if failure.is_none() {
        written?;
        operation.report(Event::Finished(PhaseName::SaveRelease));
    }
    Ok(())
}

/// The namespace of a release, which no release owns, as with `helm --create-namespace`: with its
/// labels, and with its name as a label when it is new.
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

/// The record of a first revision.
pub(crate) fn new_record(install: &Install<'_>) -> Release {
    let now = install.operation.now();
    let mut record = Release {
        name: install.operation.key.release.to_string(),
        info: model::Info {
            first_deployed: Some(now),
            last_deployed: Some(now),
            deleted: None,
            description: "Initial install underway".into(),
            status: model::State::PendingInstall,
            notes: install.manifests.notes.clone().unwrap_or_default(),
            other: Map::new(),
        },
        chart: chart_record(install.chart, install.manifests.helm),
        config: install.values.to_json(),
        manifest: install.manifests.text(),
        hooks: install.manifests.hooks.iter().map(hook_record).collect(),
        version: 1,
        namespace: install.operation.key.namespace.to_string(),
        helm: install.manifests.helm,
        other: Map::new(),
    };
    storage::mark_server_side(&mut record);
    record
}

fn chart_record(chart: &Chart, helm: HelmVersion) -> model::Chart {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let file = |file: &chart::File| model::File {
        name: file.name.clone(),
        data: STANDARD.encode(&file.data),
        other: Map::new(),
    };
    let files: Vec<model::File> = chart.files().iter().map(file).collect();
    let defaults = Values::parse_documents(chart.values_text(), helm);
    let defaults = defaults.map(|values| values.to_json());
    model::Chart {
        metadata: serde_json::to_value(chart.metadata()).unwrap_or_default(),
        lock: Value::Null,
        templates: chart.templates().iter().map(file).collect(),
        values: defaults.unwrap_or_else(|_| json!({})),
        schema: chart
            .schema_text()
            .map_or(Value::Null, |text| json!(STANDARD.encode(text))),
        files: serde_json::to_value(files).unwrap_or_default(),
        other: Map::new(),
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
        other: Map::new(),
    }
}
