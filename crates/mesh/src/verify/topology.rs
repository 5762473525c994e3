//! Who serves what from where: each Service of the sample in each cluster. Pure.

use super::inventory::ClusterInventory;
use crate::facts::{DebugFacts, Fact, RegisteredEndpoint};
use jiff::Timestamp;
use std::net::IpAddr;

/// The sample's Services, the caller's first.
pub(super) const SERVICES: [&str; 4] = ["productpage", "details", "reviews", "ratings"];

/// A Deployment behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadTopology {
    /// Its name.
    pub name: String,
    /// Replicas that are ready.
    pub ready: u32,
    /// Replicas that are wanted.
    pub wanted: u32,
}

/// One address behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointTopology {
    /// The address.
    pub address: IpAddr,
    /// Whether its pod is ready.
    pub ready: bool,
    /// Since when it is, where that is known.
    pub since: Option<Timestamp>,
    /// Whether the control plane knows it.
    pub registered: Fact<bool>,
}

/// One Service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceInCluster {
    /// The cluster's name in the mesh.
    pub cluster: String,
    /// Its name in the console.
    pub console: String,
    /// Whether the Service is there.
    pub service: Fact<bool>,
    /// Since when it is.
    pub since: Option<Timestamp>,
    /// Its Deployments.
    pub workloads: Fact<Vec<WorkloadTopology>>,
    /// Its endpoints.
    pub endpoints: Fact<Vec<EndpointTopology>>,
}

/// One Service in all clusters, the caller's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTopology {
    /// Its name.
    pub name: String,
    /// Each cluster.
    pub places: Vec<ServiceInCluster>,
    /// Whether the control plane knows its host and at least one live endpoint of it.
    pub registered: Fact<bool>,
}

pub(super) fn services(
    namespace: &str,
    sides: &[ClusterInventory],
    debug: &DebugFacts,
) -> Vec<ServiceTopology> {
    let one = |name: &&str| {
        let host = format!("{name}.{namespace}.svc.");
        let known = debug.endpoints.as_ref().map_err(Clone::clone);
        let known = known.map(|all| -> Vec<&RegisteredEndpoint> {
            all.iter()
                .filter(|one| one.host.starts_with(&host))
                .collect()
        });
        let places: Vec<ServiceInCluster> = sides
            .iter()
            .map(|side| place(name, namespace, side, &known))
            .collect();
        let registered = known.map(|_| {
            let endpoints = places
                .iter()
                .flat_map(|one| one.endpoints.as_deref().unwrap_or_default());
            let mut live = endpoints.filter(|one| one.ready);
            live.any(|one| one.registered == Ok(true))
        });
        ServiceTopology {
            name: (*name).to_owned(),
            places,
            registered,
        }
    };
    SERVICES.iter().map(one).collect()
}

fn place(
    name: &str,
    namespace: &str,
    side: &ClusterInventory,
    known: &Fact<Vec<&RegisteredEndpoint>>,
) -> ServiceInCluster {
    let services = side.services.as_ref().map_err(Clone::clone);
    let service = services.map(|all| all.iter().find(|(one, _)| one.name == name));
    let workloads = side.workloads.as_ref().map_err(Clone::clone);
    let workloads = workloads.map(|all| {
        let of_it = all.iter().filter(|(_, app, _)| app == name);
        let topology = of_it.map(|(workload, _, part)| WorkloadTopology {
            name: workload.clone(),
            ready: part.ready,
            wanted: part.desired,
        });
        topology.collect()
    });
    let endpoints = side.endpoints.as_ref().map_err(Clone::clone);
    let endpoints = endpoints.map(|all| {
        let of_it = all
            .iter()
            .filter(|one| one.namespace == namespace && one.service == name);
        let topology = of_it.map(|one| EndpointTopology {
            address: one.address,
            ready: one.ready,
            since: since(side, one.address),
            registered: known.as_ref().map_err(Clone::clone).map(|known| {
                known.iter().any(|known| {
                    let cluster = known.cluster.as_deref();
                    known.address == one.address && cluster.is_none_or(|name| name == side.name)
                })
            }),
        });
        topology.collect()
    });
    ServiceInCluster {
        cluster: side.name.clone(),
        console: side.console.clone(),
        since: service
            .as_ref()
            .ok()
            .and_then(|one| one.and_then(|(_, since)| *since)),
        service: service.map(|one| one.is_some()),
        workloads,
        endpoints,
    }
}

fn since(side: &ClusterInventory, address: IpAddr) -> Option<Timestamp> {
    let mut all = side.ready_since.iter();
    all.find(|(one, _)| *one == address)
        .map(|(_, since)| *since)
}
