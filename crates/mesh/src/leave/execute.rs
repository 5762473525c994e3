//! Executes a leave, and reads every object again afterwards.

use super::Plan;
use crate::{
    error::Error,
    facts::Fact,
    istio::{CONTROL_PLANE_CLUSTERS_ANNOTATION, NETWORK_LABEL, control_plane_clusters},
    membership::{
        MemberSpec,
        apply::{delete, ensure_unchanged},
        names::{ADOPTED_ANNOTATION, JOIN_LABEL},
        progress::{OnEvent, Progress},
        tokens::await_revocation,
    },
    step::{Action, KeepReason, Side, Step},
};
use cluster::{
    AsUser, Cluster, Identity as _, Kind, MetadataPatch, Object, ObjectRef, WaitOptions,
    wait_until_deleted,
};
use release::Outcome;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use wire::job::Awaited;

/// How long a deleted object may still exist.
const DELETION_TIMEOUT: Duration = Duration::from_secs(30);

/// The objects that exist after a leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovalCheck {
    /// The objects that should have been removed.
    pub left: Vec<(Side, ObjectRef)>,
    /// The kept objects, with the reason.
    pub kept: Vec<(Side, ObjectRef, KeepReason)>,
}

/// The outcome of a leave.
#[derive(Clone, Debug)]
pub struct LeaveReport {
    /// The objects, read again.
    pub check: RemovalCheck,
    /// Whether the remote rejects the stored token; none when no token was stored.
    pub token_is_refused: Option<Fact<bool>>,
}

/// Executes a plan in its order, and reads every object again.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, else the error of a step.
pub async fn leave(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<LeaveReport, Error> {
    let progress = Progress {
        steps: &plan.steps,
        stop,
        on_event,
    };
    let now = if plan.with_remote {
        super::plan_resumed(primary, remote, &plan.spec).await?
    } else {
        super::plan_without_remote(primary, &plan.spec).await?
    };
    ensure_unchanged(&plan.steps, &now.steps)?;
    for (number, step) in plan.steps.iter().enumerate() {
        progress.started(step)?;
        let cluster = match step.side {
            Side::Primary => primary.cluster(),
            Side::Remote => remote.cluster(),
        };
        let outcome = execute(cluster, step, &plan.spec, &progress).await?;
        progress.done(number, step, outcome);
    }
    let token_is_refused = match &plan.stored {
        Some(_) if plan.with_remote => Some(revoked(plan, &progress).await?),
        _ => None,
    };
    Ok(LeaveReport {
        check: check_removal(primary, remote, plan).await?,
        token_is_refused,
    })
}

async fn execute(
    cluster: &Cluster,
    step: &Step,
    spec: &MemberSpec,
    progress: &Progress<'_>,
) -> Result<Outcome, Error> {
    match &step.action {
        Action::Remove { .. } => {
            delete(cluster, step).await?;
            progress.waiting(&step.object, Awaited::Deleted);
            let waiting = WaitOptions {
                timeout: DELETION_TIMEOUT,
                stop: progress.stop.clone(),
            };
            let deleted =
                wait_until_deleted(cluster, std::slice::from_ref(&step.object), &waiting).await;
            deleted.map_err(Error::at(step.side))?;
            Ok(Outcome::Deleted)
        }
        Action::RemoveLabels { changes, reason } => {
            remove_parts(cluster, step, changes, reason, spec).await?;
            Ok(Outcome::LabelsRemoved)
        }
        _ => Ok(Outcome::Unchanged),
    }
}

/// Removes keys, subjects, labels or annotations of a kept object.
async fn remove_parts(
    cluster: &Cluster,
    step: &Step,
    changes: &[String],
    reason: &KeepReason,
    spec: &MemberSpec,
) -> Result<(), Error> {
    let failed = Error::at(step.side);
    let Some(live) = cluster.get(&step.object).await.map_err(&failed)? else {
        return Ok(());
    };
    match (step.object.kind.as_str(), reason) {
        ("Secret", _) => {
            let reduced = without_keys(live, changes);
            cluster.replace(&reduced).await.map_err(failed)?;
        }
        ("ClusterRoleBinding", KeepReason::Shared) => {
            let reduced = without_subjects(live, changes);
            cluster.replace(&reduced).await.map_err(failed)?;
        }
        _ => {
            let version = live.resource_version().to_owned();
            let marks = removed_marks(&live, changes, spec);
            let marked = cluster
                .patch_metadata(&step.object, &marks, Some(&version))
                .await;
            marked.map_err(failed)?;
        }
    }
    Ok(())
}

fn without_keys(mut live: Object, changes: &[String]) -> Object {
    let data = live
        .value_mut()
        .get_mut("data")
        .and_then(Value::as_object_mut);
    if let Some(data) = data {
        data.retain(|key, _| !changes.contains(&format!("key {key}")));
    }
    live
}

fn without_subjects(mut live: Object, changes: &[String]) -> Object {
    let subjects = live
        .value_mut()
        .get_mut("subjects")
        .and_then(Value::as_array_mut);
    if let Some(subjects) = subjects {
        subjects.retain(|subject| {
            let name = subject
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            !changes.contains(&format!("subject ServiceAccount {name}"))
        });
    }
    live
}

/// The removed labels and annotations: the join's label, the network's label, and the primary among the
/// control planes.
fn removed_marks(live: &Object, changes: &[String], spec: &MemberSpec) -> MetadataPatch {
    let mut marks = MetadataPatch::default();
    for label in [JOIN_LABEL, NETWORK_LABEL] {
        if changes.contains(&format!("label {label}")) {
            marks.labels.push((label.to_owned(), None));
        }
    }
    if changes.contains(&format!("annotation {ADOPTED_ANNOTATION}")) {
        let adopted = ADOPTED_ANNOTATION.to_owned();
        marks.annotations.push((adopted, None));
    }
    let annotation = format!("annotation {CONTROL_PLANE_CLUSTERS_ANNOTATION}");
    if changes.iter().any(|line| line.starts_with(&annotation)) {
        let mut ids = control_plane_clusters(live.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION));
        ids.retain(|id| id != spec.primary_id.as_str());
        let rest = Some(ids.join(",")).filter(|rest| !rest.is_empty());
        marks
            .annotations
            .push((CONTROL_PLANE_CLUSTERS_ANNOTATION.to_owned(), rest));
    }
    marks
}

