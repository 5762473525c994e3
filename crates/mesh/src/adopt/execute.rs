//! Executes the plan of an adoption, or of its undo.

use super::{Direction, Plan, plan_undo_resumed, undo};
use crate::{
    error::Error,
    membership::{
        apply::{ensure_unchanged, labels_and_annotations},
        progress::{OnEvent, Progress},
    },
    step::{Action, Side, Step},
};
use cluster::{AsUser, Cluster, Identity as _};
use release::Outcome;
use tokio_util::sync::CancellationToken;

/// Executes a plan when both clusters are still as planned; steps that are done already are skipped. Only labels
/// and annotations are written.
///
/// # Errors
/// [`Error::Changed`] when an object changed since the plan, else the errors of [`super::plan`] and of a step.
pub async fn adopt(
    primary: &AsUser,
    remote: &AsUser,
    plan: &Plan,
    stop: &CancellationToken,
    on_event: OnEvent<'_>,
) -> Result<(), Error> {
    let progress = Progress {
        steps: &plan.steps,
        stop,
        on_event,
    };
    let (spec, server) = (&plan.spec, plan.server.as_str());
    let now = match plan.direction {
        Direction::Adopt => super::plan(primary, remote, spec, server).await?,
        Direction::Undo => plan_undo_resumed(primary, remote, spec, server).await?,
    };
    ensure_unchanged(&plan.steps, &now.steps)?;
    for (number, (step, now)) in plan.steps.iter().zip(&now.steps).enumerate() {
        progress.started(step)?;
        let cluster = match step.side {
            Side::Primary => primary.cluster(),
            Side::Remote => remote.cluster(),
        };
        let outcome = if now.action == Action::Unchanged {
            Outcome::Unchanged
        } else {
            write(cluster, step, now, plan.direction).await?
        };
        progress.done(number, step, outcome);
    }
    Ok(())
}

/// Adds or removes the marks of an object.
async fn write(
    cluster: &Cluster,
    step: &Step,
    now: &Step,
    direction: Direction,
) -> Result<Outcome, Error> {
    let failed = Error::at(step.side);
    let (patch, outcome) = match direction {
        Direction::Adopt => (labels_and_annotations(&step.manifest), Outcome::Adopted),
        Direction::Undo => {
            let live = cluster.get(&step.object).await.map_err(&failed)?;
            let Some(live) = live else {
                return Ok(Outcome::Unchanged);
            };
            (undo::removal(&live), Outcome::LabelsRemoved)
        }
    };
    let version = now.resource_version.as_deref();
    let patched = cluster.patch_metadata(&step.object, &patch, version).await;
    patched.map_err(failed)?;
    Ok(outcome)
}
