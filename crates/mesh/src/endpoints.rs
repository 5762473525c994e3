//! The addresses at which a remote's sidecars reach the control plane, read from the primary.
//!
//! A gateway or a load balancer comes before a pod, since the address of a pod changes with the pod. The host
//! name of a load balancer is resolved: a remote gets an address. Of several ready pods the oldest is taken. Start at [`discover`]; [`drift`] compares the addresses that a
//! release uses with the discovered ones.

mod configured;
mod drift;
mod values;

pub use crate::facts::Component;
pub use configured::{ConfiguredAddress, configured};
pub use drift::{Drifted, drift};
pub use values::as_values;

use crate::{
    error::Error,
    facts::{self, IstioGeneration, PodFacts, Route, ServiceFacts},
    gather::{host_names, read},
    step::Side,
};
use cluster::{HostResolver, Identity, Kind, Object, ObjectRef};
use jiff::Timestamp;
use std::cmp::Reverse;

/// Why a component has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MissingReason {
    /// No Service and no pod of the primary runs the component.
    NothingThere,
    /// A gateway or load balancer has no address yet.
    BalancerPending(ObjectRef),
    /// The load balancer of a gateway or Service has a host name only, which cannot be resolved now.
    Unresolved {
        /// The Service.
        service: ObjectRef,
        /// The host name.
        host: String,
        /// Why it has no address.
        reason: String,
    },
    /// No pod is ready.
    NoPodReady {
        /// The number of pods.
        pods: u32,
    },
}

/// An address that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundAddress {
    /// The address.
    pub address: String,
    /// The Service or pod that has the address.
    pub source: ObjectRef,
    /// The age of that object in seconds.
    pub age: Option<u64>,
    /// Whether it is the address of a pod, which changes with the pod.
    pub pod_ip: bool,
    /// The host name of the load balancer, when the address was resolved from it: remotes get no host name.
    pub host: Option<String>,
    /// The public addresses of that object that every source may dial.
    pub exposed: Vec<String>,
    /// Further addresses that reach the component now.
    pub others: Vec<String>,
}

/// The outcome of the discovery for one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The component has an address.
    Found(FoundAddress),
    /// The component has no address.
    Missing(MissingReason),
}

/// A component and its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscoveredAddress {
    /// The component.
    pub component: Component,
    /// The key of its address in the values of the remote's chart.
    pub key: &'static str,
    /// The address.
    pub outcome: Outcome,
}

impl DiscoveredAddress {
    /// Whether the address depends on a host name.
    pub fn has_host_name(&self) -> bool {
        match &self.outcome {
            Outcome::Found(found) => found.host.is_some(),
            Outcome::Missing(reason) => matches!(reason, MissingReason::Unresolved { .. }),
        }
    }

    /// All addresses that reach the component now, the best first.
    pub fn addresses(&self) -> Vec<&str> {
        match &self.outcome {
            Outcome::Found(found) => {
                let others = found.others.iter().map(String::as_str);
                std::iter::once(found.address.as_str())
                    .chain(others)
                    .collect()
            }
            Outcome::Missing(_) => Vec::new(),
        }
    }
}

/// Discovers the address of each component in the primary; only reads.
///
/// # Errors
/// [`Error::Cluster`] when its Services or pods cannot be listed or are malformed.
pub async fn discover(
    primary: &dyn Identity,
    generation: IstioGeneration,
    namespace: &str,
    now: Timestamp,
    resolver: &dyn HostResolver,
) -> Result<Vec<DiscoveredAddress>, Error> {
    let (primary, failed) = (primary.cluster(), Error::at(Side::Primary));
    let (services, pods) = tokio::join!(
        primary.list_objects(Kind::SERVICE, Some(namespace), ""),
        primary.list_objects(Kind::POD, Some(namespace), ""),
    );
    let (services, pods) = (services.map_err(&failed)?, pods.map_err(&failed)?);
    let mut services = with_facts(&services, read::service).map_err(&failed)?;
    let facts = services.iter_mut().map(|(_, service)| service);
    host_names::resolve(facts, resolver).await;
    decide(generation, &services, &pods, now).map_err(failed)
}

