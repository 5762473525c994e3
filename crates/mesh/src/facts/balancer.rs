//! The addresses of a Service outside of its cluster: those of its load balancer, whose host name is replaced by
//! addresses, and its `externalIPs`; and which of them every source may dial.
//!
//! A remote gets an address and never a host name. Pure. Start at [`external_addresses`].

use super::{Fact, ServiceFacts, Unknown, host::Host};
use std::{collections::BTreeMap, net::IpAddr};

/// A host name of a load balancer, and its addresses in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalancerName {
    /// The host name.
    pub host: String,
    /// Its addresses.
    pub addresses: Fact<Vec<IpAddr>>,
}

/// Annotations with the static addresses of a load balancer, comma separated: AWS (NLB), Azure, MetalLB, kube-vip
/// and Cilium, as their documentation names them.
const STATIC_ADDRESSES: [&str; 8] = [
    "service.beta.kubernetes.io/aws-load-balancer-private-ipv4-addresses",
    "service.beta.kubernetes.io/azure-load-balancer-ipv4",
    "service.beta.kubernetes.io/azure-load-balancer-ipv6",
    "metallb.io/loadBalancerIPs",
    "metallb.universe.tf/loadBalancerIPs",
    "kube-vip.io/loadbalancerIPs",
    "lbipam.cilium.io/ips",
    "io.cilium/lb-ipam-ips",
];

/// The static internal addresses of a Service: `spec.loadBalancerIP`, and those of annotations.
pub(crate) fn static_addresses(
    balancer_address: Option<&str>,
    annotations: &BTreeMap<String, String>,
) -> Vec<IpAddr> {
    let annotated = STATIC_ADDRESSES
        .iter()
        .filter_map(|key| annotations.get(*key));
    let annotated = annotated.flat_map(|value| value.split(','));
    let addresses = balancer_address.into_iter().chain(annotated);
    let mut found: Vec<IpAddr> = Vec::new();
    for text in addresses {
        if let Host::Private(address) = Host::read(text.trim())
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found
}

/// The external addresses of a Service, the best first. Of a load balancer with a host name, its static internal
/// addresses come before the resolved ones, which are in ascending order.
pub(crate) fn external_addresses(service: &ServiceFacts) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for ingress in &service.load_balancer {
        let name = service
            .balancer_names
            .iter()
            .find(|name| name.host == *ingress);
        match name {
            None if ingress.parse::<IpAddr>().is_ok() => all.push(ingress.clone()),
            None => {}
            Some(name) => {
                let resolved = name.addresses.as_deref().unwrap_or_default();
                let both = service.static_addresses.iter().chain(resolved);
                all.extend(both.map(ToString::to_string));
            }
        }
    }
    all.extend(service.external_ips.iter().map(ToString::to_string));
    let mut once = Vec::new();
    for address in all {
        if !once.contains(&address) {
            once.push(address);
        }
    }
    once
}

/// The first host name of a Service that has no address, with the reason.
pub(crate) fn unresolved(service: &ServiceFacts) -> Option<(&str, &Unknown)> {
    let mut names = service.balancer_names.iter();
    names.find_map(|name| Some((name.host.as_str(), name.addresses.as_ref().err()?)))
}

/// The public addresses of a Service that every source may dial: it restricts no source ranges. The annotation of
/// an internal load balancer makes an address internal, but not what a host name resolves to.
pub(crate) fn exposed_addresses(service: &ServiceFacts) -> Vec<String> {
    if restricts_sources(service) {
        return Vec::new();
    }
    let is_public = |text: &String| matches!(Host::read(text), Host::Public(_));
    let mut exposed = external_addresses(service);
    exposed.retain(is_public);
    if service.balancer_names.is_empty() && is_internal(service) {
        exposed.clear();
    }
    exposed
}

/// Whether `loadBalancerSourceRanges` restricts anything.
fn restricts_sources(service: &ServiceFacts) -> bool {
    let mut ranges = service.source_ranges.iter();
    !service.source_ranges.is_empty() && ranges.all(|range| !range.trim().ends_with("/0"))
}

/// Whether an annotation of the provider makes the load balancer internal.
fn is_internal(service: &ServiceFacts) -> bool {
    service.annotations.iter().any(|(key, value)| {
        let is_about = key.contains("load-balancer") || key.contains("loadbalancer");
        is_about
            && [key, value].iter().any(|text| {
                text.to_ascii_lowercase().contains("internal") || text.contains("intranet")
            })
    })
}

#[cfg(test)]
mod tests;
