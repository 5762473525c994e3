//! Is it one mesh? Asked of the control plane, of the remote, and of the sample's product page.
//!
//! Each part is asked by itself and within bounds; one that fails leaves its reason, and the others
//! stand. A control plane's word alone proves little: what it registered is compared with the remote's
//! own pods, and the stored token is shown to the remote. Start at [`verify`].

pub(crate) mod ask;
mod diagnosis;
mod picture;
mod side;

pub use ask::{Page, ProductAnswer};
pub use diagnosis::{Diagnosis, Seen, diagnose};
pub use picture::{EndpointPicture, Place, ServicePicture, WorkloadPicture};

use crate::{
    facts::{
        Access, DebugFacts, InstanceFacts, Known, Line, MeshFacts, ProductFacts,
        RegisteredEndpoint, Unknown,
    },
    join::found::{Looking, stored},
};
use cluster::{AddressPolicy, ResponseLimits, Cluster};
use futures::future::join_all;
use jiff::Timestamp;
use side::Side;
use std::{net::IpAddr, time::Duration};

/// How long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// All calls to one cluster's API.
    pub cluster: Duration,
    /// One answer of a pod.
    pub answer: ResponseLimits,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            cluster: Duration::from_secs(20),
            answer: ResponseLimits::default(),
        }
    }
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The cluster whose control plane leads.
    pub primary: &'a Cluster,
    /// The remotes, each by its name in the mesh.
    pub remotes: &'a [(&'a str, &'a Cluster)],
    /// Which Istio.
    pub line: Line,
    /// The control plane's namespace.
    pub namespace: &'a str,
    /// The namespace of the sample, where it is to be looked at.
    pub sample: Option<&'a str>,
    /// Which addresses the console may dial.
    pub policy: AddressPolicy,
    /// How long it may take.
    pub bounds: Bounds,
    /// Our clock.
    pub now: fn() -> Timestamp,
}

/// Whether the control plane has taken a remote up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenUp {
    /// It has: it follows the remote, or registered an address of its pods.
    Yes,
    /// It does not say no, and the remote has no ready endpoint that could prove it.
    NothingToShow,
    /// It has not; what was seen.
    No(String),
}

/// What is known of one remote.
#[derive(Clone, Debug)]
pub struct RemoteVerdict {
    /// Its name in the mesh.
    pub name: String,
    /// Whether the control plane has taken it up.
    pub taken_up: Known<TakenUp>,
    /// What the remote says to the kubeconfig that is stored for it.
    pub access: Known<Access>,
    /// Endpoints that the control plane knows and that are pods of the remote.
    pub registered: Known<Vec<RegisteredEndpoint>>,
}

/// What is known of the sample.
#[derive(Clone, Debug)]
pub struct SampleVerdict {
    /// What the product page answers.
    pub answer: ProductAnswer,
    /// What the diagnosis was made of.
    pub seen: Seen,
    /// What is missing, if anything.
    pub diagnosis: Diagnosis,
    /// Each Service: where it is, who serves it, what is registered.
    pub services: Vec<ServicePicture>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What the control plane's pods answer.
    pub debug: DebugFacts,
    /// Each remote.
    pub remotes: Vec<RemoteVerdict>,
    /// The sample, when it was asked about.
    pub sample: Option<SampleVerdict>,
}

impl Verdict {
    /// Whether every remote is taken up, its stored token accepted, and the sample whole where it was
    /// asked about.
    pub fn is_one_mesh(&self) -> bool {
        let remote = |one: &RemoteVerdict| {
            matches!(one.taken_up, Ok(TakenUp::Yes | TakenUp::NothingToShow))
                && matches!(one.access, Ok(Access::Accepted { .. }))
        };
        let sample = self.sample.as_ref();
        self.remotes.iter().all(remote)
            && sample.is_none_or(|sample| sample.diagnosis == Diagnosis::Joined)
    }

    /// The sample as the doctor reads it.
    ///
    /// # Errors
    /// [`Unknown`] when the product page was not asked or does not answer.
    pub fn product(&self) -> Known<ProductFacts> {
        match &self.sample {
            Some(sample) => sample.seen.facts(),
            None => Err(Unknown::because("the product page was not asked")),
        }
    }

    /// Gives the doctor what was found, for the control plane of this cluster of the console.
    pub fn tell(&self, facts: &mut MeshFacts, primary: &str) {
        let mut clusters = facts.clusters.iter_mut();
        let cluster = clusters.find(|one| one.name == primary);
        if let Some(Ok(Some(plane))) = cluster.map(|one| &mut one.control_plane) {
            plane.debug = self.debug.clone();
        }
        if self.sample.is_some() {
            facts.product = self.product().map(Some);
        }
    }
}

/// Asks everybody. It always ends; what could not be had says why.
pub async fn verify(question: &Question<'_>) -> Verdict {
    let access = join_all(question.remotes.iter().map(|(name, remote)| {
        let looking = Looking {
            primary: question.primary,
            remote,
            namespace: question.namespace,
            name,
            server: "",
            line: question.line,
            policy: question.policy,
        };
        async move { Box::pin(stored(&looking)).await }
    }));
    let (mut verdict, access) = tokio::join!(Box::pin(look(question)), Box::pin(access));
    for (remote, access) in verdict.remotes.iter_mut().zip(access) {
        remote.access = access;
    }
    verdict
}

