//! Adopts a join that another tool made: istioctl, the scripts for Istio 1.0, or kubectl by hand.
//!
//! Each object of the join gets the marks of the console, and an annotation that lists them; kubeconfig, token,
//! rights and traffic stay as they are. The list makes the way back exact: [`plan_undo`] removes what was added.
//! A join that is not clear is not adopted. Start at [`plan`], then [`adopt`].

mod evidence;
mod execute;
mod steps;
mod undo;

pub use execute::adopt;

use crate::{
    error::Error,
    membership::{
        MemberSpec,
        state::{JoinQuery, JoinState, read_state},
    },
    step::Step,
};
use cluster::{AsUser, Identity as _, ObjectRef};
use wire::{ClusterId, mesh::JoiningTool};

/// The direction of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Adopt,
    Undo,
}

/// The plan of an adoption, or of its undo.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The remote, under the ID that its remote Secret has.
    pub spec: MemberSpec,
    /// The tool that joined it.
    pub tool: JoiningTool,
    /// The remote Secret.
    pub secret: ObjectRef,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// The address of the remote's API server, as the caller knows it.
    server: String,
    direction: Direction,
}

/// Reads both clusters and plans the adoption of a join; changes nothing. `server` is the address of the remote's
/// API server, by which a kubeconfig without a usable credential is found.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret joins the remote; [`Error::JoinedTwice`], [`Error::WithoutToken`],
/// [`Error::ForeignReader`] or [`Error::JoinUnproven`] when the join is not clear; else [`Error::Cluster`].
pub async fn plan(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    server: &str,
) -> Result<Plan, Error> {
    let state = read(primary, remote, spec, server).await?;
    let tool = evidence::examine(spec, &state)?;
    let plan = Plan {
        tool,
        ..empty_plan(spec, &state, server, Direction::Adopt)?
    };
    Ok(Plan {
        steps: steps::adoption(&plan.spec, &state),
        ..plan
    })
}

/// Plans the removal of the marks that an adoption added; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`], [`Error::NotAdopted`] when no object has the marks, else [`Error::Cluster`].
pub async fn plan_undo(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    server: &str,
) -> Result<Plan, Error> {
    let plan = plan_undo_resumed(primary, remote, spec, server).await?;
    if plan.steps.iter().any(|step| step.action.is_change()) {
        return Ok(plan);
    }
    Err(Error::NotAdopted {
        name: spec.id.to_string(),
    })
}

/// The same for an undo that may have removed all marks.
///
/// # Errors
/// [`Error::NotJoined`], else [`Error::Cluster`].
pub async fn plan_undo_resumed(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    server: &str,
) -> Result<Plan, Error> {
    let state = read(primary, remote, spec, server).await?;
    let plan = empty_plan(spec, &state, server, Direction::Undo)?;
    Ok(Plan {
        steps: undo::steps(&state),
        ..plan
    })
}

async fn read(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
    server: &str,
) -> Result<JoinState, Error> {
    let query = JoinQuery {
        primary: primary.cluster(),
        remote: remote.cluster(),
        spec,
        server,
    };
    read_state(&query).await
}

/// A plan without steps, under the ID of the remote Secret.
fn empty_plan(
    spec: &MemberSpec,
    state: &JoinState,
    server: &str,
    direction: Direction,
) -> Result<Plan, Error> {
    let entry = state.entry.as_ref().ok_or_else(|| Error::NotJoined {
        name: spec.id.to_string(),
    })?;
    let id = ClusterId::new(entry.key.clone());
    Ok(Plan {
        spec: MemberSpec {
            id: id.unwrap_or_else(|_| spec.id.clone()),
            ..spec.clone()
        },
        tool: evidence::tool(state, entry),
        secret: entry.secret.reference(),
        steps: Vec::new(),
        server: server.to_owned(),
        direction,
    })
}
