//! Runs the hooks of one event, ordered by weight, kind and name, each to its completion.
//!
//! The rules are those of Helm 3: an object of an earlier run is deleted first, a Job or Pod is waited
//! for, and the delete policy decides about the object (`before-hook-creation` by default).

use crate::{Error, Event, Operation, Outcome, Release, ReleaseKey, hook_log, model, storage};
use cluster::{Cluster, Object, ObjectRef, Propagation, Readiness, WaitOptions};
use jiff::Timestamp;
use parking_lot::Mutex;
use wire::job::PhaseName;

/// The phase of a hook that succeeded.
const SUCCEEDED: &str = "Succeeded";
/// The events before and after each operation.
const OPERATIONS: [[&str; 2]; 4] = [
    ["pre-install", "post-install"],
    ["pre-upgrade", "post-upgrade"],
    ["pre-rollback", "post-rollback"],
    ["pre-delete", "post-delete"],
];

/// The hooks of a record for `hook_event`, in order.
pub(crate) fn hooks_for_event<'a>(
    hooks: &'a [model::Hook],
    hook_event: &str,
) -> impl Iterator<Item = &'a model::Hook> {
    let places = places(hooks, hook_event).into_iter();
    places.filter_map(|place| hooks.get(place))
}

/// The place of each hook of a record for `hook_event`, in order.
fn places(hooks: &[model::Hook], hook_event: &str) -> Vec<usize> {
    let mut found: Vec<(usize, &model::Hook)> = hooks
        .iter()
        .enumerate()
        .filter(|(_, hook)| runs_at(hook, hook_event))
        .collect();
    found.sort_by(|(_, hook), (_, other)| order(hook).cmp(&order(other)));
    found.into_iter().map(|(place, _)| place).collect()
}

fn runs_at(hook: &model::Hook, hook_event: &str) -> bool {
    hook.events.iter().any(|event| event == hook_event)
}

fn order(hook: &model::Hook) -> (i32, &str, &str) {
    (hook.weight, &hook.kind, &hook.name)
}

/// Runs the hooks of `hook_event`. The record is saved before and after each, as Helm does it, so that an
/// operation that is resumed does not repeat those that succeeded since it `began`.
pub(crate) async fn run(
    operation: &Operation<'_>,
    record: &mut Release,
    hook_event: &str,
    phase: PhaseName,
    began: Option<Timestamp>,
) -> Result<(), Error> {
    let places = places(&record.hooks, hook_event);
    if places.is_empty() {
        return Ok(());
    }
    operation.report(Event::Started(phase));
    for place in &places {
        let Some(hook) = record.hooks.get(*place).cloned() else {
            continue;
        };
        let object = object(operation.cluster(), &hook, operation.key).await?;
        let outcome = if has_succeeded(&hook, hook_event, began) {
            Outcome::Unchanged
        } else {
            run_recorded(operation, record, *place, &object, hook_event).await?;
            Outcome::Completed
        };
        operation.report(Event::ObjectDone {
            phase,
            object: object.reference(),
            outcome,
        });
    }
    for hook in places.iter().filter_map(|place| record.hooks.get(*place)) {
        if has_delete_policy(hook, "hook-succeeded") {
            let reference = object(operation.cluster(), hook, operation.key)
                .await?
                .reference();
            operation
                .cluster()
                .delete(&reference, Propagation::Background)
                .await?;
        }
    }
    operation.report(Event::Finished(phase));
    Ok(())
}

/// Whether a hook succeeded at this event of this operation.
fn has_succeeded(hook: &model::Hook, hook_event: &str, began: Option<Timestamp>) -> bool {
    let run = &hook.last_run;
    if began.is_none() || run.started_at < began {
        return false;
    }
    let succeeded = run.phase == SUCCEEDED;
    match (events_of_two_runs(hook, hook_event), run.event.as_str()) {
        (None, _) => succeeded,
        // It runs after the operation only when it succeeded before it.
        (Some([before, after]), event) if event == *after && hook_event == *before => true,
        (Some(_), event) => succeeded && event == hook_event,
    }
}

/// The events of the operation of `hook_event`, of a hook that runs both before and after it.
fn events_of_two_runs(hook: &model::Hook, hook_event: &str) -> Option<&'static [&'static str; 2]> {
    let mut operations = OPERATIONS.iter();
    let events = operations.find(|events| events.contains(&hook_event))?;
    let runs_twice = events.iter().all(|event| runs_at(hook, event));
    runs_twice.then_some(events)
}

