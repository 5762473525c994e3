//! Carries out a leave, and looks at every object again afterwards.

use super::{Leaving, Plan};
use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    facts::{Access, Known},
    join::{
        carry_out::{remove, unchanged},
        found::access,
        names::{JOIN, LED_BY, NETWORK, RBAC, led_by},
        told::Told,
    },
    step::{Kept, Place, Step, What},
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
pub struct Proof {
    /// What should be gone and is not.
    pub left: Vec<(Place, ObjectRef)>,
    /// What stays, as was stated, and why.
    pub excepted: Vec<(Place, ObjectRef, Kept)>,
}

/// What a leave came to.
#[derive(Clone, Debug)]
pub struct Left {
    /// Every object, looked at again.
    pub proof: Proof,
    /// Whether the remote refuses the token that was stored; none where none was.
    pub token_is_refused: Option<Known<bool>>,
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
    said: &(dyn Fn(Event) + Send + Sync),
) -> Result<Left, Error> {
    let told = Told { stop, said };
    let now = if plan.with_remote {
        Box::pin(super::plan(primary, remote, &plan.leaving)).await?
    } else {
        Box::pin(super::plan_without_remote(primary, &plan.leaving)).await?
    };
    unchanged(&plan.steps, &now.steps)?;
    for (number, step) in plan.steps.iter().enumerate() {
        told.begins(number, step)?;
        let cluster = match step.place {
            Place::Primary => primary,
            Place::Remote => remote,
        };
        let outcome = Box::pin(carry_out(cluster, step, &plan.leaving, &told)).await?;
        told.done(number, step, outcome);
    }
    let token_is_refused = match &plan.stored {
        Some(_) if plan.with_remote => Some(Box::pin(forgotten(plan, &told)).await?),
        _ => None,
    };
    Ok(Left {
        proof: Box::pin(prove(primary, remote, plan)).await?,
        token_is_refused,
    })
}

async fn carry_out(
    cluster: &Cluster,
    step: &Step,
    leaving: &Leaving,
    told: &Told<'_>,
) -> Result<Outcome, Error> {
    match &step.what {
        What::Remove { .. } => {
            remove(cluster, step).await?;
            told.waits(step.place, &step.object, Awaited::Gone);
            let waiting = WaitOptions {
                timeout: GONE,
                stop: told.stop.clone(),
            };
            let gone = wait_until_deleted(cluster, std::slice::from_ref(&step.object), &waiting).await;
            gone.map_err(Error::at(step.place))?;
            Ok(Outcome::Removed)
        }
        What::Unmark { .. } => {
            unmark(cluster, step, leaving).await?;
            Ok(Outcome::Unmarked)
        }
        _ => Ok(Outcome::Unchanged),
    }
}

async fn unmark(cluster: &Cluster, step: &Step, leaving: &Leaving) -> Result<(), Error> {
    let failed = Error::at(step.place);
    let Some(live) = cluster.get(&step.object).await.map_err(&failed)? else {
        return Ok(());
    };
    let version = live.text("/metadata/resourceVersion").to_owned();
    match (step.object.kind.as_str(), &step.what) {
        ("Secret", What::Unmark { what, .. }) => {
            let mut less = live;
            if let Some(data) = less
                .value_mut()
                .get_mut("data")
                .and_then(Value::as_object_mut)
            {
                data.retain(|key, _| !what.contains(&format!("key {key}")));
            }
            cluster.replace(&less).await.map_err(failed)?;
        }
        (
            "ClusterRoleBinding",
            What::Unmark {
                kept: Kept::Shared,
                what,
            },
        ) => {
            let less = without_subject(live, what);
            cluster.replace(&less).await.map_err(failed)?;
        }
        _ => {
            let marks = taken_off(&live, step, leaving);
            let marked = cluster.patch_metadata(&step.object, &marks, Some(&version)).await;
            marked.map_err(failed)?;
        }
    }
    Ok(())
}

fn without_subject(mut live: Object, what: &[String]) -> Object {
    let subjects = live
        .value_mut()
        .get_mut("subjects")
        .and_then(Value::as_array_mut);
    if let Some(subjects) = subjects {
        subjects.retain(|one| {
            let name = one.get("name").and_then(Value::as_str).unwrap_or_default();
            let said = format!("subject ServiceAccount {name}");
            !what.contains(&said)
        });
    }
    live
}

/// The marks to take off: the join's label, our name among those who lead, our network label.
fn taken_off(live: &Object, step: &Step, leaving: &Leaving) -> MetadataPatch {
    let What::Unmark { what, .. } = &step.what else {
        return MetadataPatch::default();
    };
    let mut marks = MetadataPatch::default();
    for label in [JOIN, NETWORK] {
        if what.contains(&format!("label {label}")) {
            marks.labels.push((label.to_owned(), None));
        }
    }
    if what
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
async fn forgotten(plan: &Plan, told: &Told<'_>) -> Result<Known<bool>, Error> {
    let begun = Instant::now();
    let is_token = |step: &&Step| step.place == Place::Remote && step.object.kind == "Secret";
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
        told.waits(Place::Remote, &token.object, Awaited::TokenForgotten);
        told.pause(PAUSE).await?;
    }
}

/// Looks at every object of a plan again, and for whatever else carries the join's label.
///
/// # Errors
/// [`Error::Cluster`] when a cluster cannot be asked.
pub async fn prove(primary: &Cluster, remote: &Cluster, plan: &Plan) -> Result<Proof, Error> {
    let mut proof = Proof::default();
    for step in &plan.steps {
        let cluster = match step.place {
            Place::Primary => primary,
            Place::Remote => remote,
        };
        let live = cluster
            .get(&step.object)
            .await
            .map_err(Error::at(step.place))?;
        let Some(live) = live else { continue };
        let at = (step.place, step.object.clone());
        match &step.what {
            What::Keep(kept) => proof.excepted.push((at.0, at.1, kept.clone())),
            What::Unmark { kept, .. } if !is_marked(&live, step, &plan.leaving) => {
                proof.excepted.push((at.0, at.1, kept.clone()));
            }
            _ => proof.left.push(at),
        }
    }
    if plan.with_remote {
        for other in labelled(remote, &plan.leaving.namespace).await? {
            let stated =
                |(place, object): (&Place, &ObjectRef)| *place == Place::Remote && *object == other;
            let known = proof.left.iter().map(|(place, object)| (place, object));
            let excepted = proof
                .excepted
                .iter()
                .map(|(place, object, _)| (place, object));
            if !known.chain(excepted).any(stated) {
                proof.left.push((Place::Remote, other));
            }
        }
    }
    Ok(proof)
}

fn is_marked(live: &Object, step: &Step, leaving: &Leaving) -> bool {
    let What::Unmark { what, .. } = &step.what else {
        return false;
    };
    what.iter().any(|line| match line.split_once(' ') {
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
        let found = found.map_err(Error::at(Place::Remote))?;
        let of_it = found.iter().filter(|one| {
            let binds = |subject: &Value| subject.get("namespace") == Some(&json!(namespace));
            within.is_some() || one.list("/subjects").iter().any(binds)
        });
        all.extend(of_it.map(Object::reference));
    }
    Ok(all)
}
