//! The addresses of the host names that load balancers have instead of addresses.

use crate::facts::{
    BalancerName, Component, IstioGeneration, ServiceFacts, Unknown, is_gateway, route,
};
use cluster::HostResolver;
use futures::future::join_all;
use std::net::IpAddr;

/// The host names of one Service that are resolved.
const MAX_HOST_NAMES: usize = 8;

/// Resolves the host names of the Services that remotes dial, and of gateways.
pub(crate) async fn resolve<'a>(
    services: impl Iterator<Item = &'a mut ServiceFacts>,
    resolver: &dyn HostResolver,
) {
    let dialled = services.filter(|service| is_dialled(service));
    join_all(dialled.map(|service| resolve_service(service, resolver))).await;
}

fn is_dialled(service: &ServiceFacts) -> bool {
    let serves = |generation| {
        let mut components = Component::all(generation).iter();
        components.any(|component| route(service, *component, generation).is_some())
    };
    is_gateway(service) || serves(IstioGeneration::Istiod) || serves(IstioGeneration::Mixer)
}

async fn resolve_service(service: &mut ServiceFacts, resolver: &dyn HostResolver) {
    let is_name = |text: &&String| text.parse::<IpAddr>().is_err();
    let names = service.load_balancer.iter().filter(is_name);
    let names = names.take(MAX_HOST_NAMES).map(async |host| {
        let addresses = match resolver.resolve(host).await {
            Ok(addresses) if addresses.is_empty() => Err(Unknown::because(format!(
                "the host name {host} has no address"
            ))),
            Ok(mut addresses) => {
                addresses.sort();
                addresses.dedup();
                Ok(addresses)
            }
            Err(error) => Err(Unknown::because(error)),
        };
        BalancerName {
            host: host.clone(),
            addresses,
        }
    });
    service.balancer_names = join_all(names).await;
}
