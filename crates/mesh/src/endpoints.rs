//! Where a remote finds the control plane: an address for each thing that its sidecars dial, read from
//! the primary, with its source.
//!
//! A gateway or a balancer comes before a pod, since a pod's address goes with the pod. Of several ready
//! pods the oldest is taken. Start at [`discover`], then at [`drift`] for what is in use already.

mod drift;
pub(crate) mod sources;

pub use drift::{Drifted, drift};

use crate::{
    error::Error,
    facts::{IstioGeneration, read},
    step::Side,
};
use cluster::{Cluster, Object, ObjectRef};
use jiff::Timestamp;
use sources::Way;

/// What a remote's sidecars dial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The control plane itself.
    Pilot,
    /// Mixer's policy checks; the old line.
    Policy,
    /// Mixer's telemetry; the old line.
    Telemetry,
    /// The bridge for statistics; the old line up to 1.0.2.
    Statsd,
    /// The collector of traces.
    Zipkin,
}

impl Component {
    /// All of a line.
    pub fn all(generation: IstioGeneration) -> &'static [Self] {
        match generation {
            IstioGeneration::Mixer => &[
                Self::Pilot,
                Self::Policy,
                Self::Telemetry,
                Self::Statsd,
                Self::Zipkin,
            ],
            IstioGeneration::Istiod => &[Self::Pilot, Self::Zipkin],
        }
    }

    /// Its word, as facts and values name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pilot => "pilot",
            Self::Policy => "policy",
            Self::Telemetry => "telemetry",
            Self::Statsd => "statsd",
            Self::Zipkin => "zipkin",
        }
    }

    /// Where its address stands in the values of the remote's chart.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pilot => "global.remotePilotAddress",
            Self::Policy => "global.remotePolicyAddress",
            Self::Telemetry => "global.remoteTelemetryAddress",
            Self::Statsd => "global.proxy.envoyStatsd.host",
            Self::Zipkin => "global.remoteZipkinAddress",
        }
    }

    /// The switch in the values without which the address is not used; none when there is no such.
    pub fn switch(self) -> Option<&'static str> {
        (self == Self::Statsd).then_some("global.proxy.envoyStatsd.enabled")
    }
}

/// Why there is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingReason {
    /// Nothing in the primary serves it.
    NothingThere,
    /// A gateway or balancer is there and has no address yet.
    BalancerPending(ObjectRef),
    /// Pods are there, and none is ready.
    NoPodReady {
        /// How many there are.
        pods: u32,
    },
}

/// What a person could do about an address that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Install the control plane.
    InstallControlPlane,
    /// The part is optional: switch it on in the control plane's chart, or leave the value empty.
    EnablePart,
    /// Wait for the balancer, or give the Service an external address.
    WaitForBalancer,
    /// Look at why its pods are not ready.
    LookAtPods,
}

/// An address that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAddress {
    /// The address, or a balancer's host name.
    pub address: String,
    /// The Service or pod it is of.
    pub source: ObjectRef,
    /// Seconds since that was made.
    pub age: Option<u64>,
    /// Whether it is a pod's own: it goes with the pod.
    pub pod_ip: bool,
    /// Whether it is a host name, which today's line does not take.
    pub host_name: bool,
    /// Further addresses that are good now.
    pub others: Vec<String>,
}

/// What came of looking for one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is one.
    Found(FoundAddress),
    /// There is none.
    Missing {
        /// Why.
        reason: MissingReason,
        /// What to do.
        hint: Advice,
    },
}

/// One thing that is dialled, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredAddress {
    /// What.
    pub dialled: Component,
    /// Its place in the values of the remote's chart.
    pub key: &'static str,
    /// Where it is.
    pub outcome: Outcome,
}

impl DiscoveredAddress {
    /// Every address that is good now, the best first.
    pub fn good(&self) -> Vec<&str> {
        match &self.outcome {
            Outcome::Found(found) => {
                let others = found.others.iter().map(String::as_str);
                std::iter::once(found.address.as_str())
                    .chain(others)
                    .collect()
            }
            Outcome::Missing { .. } => Vec::new(),
        }
    }
}

