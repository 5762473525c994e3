//! The topology of the sample: each Service in each cluster, with its workloads and endpoints. Pure.

use super::inventory::ClusterInventory;
use crate::facts::{DebugFacts, Fact, RegisteredEndpoint};
use jiff::Timestamp;
use std::net::IpAddr;

/// The Services of the sample, the caller first.
pub(super) const SERVICES: [&str; 4] = ["productpage", "details", "reviews", "ratings"];

/// A Deployment behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadTopology {
    /// Its name.
    pub name: String,
    /// The ready replicas.
    pub ready: u32,
    /// The desired replicas.
    pub desired: u32,
}

/// One address behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointTopology {
    /// The address.
    pub address: IpAddr,
    /// Whether its pod is ready.
    pub ready: bool,
    /// The time at which the pod became ready, if it is known.
    pub since: Option<Timestamp>,
    /// Whether the control plane has registered it.
    pub registered: Fact<bool>,
}

/// One Service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInCluster {
    /// The cluster's ID in the mesh.
    pub cluster: String,
    /// The cluster's name in the console.
    pub console: String,
    /// Whether the Service exists.
    pub service: Fact<bool>,
    /// The creation time of the Service.
    pub since: Option<Timestamp>,
    /// Its Deployments.
    pub workloads: Fact<Vec<WorkloadTopology>>,
    /// Its endpoints.
    pub endpoints: Fact<Vec<EndpointTopology>>,
}

/// A Service in all clusters, the caller's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTopology {
    /// Its name.
    pub name: String,
    /// The clusters.
    pub clusters: Vec<ServiceInCluster>,
    /// Whether the control plane has registered its host and at least one ready endpoint.
    pub registered: Fact<bool>,
}

pub(super) fn services(
    namespace: &str,
    inventories: &[ClusterInventory],
    debug: &DebugFacts,
) -> Vec<ServiceTopology> {
    let service = |name: &&str| {
        let host = format!("{name}.{namespace}.svc.");
        let known = debug.endpoints.as_ref().map_err(Clone::clone);
        let known = known.map(|all| -> Vec<&RegisteredEndpoint> {
            all.iter()
                .filter(|endpoint| endpoint.host.starts_with(&host))
                .collect()
        });
        let clusters: Vec<ServiceInCluster> = inventories
            .iter()
            .map(|inventory| service_in_cluster(name, namespace, inventory, &known))
            .collect();
        let registered = known.and_then(|_| is_registered(&clusters));
        ServiceTopology {
            name: (*name).to_owned(),
            clusters,
            registered,
        }
    };
    SERVICES.iter().map(service).collect()
}

/// Whether a ready endpoint is registered; unknown when none is and a cluster could not be read.
fn is_registered(clusters: &[ServiceInCluster]) -> Fact<bool> {
    let mut registered = Ok(false);
    for cluster in clusters {
        match &cluster.endpoints {
            Ok(endpoints) => {
                let mut live = endpoints.iter().filter(|endpoint| endpoint.ready);
                if live.any(|endpoint| endpoint.registered == Ok(true)) {
                    return Ok(true);
                }
            }
            Err(unknown) => registered = Err(unknown.clone()),
        }
    }
    registered
}

fn service_in_cluster(
    name: &str,
    namespace: &str,
    inventory: &ClusterInventory,
    known: &Fact<Vec<&RegisteredEndpoint>>,
) -> ServiceInCluster {
    let services = inventory.services.as_ref().map_err(Clone::clone);
    let service = services.map(|all| all.iter().find(|(service, _)| service.name == name));
    let workloads = inventory.workloads.as_ref().map_err(Clone::clone);
    let workloads = workloads.map(|all| {
        let of_it = all.iter().filter(|(_, app, _)| app == name);
        let topology = of_it.map(|(workload, _, deployment)| WorkloadTopology {
            name: workload.clone(),
            ready: deployment.ready,
            desired: deployment.desired,
        });
        topology.collect()
    });
    let endpoints = inventory.endpoints.as_ref().map_err(Clone::clone);
    let endpoints = endpoints.map(|all| {
        let of_it = all
            .iter()
            .filter(|endpoint| endpoint.namespace == namespace && endpoint.service == name);
        let topology = of_it.map(|endpoint| EndpointTopology {
            address: endpoint.address,
            ready: endpoint.ready,
            since: since(inventory, endpoint.address),
            registered: known.as_ref().map_err(Clone::clone).map(|known| {
                known.iter().any(|known| {
                    let cluster = known.cluster.as_deref();
                    known.address == endpoint.address
                        && cluster.is_none_or(|name| name == inventory.id)
                })
            }),
        });
        topology.collect()
    });
    ServiceInCluster {
        cluster: inventory.id.clone(),
        console: inventory.console.clone(),
        since: service
            .as_ref()
            .ok()
            .and_then(|service| service.and_then(|(_, since)| *since)),
        service: service.map(|found| found.is_some()),
        workloads,
        endpoints,
    }
}

fn since(inventory: &ClusterInventory, address: IpAddr) -> Option<Timestamp> {
    let mut all = inventory.ready_since.iter();
    all.find(|(ready, _)| *ready == address)
        .map(|(_, since)| *since)
}
