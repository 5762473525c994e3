//! Runs the hooks of one event, ordered by weight, kind and name, each to its completion.
//!
//! The rules are those of Helm 3: an object of an earlier run is deleted first, a Job or Pod is waited
//! for, and the delete policy decides about the object (`before-hook-creation` by default).

use crate::{Error, Event, Operation, Outcome, ReleaseKey, model};
use cluster::{Cluster, Object, ObjectRef, Propagation, Readiness, WaitOptions};
use parking_lot::Mutex;
use wire::job::PhaseName;

/// The hooks of a record for `hook_event`, in order.
pub(crate) fn hooks_for_event<'a>(
    hooks: &'a mut [model::Hook],
    hook_event: &str,
) -> Vec<&'a mut model::Hook> {
    let mut found: Vec<_> = hooks
        .iter_mut()
        .filter(|hook| hook.events.iter().any(|event| event == hook_event))
        .collect();
    found.sort_by(|hook, other| {
        let key = |hook: &model::Hook| (hook.weight, hook.kind.clone(), hook.name.clone());
        key(hook).cmp(&key(other))
    });
    found
}

/// Runs the hooks of `hook_event`; the record keeps the result of each.
pub(crate) async fn run(
    operation: &Operation<'_>,
    hooks: &mut [model::Hook],
    hook_event: &str,
    phase: PhaseName,
) -> Result<(), Error> {
    let mut hooks = hooks_for_event(hooks, hook_event);
    if hooks.is_empty() {
        return Ok(());
    }
    operation.report(Event::Started(phase));
    for hook in &mut hooks {
        let object = object(operation.cluster(), hook, operation.key).await?;
        hook.last_run.started_at = Some(operation.now());
        let outcome = run_hook(operation, hook, &object).await;
        hook.last_run.completed_at = Some(operation.now());
        let ended = if outcome.is_ok() {
            "Succeeded"
        } else {
            "Failed"
        };
        ended.clone_into(&mut hook.last_run.phase);
        let reference = object.reference();
        if outcome.is_err() {
            if has_delete_policy(hook, "hook-failed") {
                operation
                    .cluster()
                    .delete(&reference, Propagation::Background)
                    .await?;
            }
            return outcome;
        }
        operation.report(Event::ObjectDone {
            phase,
            object: reference,
            outcome: Outcome::Completed,
        });
    }
    for hook in &hooks {
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
    let kind = cluster.kind(object.api_version(), object.kind()).await?;
    if kind.namespaced && object.namespace().is_none() {
        object.value_mut()["metadata"]["namespace"] = key.namespace.as_str().into();
    }
    Ok(object)
}

async fn run_hook(
    operation: &Operation<'_>,
    hook: &model::Hook,
    object: &Object,
) -> Result<(), Error> {
    let cluster = operation.cluster();
    let reference = object.reference();
    if hook.delete_policies.is_empty() || has_delete_policy(hook, "before-hook-creation") {
        cluster.delete(&reference, Propagation::Background).await?;
        let gone =
            cluster::wait_until_deleted(cluster, std::slice::from_ref(&reference), operation.wait)
                .await;
        gone.map_err(Error::from_wait)?;
    }
    cluster.create(object).await?;
    if matches!(object.kind(), "Job" | "Pod") {
        return wait_for_completion(operation, &reference).await;
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
    let outcome = cluster::wait_until_ready(
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
