//! D15: a Service has the same type and ports in each cluster.
//!
//! A mesh merges Services with the same name and namespace; where they differ, it uses one of them without
//! a report.

use crate::{
    facts::{ClusterFacts, MeshFacts, PortFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeSet;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let services = tally.known(&primary.name, &primary.services);
        let other_services = tally.known(&remote.name, &remote.services);
        let (Some(services), Some(other_services)) = (services, other_services) else {
            continue;
        };
        let shared = services
            .iter()
            .filter(|service| is_shared(&primary.istio_namespace, service));
        for service in shared {
            let is_same = |other: &&ServiceFacts| {
                other.namespace == service.namespace && other.name == service.name
            };
            let Some(other) = other_services.iter().find(is_same) else {
                continue;
            };
            tally.applies();
            compare((primary, service), (remote, other), &mut tally);
        }
    }
    tally.finding()
}

/// Whether a Service belongs to the mesh, and not to the control plane or to the cluster itself.
fn is_shared(istio_namespace: &str, service: &ServiceFacts) -> bool {
    let namespace = service.namespace.as_str();
    namespace != istio_namespace && !namespace.starts_with("kube-") && namespace != "default"
}

fn compare(
    (cluster, service): (&ClusterFacts, &ServiceFacts),
    (other_cluster, other): (&ClusterFacts, &ServiceFacts),
    tally: &mut Tally,
) {
    if internal_type(service) != internal_type(other) {
        let detail = detail!(ServiceTypeDiffers {
            service: service.reference(),
            cluster: cluster.name,
            service_type: service.service_type.word(),
            other_cluster: other_cluster.name,
            other_service_type: other.service_type.word(),
        });
        tally.warn(detail, Remedy::AlignServices);
    }
    if ports(service) != ports(other) {
        let detail = detail!(ServicePortsDiffer {
            service: service.reference(),
            cluster: cluster.name,
            ports: describe_ports(service),
            other_cluster: other_cluster.name,
            other_ports: describe_ports(other),
        });
        tally.warn(detail, Remedy::AlignServices);
    }
}

/// The type within the mesh: a node port and a load balancer are for clients outside of it.
fn internal_type(service: &ServiceFacts) -> &'static str {
    match &service.service_type {
        ServiceType::NodePort | ServiceType::LoadBalancer => ServiceType::ClusterIp.word(),
        service_type => service_type.word(),
    }
}

fn ports(service: &ServiceFacts) -> BTreeSet<&PortFacts> {
    service.ports.iter().collect()
}

fn describe_ports(service: &ServiceFacts) -> String {
    let ports = service.ports.iter().map(|port| {
        let PortFacts {
            name,
            number,
            protocol,
        } = port;
        match name.as_str() {
            "" => format!("{number}/{protocol}"),
            name => format!("{name} {number}/{protocol}"),
        }
    });
    ports.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests;