/// The addresses out of the Services, whose host names are resolved, and the pods of the control plane's
/// namespace; pure.
fn decide(
    generation: IstioGeneration,
    services: &[(&Object, ServiceFacts)],
    pods: &[Object],
    now: Timestamp,
) -> Result<Vec<DiscoveredAddress>, cluster::Error> {
    let pods = with_facts(pods, read::pod)?;
    let components = Component::all(generation).iter();
    let discovered = components.map(|component| DiscoveredAddress {
        component: *component,
        key: component.values_key(),
        outcome: outcome(*component, generation, services, &pods, now),
    });
    Ok(discovered.collect())
}

/// Each object with its facts.
fn with_facts<T>(
    objects: &[Object],
    read: impl Fn(&Object) -> Result<T, cluster::Error>,
) -> Result<Vec<(&Object, T)>, cluster::Error> {
    let each = objects.iter().map(|object| Ok((object, read(object)?)));
    each.collect()
}

fn outcome(
    component: Component,
    generation: IstioGeneration,
    services: &[(&Object, ServiceFacts)],
    pods: &[(&Object, PodFacts)],
    now: Timestamp,
) -> Outcome {
    let mut found: Vec<(String, &Object, Option<&ServiceFacts>)> = Vec::new();
    let mut pending = None;
    for route in [Route::Gateway, Route::LoadBalancer] {
        for (object, service) in services {
            if facts::route(service, component, generation) != Some(route) {
                continue;
            }
            let addresses = facts::external_addresses(service);
            if addresses.is_empty() {
                pending = pending.or_else(|| Some(pending_reason(object, service)));
            }
            let each = addresses.into_iter();
            found.extend(each.map(|address| (address, *object, Some(service))));
        }
    }
    // The address of a pod is no substitute while a resolver does not answer.
    if found.is_empty()
        && let Some(unresolved @ MissingReason::Unresolved { .. }) = pending
    {
        return Outcome::Missing(unresolved);
    }
    let running: Vec<_> = pods
        .iter()
        .filter(|(_, pod)| pod.live && facts::runs(pod, component))
        .collect();
    let mut ready: Vec<_> = running.iter().filter(|(_, pod)| pod.ready).collect();
    ready.sort_by_key(|(object, _)| Reverse(object.age(now)));
    found.extend(ready.iter().filter_map(|(object, pod)| {
        let address = pod.address?.to_string();
        Some((address, *object, None))
    }));
    let mut found = found.into_iter();
    if let Some((address, object, service)) = found.next() {
        let mut others: Vec<String> = found.map(|(address, ..)| address).collect();
        others.retain(|other| *other != address);
        let names = service
            .into_iter()
            .flat_map(|service| &service.balancer_names);
        return Outcome::Found(FoundAddress {
            source: object.reference(),
            age: object.age(now),
            pod_ip: service.is_none(),
            host: names.map(|name| name.host.clone()).next(),
            exposed: service.map(facts::exposed_addresses).unwrap_or_default(),
            address,
            others,
        });
    }
    Outcome::Missing(missing_reason(pending, running.len()))
}

/// Why a Service for remotes has no address.
fn pending_reason(object: &Object, service: &ServiceFacts) -> MissingReason {
    match facts::unresolved(service) {
        Some((host, unknown)) => MissingReason::Unresolved {
            service: object.reference(),
            host: host.to_owned(),
            reason: unknown.reason.clone(),
        },
        None => MissingReason::BalancerPending(object.reference()),
    }
}

fn missing_reason(pending: Option<MissingReason>, pods: usize) -> MissingReason {
    match (pending, pods) {
        (None, 0) => MissingReason::NothingThere,
        (Some(pending), 0) => pending,
        (_, pods) => MissingReason::NoPodReady {
            pods: u32::try_from(pods).unwrap_or(u32::MAX),
        },
    }
}

#[cfg(test)]
mod tests;