/// Looks for each address in the primary; only reads.
///
/// # Errors
/// [`Error::Cluster`] when its Services or pods cannot be listed.
pub async fn discover(
    primary: &Cluster,
    generation: IstioGeneration,
    namespace: &str,
    now: Timestamp,
) -> Result<Vec<DiscoveredAddress>, Error> {
    let failed = Error::at(Side::Primary);
    let (services, pods) = tokio::join!(
        primary.list("v1", "Service", Some(namespace), ""),
        primary.list("v1", "Pod", Some(namespace), ""),
    );
    let (services, pods) = (services.map_err(&failed)?, pods.map_err(&failed)?);
    Ok(decide(generation, &services, &pods, now))
}

/// The addresses out of the Services and pods of the control plane's namespace; pure.
fn decide(
    generation: IstioGeneration,
    services: &[Object],
    pods: &[Object],
    now: Timestamp,
) -> Vec<DiscoveredAddress> {
    let services: Vec<_> = services
        .iter()
        .map(|one| (one, read::service(one)))
        .collect();
    let pods: Vec<_> = pods.iter().map(|one| (one, read::pod(one))).collect();
    let one = |dialled: &Component| DiscoveredAddress {
        dialled: *dialled,
        key: dialled.key(),
        outcome: outcome(*dialled, generation, &services, &pods, now),
    };
    Component::all(generation).iter().map(one).collect()
}

type Read<'a, T> = (&'a Object, T);

fn outcome(
    dialled: Component,
    generation: IstioGeneration,
    services: &[Read<'_, crate::facts::ServiceFacts>],
    pods: &[Read<'_, crate::facts::PodFacts>],
    now: Timestamp,
) -> Outcome {
    let mut found: Vec<(String, Way, &Object)> = Vec::new();
    let mut pending = None;
    for way in [Way::Gateway, Way::Balancer] {
        for (object, service) in services {
            if sources::way(service, dialled, generation) != Some(way) {
                continue;
            }
            let addresses = sources::addresses(service);
            if addresses.is_empty() && pending.is_none() {
                pending = Some(object.reference());
            }
            found.extend(addresses.into_iter().map(|address| (address, way, *object)));
        }
    }
    let serving: Vec<_> = pods
        .iter()
        .filter(|(_, pod)| pod.live && sources::serves(pod, dialled))
        .collect();
    let mut ready: Vec<_> = serving.iter().filter(|(_, pod)| pod.ready).collect();
    ready.sort_by_key(|(object, _)| std::cmp::Reverse(object.age(now)));
    found.extend(ready.iter().filter_map(|(object, pod)| {
        let address = pod.address?.to_string();
        Some((address, Way::Pod, *object))
    }));
    let mut found = found.into_iter();
    if let Some((address, way, object)) = found.next() {
        let mut others: Vec<String> = found.map(|(address, ..)| address).collect();
        others.retain(|other| *other != address);
        return Outcome::Found(FoundAddress {
            source: object.reference(),
            age: object.age(now),
            pod_ip: way == Way::Pod,
            host_name: address.parse::<std::net::IpAddr>().is_err(),
            address,
            others,
        });
    }
    let (reason, hint) = absent(dialled, pending, serving.len());
    Outcome::Missing { reason, hint }
}

fn absent(dialled: Component, pending: Option<ObjectRef>, pods: usize) -> (MissingReason, Advice) {
    match (pending, pods, dialled) {
        (None, 0, Component::Pilot) => (MissingReason::NothingThere, Advice::InstallControlPlane),
        (None, 0, _) => (MissingReason::NothingThere, Advice::EnablePart),
        (Some(service), 0, _) => (
            MissingReason::BalancerPending(service),
            Advice::WaitForBalancer,
        ),
        (_, pods, _) => {
            let pods = u32::try_from(pods).unwrap_or(u32::MAX);
            (MissingReason::NoPodReady { pods }, Advice::LookAtPods)
        }
    }
}

#[cfg(test)]
mod tests;
