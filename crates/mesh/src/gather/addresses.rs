//! The addresses at which a remote dials its primary, and the current addresses of each component.

use super::ClusterSnapshot;
use crate::{
    facts::{
        ClusterFacts, Component, Fact, IstioGeneration, RemoteEndpoint, ServiceFacts, ServiceType,
        Unknown, exposed_addresses, external_addresses, route, runs, unresolved,
    },
    istio::ISTIOD,
};
use std::{collections::BTreeSet, net::IpAddr};

/// Addresses that proxies dial: the name of a component, and its host.
type ProxyAddresses = Vec<(String, String)>;

/// The addresses that the remote uses, each with the current addresses of its component.
pub(super) fn endpoints(
    primary: &ClusterFacts,
    remote: &ClusterSnapshot,
    generation: IstioGeneration,
) -> Fact<Vec<RemoteEndpoint>> {
    let used = match generation {
        IstioGeneration::Istiod => istiod_addresses(&remote.facts)?,
        IstioGeneration::Mixer => mesh_config_addresses(remote)?,
    };
    primary.services.as_ref().map_err(Clone::clone)?;
    primary.pods.as_ref().map_err(Clone::clone)?;
    let endpoint = |(purpose, address): (String, String)| RemoteEndpoint {
        current_addresses: current_addresses(primary, component(&purpose), generation),
        restricted: is_restricted(primary, &address),
        exposed: exposed_beside(primary, &address),
        unresolved: unresolved_name(primary, component(&purpose), generation),
        purpose,
        address,
    };
    Ok(used.into_iter().map(endpoint).collect())
}

/// istiod: the endpoints of the remote's own Service istiod, which selects no pods.
fn istiod_addresses(remote: &ClusterFacts) -> Fact<ProxyAddresses> {
    let services = remote.services.as_ref().map_err(Clone::clone)?;
    let service = services
        .iter()
        .find(|service| service.namespace == remote.istio_namespace && service.name == ISTIOD);
    let Some(service) = service else {
        return Err(Unknown::because("the remote has no Service istiod yet"));
    };
    let pilot = || Component::Pilot.as_str().to_owned();
    if let ServiceType::ExternalName(name) = &service.service_type {
        return Ok(vec![(pilot(), name.clone())]);
    }
    Ok(
        service_endpoints(remote, &service.namespace, &service.name)?
            .map(|address| (pilot(), address))
            .collect(),
    )
}

fn service_endpoints<'a>(
    remote: &'a ClusterFacts,
    namespace: &'a str,
    service: &'a str,
) -> Fact<impl Iterator<Item = String> + 'a> {
    let endpoints = remote.endpoints.as_ref().map_err(Clone::clone)?;
    let endpoints = endpoints
        .iter()
        .filter(move |endpoint| endpoint.namespace == namespace && endpoint.service == service);
    Ok(endpoints.map(|endpoint| endpoint.address.to_string()))
}

/// Istio 1.0: the hosts in the remote's mesh configuration; the name of a Service is replaced by its
/// endpoints.
fn mesh_config_addresses(remote: &ClusterSnapshot) -> Fact<ProxyAddresses> {
    let configured = remote.proxy_addresses.as_ref().map_err(Clone::clone)?;
    let mut addresses = Vec::new();
    for (purpose, host) in configured {
        let mut labels = host.split('.');
        let names = (labels.next(), labels.next());
        match (host.parse::<IpAddr>(), names) {
            (Err(_), (Some(service), Some(namespace))) if is_cluster_local(host) => {
                let endpoints = service_endpoints(&remote.facts, namespace, service)?;
                addresses.extend(endpoints.map(|address| (purpose.clone(), address)));
            }
            _ => addresses.push((purpose.clone(), host.clone())),
        }
    }
    Ok(addresses)
}

/// Whether a host is a Service of the cluster itself: `istio-pilot.istio-system`, `….svc.cluster.local`.
fn is_cluster_local(host: &str) -> bool {
    host.split('.').count() == 2 || host.contains(".svc")
}

fn component(purpose: &str) -> Component {
    let mut components = Component::all(IstioGeneration::Mixer).iter().copied();
    components
        .find(|component| component.as_str() == purpose)
        .unwrap_or(Component::Pilot)
}

/// The external addresses of a component's Services, and the addresses of its ready pods.
fn current_addresses(
    primary: &ClusterFacts,
    component: Component,
    generation: IstioGeneration,
) -> BTreeSet<String> {
    let pods = primary.known_pods().iter();
    let ready = pods.filter(|pod| pod.live && pod.ready && runs(pod, component));
    let pods = ready.filter_map(|pod| Some(pod.address?.to_string()));
    let services = primary.services.as_deref().unwrap_or_default().iter();
    let services = services.filter(|service| route(service, component, generation).is_some());
    pods.chain(services.flat_map(external_addresses)).collect()
}

/// Why the load balancer of a component has no address: its host name cannot be resolved.
fn unresolved_name(
    primary: &ClusterFacts,
    component: Component,
    generation: IstioGeneration,
) -> Option<String> {
    let services = primary.services.as_deref().unwrap_or_default().iter();
    let mut services = services.filter(|service| route(service, component, generation).is_some());
    services.find_map(|service| Some(unresolved(service)?.1.reason.clone()))
}

/// The Services of the primary with this external address.
fn services_with<'a>(
    primary: &'a ClusterFacts,
    address: &'a str,
) -> impl Iterator<Item = &'a ServiceFacts> {
    let services = primary.services.as_deref().unwrap_or_default().iter();
    services.filter(move |service| external_addresses(service).iter().any(|own| own == address))
}

/// Whether the Service with this address is internal or restricts its source ranges.
fn is_restricted(primary: &ClusterFacts, address: &str) -> bool {
    let mut services = services_with(primary, address);
    services.any(|service| !exposed_addresses(service).iter().any(|own| own == address))
}

/// The other public addresses without an allowed source range of the Service with this address.
fn exposed_beside(primary: &ClusterFacts, address: &str) -> Vec<String> {
    let exposed = services_with(primary, address).flat_map(exposed_addresses);
    exposed.filter(|other| other != address).collect()
}