/// Waits until the remote rejects the stored token.
async fn revoked(plan: &Plan, progress: &Progress<'_>) -> Result<Fact<bool>, Error> {
    let is_token = |step: &&Step| step.side == Side::Remote && step.object.kind == "Secret";
    let token = plan.steps.iter().find(is_token).or(plan.steps.first());
    let Some((stored, token)) = plan.stored.as_ref().zip(token) else {
        return Ok(Ok(false));
    };
    await_revocation(stored, &token.object, plan.spec.policy, progress).await
}

/// Reads every object of a plan again, and all other objects with the join's label.
///
/// # Errors
/// [`Error::Cluster`] when a request fails.
pub async fn check_removal(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
) -> Result<RemovalCheck, Error> {
    let mut check = RemovalCheck::default();
    for step in &plan.steps {
        let cluster = match step.side {
            Side::Primary => primary.cluster(),
            Side::Remote => remote.cluster(),
        };
        let live = cluster.get(&step.object).await;
        let Some(live) = live.map_err(Error::at(step.side))? else {
            continue;
        };
        let object = step.object.clone();
        match &step.action {
            Action::Keep(reason) => check.kept.push((step.side, object, reason.clone())),
            Action::RemoveLabels { changes, reason } if !has_any(&live, changes, &plan.spec) => {
                check.kept.push((step.side, object, reason.clone()));
            }
            _ => check.left.push((step.side, object)),
        }
    }
    if plan.with_remote {
        for object in labelled_objects(remote.cluster(), &plan.spec.namespace).await? {
            let known = check.left.iter().map(|(side, object)| (side, object));
            let kept = check.kept.iter().map(|(side, object, _)| (side, object));
            let is_known = known
                .chain(kept)
                .any(|(side, known)| *side == Side::Remote && *known == object);
            if !is_known {
                check.left.push((Side::Remote, object));
            }
        }
    }
    Ok(check)
}

/// Whether an object still has one of the removed parts.
fn has_any(live: &Object, changes: &[String], spec: &MemberSpec) -> bool {
    changes.iter().any(|line| match line.split_once(' ') {
        Some(("label", label)) => live.label(label).is_some(),
        Some(("annotation", ADOPTED_ANNOTATION)) => live.annotation(ADOPTED_ANNOTATION).is_some(),
        Some(("annotation", _)) => {
            let ids = control_plane_clusters(live.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION));
            ids.iter().any(|id| id == spec.primary_id.as_str())
        }
        Some(("key", key)) => live
            .value()
            .get("data")
            .is_some_and(|data| data.get(key).is_some()),
        Some(("subject", subject)) => live.list("/subjects").iter().any(|live| {
            let name = subject.strip_prefix("ServiceAccount ").unwrap_or_default();
            live.get("name") == Some(&json!(name))
        }),
        _ => false,
    })
}

/// The objects of the remote with the join's label. A role belongs to no namespace: the plan contains it.
async fn labelled_objects(remote: &Cluster, namespace: &str) -> Result<Vec<ObjectRef>, Error> {
    let mut found = Vec::new();
    for (kind, scope) in [
        (Kind::SERVICE_ACCOUNT, Some(namespace)),
        (Kind::SECRET, Some(namespace)),
        (Kind::CLUSTER_ROLE_BINDING, None),
    ] {
        let objects = remote.list_objects(kind, scope, JOIN_LABEL).await;
        let objects = objects.map_err(Error::at(Side::Remote))?;
        let is_in_namespace = |object: &&Object| {
            let has_namespace =
                |subject: &Value| subject.get("namespace") == Some(&json!(namespace));
            scope.is_some() || object.list("/subjects").iter().any(has_namespace)
        };
        found.extend(
            objects
                .iter()
                .filter(is_in_namespace)
                .map(Object::reference),
        );
    }
    Ok(found)
}
