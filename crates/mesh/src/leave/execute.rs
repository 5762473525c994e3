//! Carries out a leave, and looks at every object again afterwards.

use super::{Leaving, Plan};
use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    facts::{Access, Fact},
    join::{
        execute::{remove, unchanged},
        names::{JOIN, LED_BY, NETWORK, RBAC, led_by},
        progress::Progress,
        state::access,
    },
    step::{Action, KeepReason, Side, Step},
};
use cluster::{Cluster, MetadataPatch, Object, ObjectRef, WaitOptions, wait_until_deleted};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long what is deleted may take to go.
const GONE: Duration = Duration::from_secs(30);
/// How long an API server may remember a token that is deleted.
const FORGOTTEN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// What is there after a leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovalCheck {
    /// What should be gone and is not.
    pub left: Vec<(Side, ObjectRef)>,
    /// What stays, as was stated, and why.
    pub excepted: Vec<(Side, ObjectRef, KeepReason)>,
}

/// What a leave came to.
#[derive(Clone, Debug)]
pub struct LeaveReport {
    /// Every object, looked at again.
    pub proof: RemovalCheck,
    /// Whether the remote refuses the token that was stored; none where none was.
    pub token_is_refused: Option<Fact<bool>>,
}

/// Does what a plan says, in its order, and proves it.
///
/// # Errors
/// [`Error::Changed`] when something is not as it was, else what a step met.
pub async fn leave(
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<LeaveReport, Error> {
    let progress = Progress { stop, on_event };
    let now = if plan.with_remote {
        Box::pin(super::plan(primary, remote, &plan.leaving)).await?
    } else {
        Box::pin(super::plan_without_remote(primary, &plan.leaving)).await?
    };
    unchanged(&plan.steps, &now.steps)?;
    for (number, step) in plan.steps.iter().enumerate() {
        progress.begins(number, step)?;
        let cluster = match step.side {
            Side::Primary => primary,
            Side::Remote => remote,
        };
        let outcome = Box::pin(execute(cluster, step, &plan.leaving, &progress)).await?;
        progress.done(number, step, outcome);
    }
    let token_is_refused = match &plan.stored {
        Some(_) if plan.with_remote => Some(Box::pin(forgotten(plan, &progress)).await?),
        _ => None,
    };
    Ok(LeaveReport {
        proof: Box::pin(prove(primary, remote, plan)).await?,
        token_is_refused,
    })
}

async fn execute(
    cluster: &Cluster,
    step: &Step,
    leaving: &Leaving,
    progress: &Progress<'_>,
) -> Result<Outcome, Error> {
    match &step.action {
        Action::Remove { .. } => {
            remove(cluster, step).await?;
            progress.waits(step.side, &step.object, Awaited::Deleted);
            let waiting = WaitOptions {
                timeout: GONE,
                stop: progress.stop.clone(),
            };
            let gone =
                wait_until_deleted(cluster, std::slice::from_ref(&step.object), &waiting).await;
            gone.map_err(Error::at(step.side))?;
            Ok(Outcome::Removed)
        }
        Action::RemoveLabels { .. } => {
            unmark(cluster, step, leaving).await?;
            Ok(Outcome::LabelsRemoved)
        }
        _ => Ok(Outcome::Unchanged),
    }
}

async fn unmark(cluster: &Cluster, step: &Step, leaving: &Leaving) -> Result<(), Error> {
    let failed = Error::at(step.side);
    let Some(live) = cluster.get(&step.object).await.map_err(&failed)? else {
        return Ok(());
    };
    let version = live.text("/metadata/resourceVersion").to_owned();
    match (step.object.kind.as_str(), &step.action) {
        ("Secret", Action::RemoveLabels { changes, .. }) => {
            let mut less = live;
            if let Some(data) = less
                .value_mut()
                .get_mut("data")
                .and_then(Value::as_object_mut)
            {
                data.retain(|key, _| !changes.contains(&format!("key {key}")));
            }
            cluster.replace(&less).await.map_err(failed)?;
        }
        (
            "ClusterRoleBinding",
            Action::RemoveLabels {
                reason: KeepReason::Shared,
                changes,
            },
        ) => {
            let less = without_subject(live, changes);
            cluster.replace(&less).await.map_err(failed)?;
        }
        _ => {
            let marks = taken_off(&live, step, leaving);
            let marked = cluster
                .patch_metadata(&step.object, &marks, Some(&version))
                .await;
            marked.map_err(failed)?;
        }
    }
    Ok(())
}

fn without_subject(mut live: Object, changes: &[String]) -> Object {
    let subjects = live
        .value_mut()
        .get_mut("subjects")
        .and_then(Value::as_array_mut);
    if let Some(subjects) = subjects {
        subjects.retain(|one| {
            let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
            let said = format!("subject ServiceAccount {name}");
            !changes.contains(&said)
        });
    }
    live
}

/// The marks to take off: the join's label, our name among those who lead, our network label.
fn taken_off(live: &Object, step: &Step, leaving: &Leaving) -> MetadataPatch {
    let Action::RemoveLabels { changes, .. } = &step.action else {
        return MetadataPatch::default();
    };
    let mut marks = MetadataPatch::default();
    for label in [JOIN, NETWORK] {
        if changes.contains(&format!("label {label}")) {
            marks.labels.push((label.to_owned(), None));
        }
    }
    if changes
        .iter()
        .any(|line| line.starts_with(&format!("annotation {LED_BY}")))
    {
        let mut names = led_by(live.annotation(LED_BY));
        names.retain(|name| *name != leaving.primary_id);
        let rest = Some(names.join(",")).filter(|rest| !rest.is_empty());
        marks.annotations.push((LED_BY.to_owned(), rest));
    }
    marks
}

/// Waits until the remote refuses the token that was stored, which it may remember for some seconds.
async fn forgotten(plan: &Plan, progress: &Progress<'_>) -> Result<Fact<bool>, Error> {
    let begun = Instant::now();
    let is_token = |step: &&Step| step.side == Side::Remote && step.object.kind == "Secret";
    let token = plan.steps.iter().find(is_token).or(plan.steps.first());
    let Some((stored, token)) = plan.stored.as_ref().zip(token) else {
        return Ok(Ok(false));
    };
    loop {
        match access(stored, plan.leaving.policy).await {
            Ok(Access::Rejected(_)) => return Ok(Ok(true)),
            Err(unknown) => return Ok(Err(unknown)),
            Ok(_) if begun.elapsed() >= FORGOTTEN => return Ok(Ok(false)),
            Ok(_) => {}
        }
        progress.waits(Side::Remote, &token.object, Awaited::TokenRevoked);
        progress.pause(PAUSE).await?;
    }
}

/// Looks at every object of a plan again, and for whatever else carries the join's label.
///
/// # Errors
/// [`Error::Cluster`] when a cluster cannot be asked.
pub async fn prove(
    primary: &Cluster,
    remote: &Cluster,
    plan: &Plan,
) -> Result<RemovalCheck, Error> {
    let mut proof = RemovalCheck::default();
    for step in &plan.steps {
        let cluster = match step.side {
            Side::Primary => primary,
            Side::Remote => remote,
        };
        let live = cluster
            .get(&step.object)
            .await
            .map_err(Error::at(step.side))?;
        let Some(live) = live else { continue };
        let at = (step.side, step.object.clone());
        match &step.action {
            Action::Keep(reason) => proof.excepted.push((at.0, at.1, reason.clone())),
            Action::RemoveLabels { reason, .. } if !is_marked(&live, step, &plan.leaving) => {
                proof.excepted.push((at.0, at.1, reason.clone()));
            }
            _ => proof.left.push(at),
        }
    }
    if plan.with_remote {
        for other in labelled(remote, &plan.leaving.namespace).await? {
            let stated =
                |(side, object): (&Side, &ObjectRef)| *side == Side::Remote && *object == other;
            let known = proof.left.iter().map(|(side, object)| (side, object));
            let excepted = proof
                .excepted
                .iter()
                .map(|(side, object, _)| (side, object));
            if !known.chain(excepted).any(stated) {
                proof.left.push((Side::Remote, other));
            }
        }
    }
    Ok(proof)
}

fn is_marked(live: &Object, step: &Step, leaving: &Leaving) -> bool {
    let Action::RemoveLabels { changes, .. } = &step.action else {
        return false;
    };
    changes.iter().any(|line| match line.split_once(' ') {
        Some(("label", label)) => live.label(label).is_some(),
        Some(("annotation", _)) => led_by(live.annotation(LED_BY)).contains(&leaving.primary_id),
        Some(("key", key)) => live
            .value()
            .get("data")
            .is_some_and(|data| data.get(key).is_some()),
        Some(("subject", subject)) => live.list("/subjects").iter().any(|one| {
            let name = subject.strip_prefix("ServiceAccount ").unwrap_or_default();
            one.get("name") == Some(&json!(name))
        }),
        _ => false,
    })
}

/// What of the remote carries the join's label and is of that namespace. A role is of none: the plan
/// names it.
async fn labelled(remote: &Cluster, namespace: &str) -> Result<Vec<ObjectRef>, Error> {
    let mut all = Vec::new();
    for (api, kind, within) in [
        ("v1", "ServiceAccount", Some(namespace)),
        ("v1", "Secret", Some(namespace)),
        (RBAC, "ClusterRoleBinding", None),
    ] {
        let found = remote.list(api, kind, within, JOIN).await;
        let found = found.map_err(Error::at(Side::Remote))?;
        let of_it = found.iter().filter(|one| {
            let binds = |subject: &Value| subject.get("namespace") == Some(&json!(namespace));
            within.is_some() || one.list("/subjects").iter().any(binds)
        });
        all.extend(of_it.map(Object::reference));
    }
    Ok(all)
}
