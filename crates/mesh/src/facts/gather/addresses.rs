//! Where a remote dials its primary, and which addresses of the primary are good now.

use super::ClusterSnapshot;
use crate::{
    endpoints::{Component, sources},
    facts::{ClusterFacts, Fact, IstioGeneration, RemoteEndpoint, ServiceType, Unknown},
};
use std::{collections::BTreeSet, net::IpAddr};

/// What the remote was told to dial, each with the addresses that would be good.
pub(super) fn of(
    primary: &ClusterFacts,
    remote: &ClusterSnapshot,
    generation: IstioGeneration,
) -> Fact<Vec<RemoteEndpoint>> {
    let network_override = match generation {
        IstioGeneration::Istiod => istiod(&remote.facts)?,
        IstioGeneration::Mixer => old(remote)?,
    };
    let known = primary.services.as_ref().map(|_| ()).map_err(Clone::clone);
    known.and(primary.pods.as_ref().map(|_| ()).map_err(Clone::clone))?;
    let endpoint = |(purpose, address): (String, String)| RemoteEndpoint {
        current_addresses: current_addresses(primary, dialled(&purpose), generation),
        restricted: restricted(primary, &address),
        purpose,
        address,
    };
    Ok(network_override.into_iter().map(endpoint).collect())
}

type ProxyAddresses = Vec<(String, String)>;

/// Today's line: the addresses behind the remote's own Service istiod, which has no pods.
fn istiod(remote: &ClusterFacts) -> Fact<ProxyAddresses> {
    let services = remote.services.as_ref().map_err(Clone::clone)?;
    let service = services
        .iter()
        .find(|one| one.namespace == remote.istio_namespace && one.name == "istiod");
    let Some(service) = service else {
        return Err(Unknown::because("the remote has no Service istiod yet"));
    };
    if let ServiceType::ExternalName(name) = &service.service_type {
        return Ok(vec![("pilot".to_owned(), name.clone())]);
    }
    Ok(behind(remote, &service.namespace, &service.name)?
        .map(|address| ("pilot".to_owned(), address))
        .collect())
}

fn behind<'a>(
    remote: &'a ClusterFacts,
    namespace: &'a str,
    service: &'a str,
) -> Fact<impl Iterator<Item = String> + 'a> {
    let endpoints = remote.endpoints.as_ref().map_err(Clone::clone)?;
    let behind = endpoints
        .iter()
        .filter(move |one| one.namespace == namespace && one.service == service);
    Ok(behind.map(|one| one.address.to_string()))
}

/// The old line: the remote's mesh configuration; a name of a Service stands for what is behind it.
fn old(remote: &ClusterSnapshot) -> Fact<ProxyAddresses> {
    let network_override = remote.dialled.as_ref().map_err(Clone::clone)?;
    let mut all = Vec::new();
    for (purpose, host) in network_override {
        let mut parts = host.split('.');
        let names = (parts.next(), parts.next());
        match (host.parse::<IpAddr>(), names) {
            (Ok(_), _) => all.push((purpose.clone(), host.clone())),
            (Err(_), (Some(service), Some(namespace))) if is_of_a_cluster(host) => {
                let addresses = behind(&remote.facts, namespace, service)?;
                all.extend(addresses.map(|address| (purpose.clone(), address)));
            }
            (Err(_), _) => all.push((purpose.clone(), host.clone())),
        }
    }
    Ok(all)
}

/// Whether a host is a Service of the cluster itself: `istio-pilot.istio-system`, `….svc.cluster.local`.
fn is_of_a_cluster(host: &str) -> bool {
    host.split('.').count() == 2 || host.contains(".svc")
}

/// What a purpose is called here.
fn dialled(purpose: &str) -> Component {
    let mut all = Component::all(IstioGeneration::Mixer).iter().copied();
    all.find(|one| one.word() == purpose)
        .unwrap_or(Component::Pilot)
}

/// Balancers that lead to it, and pods of it that are ready.
fn current_addresses(
    primary: &ClusterFacts,
    dialled: Component,
    generation: IstioGeneration,
) -> BTreeSet<String> {
    let pods = primary.known_pods().iter();
    let ready = pods.filter(|pod| pod.live && pod.ready && sources::serves(pod, dialled));
    let pods = ready.filter_map(|pod| Some(pod.address?.to_string()));
    let services = primary.services.as_deref().unwrap_or_default().iter();
    let leads = services.filter(|one| sources::way(one, dialled, generation).is_some());
    pods.chain(leads.flat_map(sources::addresses)).collect()
}

/// Whether the address is of a Service that is internal or names its sources.
fn restricted(primary: &ClusterFacts, address: &str) -> bool {
    let services = primary.services.as_deref().unwrap_or_default().iter();
    let mut owners =
        services.filter(|one| sources::addresses(one).iter().any(|own| own == address));
    owners.any(|one| {
        let internal = one.annotations.iter().any(|(key, value)| {
            let about = key.contains("load-balancer") || key.contains("loadbalancer");
            about
                && [key, value].iter().any(|text| {
                    text.to_ascii_lowercase().contains("internal") || text.contains("intranet")
                })
        });
        internal || !one.source_ranges.is_empty()
    })
}
