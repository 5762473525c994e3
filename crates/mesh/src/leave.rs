//! A remote leaves: what depends on it is named, its Secret goes, then the reader, then the marks on its
//! namespace. Afterwards every object is looked at again.
//!
//! What a Helm release brought stays with the release, and what other control planes read with stays
//! with them; both are stated before anything is done. Start at [`plan`], then [`leave`].

mod depends;
mod execute;
mod steps;

pub use depends::Dependent;
pub use execute::{LeaveReport, RemovalCheck, leave, prove};

use crate::{
    error::Error,
    facts::{Fact, IstioGeneration, Unknown},
    join::{
        Kubeconfig,
        state::{self, JoinQuery},
    },
    step::Step,
};
use cluster::{AddressPolicy, Cluster};
use wire::ClusterName;

/// Which remote leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its name in the mesh.
    pub name: ClusterName,
    /// Which Istio.
    pub generation: IstioGeneration,
    /// The namespace of control plane and reader.
    pub namespace: String,
    /// The name under which the control plane knows its own cluster.
    pub primary_id: String,
    /// Which addresses the console may dial.
    pub policy: AddressPolicy,
}

impl Leaving {
    fn looking<'a>(&'a self, primary: &'a Cluster, remote: &'a Cluster) -> JoinQuery<'a> {
        JoinQuery {
            primary,
            remote,
            namespace: &self.namespace,
            name: self.name.as_str(),
            server: "",
            generation: self.generation,
            policy: self.policy,
        }
    }
}

/// What would be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What was asked for.
    pub leaving: Leaving,
    /// The primary's Services whose traffic goes to the remote, wholly or in part.
    pub depends: Fact<Vec<Dependent>>,
    /// Pods of the remote with a sidecar: from then on no control plane knows them.
    pub injected: Fact<u32>,
    /// The steps, in their order; what is kept is among them, with its reason.
    pub steps: Vec<Step>,
    /// The kubeconfig that is stored, which must be refused afterwards.
    stored: Option<Kubeconfig>,
    /// Whether the remote is looked at too.
    with_remote: bool,
}

/// Looks at both clusters and decides what leaving would do; changes nothing.
///
/// # Errors
/// [`Error::NotJoined`] when there is nothing of a join, else [`Error::Cluster`].
pub async fn plan(primary: &Cluster, remote: &Cluster, leaving: &Leaving) -> Result<Plan, Error> {
    let looking = leaving.looking(primary, remote);
    let found = Box::pin(state::look(&looking)).await?;
    let shared = Box::pin(steps::shared(remote, &found.names)).await?;
    let steps = steps::of(leaving, &found, &shared);
    if !steps.iter().any(|step| step.action.changes()) {
        return Err(Error::NotJoined {
            name: leaving.name.to_string(),
        });
    }
    let (depends, injected) = Box::pin(depends::on(primary, remote)).await;
    Ok(Plan {
        leaving: leaving.clone(),
        depends,
        injected,
        steps,
        stored: found.entry.and_then(|entry| entry.kubeconfig),
        with_remote: true,
    })
}

/// The same for a remote that does not answer any more: only the primary's part. What the reader was
/// stays in the remote, should it come back.
///
/// # Errors
/// [`Error::NotJoined`] when no remote Secret has its name, else [`Error::Cluster`].
pub async fn plan_without_remote(primary: &Cluster, leaving: &Leaving) -> Result<Plan, Error> {
    let looking = leaving.looking(primary, primary);
    let entries = Box::pin(state::entries(&looking, &[])).await?;
    let named = entries
        .into_iter()
        .filter(|one| one.key == leaving.name.as_str());
    let named: Vec<_> = named.collect();
    if named.is_empty() {
        return Err(Error::NotJoined {
            name: leaving.name.to_string(),
        });
    }
    let unknown = || Unknown::because("the remote was not asked");
    Ok(Plan {
        leaving: leaving.clone(),
        depends: Err(unknown()),
        injected: Err(unknown()),
        steps: named.iter().map(steps::secret).collect(),
        stored: None,
        with_remote: false,
    })
}
