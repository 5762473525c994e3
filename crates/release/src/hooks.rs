//! Runs the hooks of a moment: by weight, then kind and name, each to its end.
//!
//! As Helm 3 does: what is left from before is removed first, a Job or Pod is waited for, and the
//! object goes or stays by its delete policy (`before-hook-creation` when it names none).

use crate::{Error, Event, Outcome, ReleaseKey, model};
use cluster::{Cluster, Object, ObjectRef, Propagation, Readiness, WaitOptions, Watches};
use jiff::Timestamp;
use std::sync::Mutex;
use wire::job::PhaseName;

/// The hooks of a record that run at `hook_event` (Helm's word), in order.
pub(crate) fn hooks_for_event<'a>(
    hooks: &'a mut [model::Hook],
    hook_event: &str,
) -> Vec<&'a mut model::Hook> {
    let mut found: Vec<_> = hooks
        .iter_mut()
        .filter(|hook| hook.events.iter().any(|event| event == hook_event))
        .collect();
    found.sort_by(|one, other| {
        let key = |hook: &model::Hook| (hook.weight, hook.kind.clone(), hook.name.clone());
        key(one).cmp(&key(other))
    });
    found
}

/// Runs the hooks of `hook_event`; the record keeps how each ended.
pub(crate) async fn run(
    watches: &Watches,
    hooks: &mut [model::Hook],
    hook_event: &str,
    phase: PhaseName,
    key: &ReleaseKey,
    waiting: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let mut hooks = hooks_for_event(hooks, hook_event);
    if hooks.is_empty() {
        return Ok(());
    }
    on_event(Event::Started(phase));
    for hook in &mut hooks {
        let object = object(watches.cluster(), hook, key).await?;
        hook.last_run.started_at = Some(Timestamp::now());
        let outcome = run_hook(watches, hook, &object, waiting, on_event).await;
        hook.last_run.completed_at = Some(Timestamp::now());
        let ended = if outcome.is_ok() {
            "Succeeded"
        } else {
            "Failed"
        };
        ended.clone_into(&mut hook.last_run.phase);
        let reference = object.reference();
        if outcome.is_err() {
            if has_delete_policy(hook, "hook-failed") {
                watches
                    .cluster()
                    .delete(&reference, Propagation::Background)
                    .await?;
            }
            return outcome;
        }
        on_event(Event::ObjectDone {
            phase,
            object: reference,
            outcome: Outcome::Completed,
        });
    }
    for hook in &hooks {
        if has_delete_policy(hook, "hook-succeeded") {
            let reference = object(watches.cluster(), hook, key).await?.reference();
            watches
                .cluster()
                .delete(&reference, Propagation::Background)
                .await?;
        }
    }
    on_event(Event::Finished(phase));
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
    watches: &Watches,
    hook: &model::Hook,
    object: &Object,
    waiting: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let cluster = watches.cluster();
    let reference = object.reference();
    if hook.delete_policies.is_empty() || has_delete_policy(hook, "before-hook-creation") {
        cluster.delete(&reference, Propagation::Background).await?;
        let gone =
            cluster::wait_until_deleted(cluster, std::slice::from_ref(&reference), waiting).await;
        gone.map_err(Error::from_wait)?;
    }
    cluster.create(object).await?;
    if matches!(object.kind(), "Job" | "Pod") {
        return wait_for_completion(watches, &reference, waiting, on_event).await;
    }
    Ok(())
}

/// Waits until a Job or Pod has completed; a failure ends the wait at once.
async fn wait_for_completion(
    watches: &Watches,
    object: &ObjectRef,
    waiting: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let inner = waiting.stop.child_token();
    let failed: Mutex<Option<String>> = Mutex::new(None);
    let watched = WaitOptions {
        timeout: waiting.timeout,
        stop: inner.clone(),
    };
    let outcome = cluster::wait_until_ready(
        watches,
        std::slice::from_ref(object),
        &watched,
        |all, seen| {
            if let Some((_, Readiness::Failed { note, reason })) = all.first()
                && note == "failed"
                && let Ok(mut failed) = failed.lock()
            {
                *failed = Some(reason.clone());
                inner.cancel();
            }
            on_event(Event::Status(all.to_vec(), seen.to_vec()));
        },
    )
    .await;
    let reason = failed.into_inner().unwrap_or_default();
    match (outcome, reason) {
        (_, Some(reason)) => Err(Error::Hook {
            hook: object.clone(),
            reason,
        }),
        (outcome, None) => outcome.map_err(Error::from_wait),
    }
}
