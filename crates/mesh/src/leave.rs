//! Takes a remote out of its mesh: its remote Secret, the reader, and the annotation and label of its
//! namespace. Afterwards every object is read again.
//!
//! Objects of a Helm release stay with the release, and objects that other control planes use stay with
//! them; the plan shows both. Start at [`plan`], then [`leave`].

mod dependents;
mod execute;
mod steps;

pub use dependents::Dependent;
pub use execute::{LeaveReport, RemovalCheck, check_removal, leave};

use crate::{
    error::Error,
    facts::{Fact, Unknown},
    membership::{
        Kubeconfig, MemberSpec,
        state::{JoinQuery, entries, read_state},
    },
    step::Step,
};
use cluster::{AsUser, Identity as _};

/// The plan of a leave.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The remote.
    pub spec: MemberSpec,
    /// The Services of the primary that have endpoints in the remote.
    pub dependents: Fact<Vec<Dependent>>,
    /// The number of pods of the remote with a sidecar, which lose their control plane.
    pub injected_pods: Fact<u32>,
    /// The steps, in their order; kept objects are among them, with the reason.
    pub steps: Vec<Step>,
    /// The stored kubeconfig, which the remote has to reject afterwards.
    stored: Option<Kubeconfig>,
    /// Whether the remote is read too.
    with_remote: bool,
}

/// Reads both clusters and plans a leave; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when no object of a join exists, else [`Error::Cluster`].
pub async fn plan(primary: &AsUser, remote: &AsUser, spec: &MemberSpec) -> Result<Plan, Error> {
    let plan = plan_resumed(primary, remote, spec).await?;
    if !plan.steps.iter().any(|step| step.action.is_change()) {
        return Err(Error::NotJoined {
            name: spec.id.to_string(),
        });
    }
    Ok(plan)
}

/// The same for a leave that may have removed everything.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn plan_resumed(
    primary: &AsUser,
    remote: &AsUser,
    spec: &MemberSpec,
) -> Result<Plan, Error> {
    let (primary, remote) = (primary.cluster(), remote.cluster());
    let query = JoinQuery {
        primary,
        remote,
        spec,
        server: "",
    };
    let state = read_state(&query).await?;
    let shared = steps::shared_role(remote, &state.reader).await?;
    let steps = steps::decide(spec, &state, shared);
    let (dependents, injected_pods) = dependents::find(primary, remote).await;
    Ok(Plan {
        spec: spec.clone(),
        dependents,
        injected_pods,
        steps,
        stored: state.entry.and_then(|entry| entry.kubeconfig),
        with_remote: true,
    })
}

/// Plans the leave of a remote that does not respond: only the objects of the primary. The reader stays in
/// the remote.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret has its ID, else [`Error::Cluster`].
pub async fn plan_without_remote(primary: &AsUser, spec: &MemberSpec) -> Result<Plan, Error> {
    let primary = primary.cluster();
    let query = JoinQuery {
        primary,
        remote: primary,
        spec,
        server: "",
    };
    let entries = entries(&query, &[]).await?;
    let entries = entries.iter().filter(|entry| entry.key == spec.id.as_str());
    let steps: Vec<Step> = entries.map(steps::remote_secret).collect();
    if steps.is_empty() {
        return Err(Error::NotJoined {
            name: spec.id.to_string(),
        });
    }
    let unknown = || Unknown::because("the remote was not queried");
    Ok(Plan {
        spec: spec.clone(),
        dependents: Err(unknown()),
        injected_pods: Err(unknown()),
        steps,
        stored: None,
        with_remote: false,
    })
}