/// Runs one hook, and saves the record before and after it.
async fn run_recorded(
    operation: &Operation<'_>,
    record: &mut Release,
    place: usize,
    object: &Object,
    hook_event: &str,
) -> Result<(), Error> {
    let Some(hook) = record.hooks.get_mut(place) else {
        return Ok(());
    };
    let event = events_of_two_runs(hook, hook_event).map_or("", |_| hook_event);
    hook.last_run = model::Run {
        started_at: Some(operation.now()),
        completed_at: None,
        phase: "Running".to_owned(),
        event: event.to_owned(),
    };
    let running = hook.clone();
    storage::update_in_state(operation.cluster(), record, operation.now()).await?;
    let created = create_hook(operation, &running, object).await;
    let (created, outcome) = match created {
        Ok(created) => {
            let ended = wait_for_hook(operation, object).await;
            hook_log::report(operation, &created).await;
            (Some(created), ended)
        }
        Err(error) => (None, Err(error)),
    };
    if let Some(hook) = record.hooks.get_mut(place) {
        hook.last_run.completed_at = Some(operation.now());
        let ended = if outcome.is_ok() { SUCCEEDED } else { "Failed" };
        ended.clone_into(&mut hook.last_run.phase);
    }
    if outcome.is_err() {
        // The caller saves the record with the failure of the operation.
        // Only what this run has created is deleted, not an object of that name that was there.
        if let Some(created) = created.filter(|_| has_delete_policy(&running, "hook-failed")) {
            operation
                .cluster()
                .delete_by_uid(&created, Propagation::Background)
                .await?;
        }
        return outcome;
    }
    storage::update_in_state(operation.cluster(), record, operation.now()).await
}

/// The results of the hooks of an operation that is resumed: of those that are the same.
pub(crate) fn keep_results(hooks: &mut [model::Hook], earlier: &[model::Hook]) {
    for hook in hooks {
        let is_same = |old: &&model::Hook| {
            old.path == hook.path && old.manifest == hook.manifest && old.events == hook.events
        };
        if let Some(old) = earlier.iter().find(is_same) {
            hook.last_run = old.last_run.clone();
        }
    }
}

fn has_delete_policy(hook: &model::Hook, policy: &str) -> bool {
    hook.delete_policies.iter().any(|known| known == policy)
}

/// A hook's object, with its namespace.
pub(crate) async fn object(
    cluster: &Cluster,
    hook: &model::Hook,
    key: &ReleaseKey,
) -> Result<Object, Error> {
    let unreadable = |reason: String| Error::Record {
        secret: hook.path.clone(),
        reason,
    };
    let values = chart::Values::parse(&hook.manifest).map_err(|e| unreadable(e.to_string()))?;
    let mut object = Object::new(values.to_json()).map_err(|source| Error::InvalidObject {
        template: hook.path.clone(),
        source,
    })?;
    let kind = cluster.kind((&object).into()).await?;
    if kind.namespaced && object.namespace().is_none() {
        object.value_mut()["metadata"]["namespace"] = key.namespace.as_str().into();
    }
    Ok(object)
}

/// Creates the object of a hook, after that of an earlier run is deleted.
async fn create_hook(
    operation: &Operation<'_>,
    hook: &model::Hook,
    object: &Object,
) -> Result<Object, Error> {
    let cluster = operation.cluster();
    let reference = object.reference();
    if hook.delete_policies.is_empty() || has_delete_policy(hook, "before-hook-creation") {
        cluster.delete(&reference, Propagation::Background).await?;
        let gone =
            cluster::wait_until_deleted(cluster, std::slice::from_ref(&reference), operation.wait)
                .await;
        gone.map_err(Error::from_wait)?;
    }
    Ok(cluster.create(object).await?)
}

/// Waits for the completion of a hook that has one.
async fn wait_for_hook(operation: &Operation<'_>, object: &Object) -> Result<(), Error> {
    if matches!(object.kind(), "Job" | "Pod") {
        return wait_for_completion(operation, &object.reference()).await;
    }
    Ok(())
}

/// Waits until a Job or Pod has completed; a failure ends the wait at once.
async fn wait_for_completion(operation: &Operation<'_>, object: &ObjectRef) -> Result<(), Error> {
    let inner = operation.wait.stop.child_token();
    let failed: Mutex<Option<String>> = Mutex::new(None);
    let watched = WaitOptions {
        timeout: operation.wait.timeout,
        stop: inner.clone(),
    };
    let outcome = cluster::wait_until_completed(
        operation.watches,
        std::slice::from_ref(object),
        &watched,
        |all, seen| {
            if let Some((_, Readiness::Failed { note, reason })) = all.first()
                && note == "failed"
            {
                *failed.lock() = Some(reason.clone());
                inner.cancel();
            }
            operation.report(Event::Status(all.to_vec(), seen.to_vec()));
        },
    )
    .await;
    let reason = failed.into_inner();
    match (outcome, reason) {
        (_, Some(reason)) => Err(Error::Hook {
            hook: object.clone(),
            reason,
        }),
        (outcome, None) => outcome.map_err(Error::from_wait),
    }
}