/// The same without asking the remotes about their stored tokens, for who did already.
pub(crate) async fn look(question: &Question<'_>) -> Verdict {
    let sides = join_all(sides(question));
    let debug = ask::debug(
        question.primary,
        question.line,
        question.namespace,
        question.bounds.answer,
    );
    let (sides, debug) = tokio::join!(Box::pin(sides), Box::pin(debug));
    let remotes = sides.iter().skip(1);
    let remotes = remotes
        .map(|side| remote(question.line, side, &debug))
        .collect();
    let sample = match question.sample {
        Some(namespace) => Some(Box::pin(sample(question, namespace, &sides, &debug)).await),
        None => None,
    };
    Verdict {
        debug,
        remotes,
        sample,
    }
}

fn sides<'a>(question: &'a Question<'a>) -> Vec<impl Future<Output = Side> + 'a> {
    let primary = std::iter::once((None, question.primary));
    let remotes = question
        .remotes
        .iter()
        .map(|(name, remote)| (Some(*name), *remote));
    let all = primary.chain(remotes);
    all.map(|(name, cluster)| side::look(name, cluster, question))
        .collect()
}

fn remote(line: Line, side: &Side, debug: &DebugFacts) -> RemoteVerdict {
    let registered = registered(side, debug);
    let taken_up = match line {
        Line::Today => followed(&side.name, &debug.instances),
        Line::Legacy => proven(side, &registered),
    };
    RemoteVerdict {
        name: side.name.clone(),
        taken_up,
        access: Err(Unknown::because("the remote was not asked")),
        registered,
    }
}

/// What is registered and is a pod of that cluster: by the cluster that the answer names, or by the
/// pod's address where it names none.
fn registered(side: &Side, debug: &DebugFacts) -> Known<Vec<RegisteredEndpoint>> {
    let endpoints = debug.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = side.pods.as_ref().map_err(Clone::clone)?;
    let has = |address: IpAddr| {
        let mut own = pods.iter().filter(|pod| !pod.host_network);
        own.any(|pod| pod.address == Some(address))
    };
    let of_it = |one: &&RegisteredEndpoint| {
        one.cluster.as_deref().is_none_or(|name| name == side.name) && has(one.address)
    };
    Ok(endpoints.iter().filter(of_it).cloned().collect())
}

/// Today's line: each pod of the control plane says whether it follows the remote.
fn followed(name: &str, instances: &[InstanceFacts]) -> Known<TakenUp> {
    if instances.is_empty() {
        return Err(Unknown::because("no pod of the control plane was asked"));
    }
    for instance in instances {
        let clusters = instance.clusters.as_ref().map_err(Clone::clone)?;
        let found = clusters.iter().find(|one| one.cluster == name);
        match found.map(|one| one.state.as_str()) {
            Some("synced") => {}
            Some(state) => {
                let said = format!("{} says {state} of {name}", instance.pod);
                return Ok(TakenUp::No(said));
            }
            None => {
                let said = format!("{} does not know {name}", instance.pod);
                return Ok(TakenUp::No(said));
            }
        }
    }
    Ok(TakenUp::Yes)
}

/// The old line: an address of the remote's pods is registered.
fn proven(side: &Side, registered: &Known<Vec<RegisteredEndpoint>>) -> Known<TakenUp> {
    let registered = registered.as_ref().map_err(Clone::clone)?;
    if !registered.is_empty() {
        return Ok(TakenUp::Yes);
    }
    let endpoints = side.endpoints.as_ref().map_err(Clone::clone)?;
    let pods = side.pods.as_deref().unwrap_or_default();
    let of_a_pod = |address: IpAddr| pods.iter().any(|pod| pod.address == Some(address));
    if endpoints
        .iter()
        .any(|one| one.ready && of_a_pod(one.address))
    {
        let said = format!("no endpoint of {} is registered", side.name);
        return Ok(TakenUp::No(said));
    }
    Ok(TakenUp::NothingToShow)
}

async fn sample(
    question: &Question<'_>,
    namespace: &str,
    sides: &[Side],
    debug: &DebugFacts,
) -> SampleVerdict {
    let caller = sides
        .first()
        .map(|side| side.pods.as_ref().map_err(Clone::clone));
    let answer = match caller {
        Some(Ok(pods)) => {
            let bounds = question.bounds.answer;
            ask::product(question.primary, pods, namespace, bounds).await
        }
        Some(Err(unknown)) => ProductAnswer::unknown(&unknown),
        None => ProductAnswer::unknown(&Unknown::because("no cluster was looked at")),
    };
    let services = picture::services(namespace, sides, debug);
    let seen = diagnosis::see(&answer, &services, (question.now)());
    SampleVerdict {
        diagnosis: diagnose(&seen),
        answer,
        seen,
        services,
    }
}

#[cfg(test)]
mod tests;
