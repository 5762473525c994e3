//! Who serves what from where: each Service of the sample in each cluster. Pure.

use super::side::Side;
use crate::facts::{DebugFacts, Known, RegisteredEndpoint};
use jiff::Timestamp;
use std::net::IpAddr;

/// The sample's Services, the caller's first.
pub(super) const SERVICES: [&str; 4] = ["productpage", "details", "reviews", "ratings"];

/// A Deployment behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadPicture {
    /// Its name.
    pub name: String,
    /// Replicas that are ready.
    pub ready: u32,
    /// Replicas that are wanted.
    pub wanted: u32,
}

/// One address behind a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPicture {
    /// The address.
    pub address: IpAddr,
    /// Whether its pod is ready.
    pub ready: bool,
    /// Since when it is, where that is known.
    pub since: Option<Timestamp>,
    /// Whether the control plane knows it.
    pub registered: Known<bool>,
}

/// One Service in one cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The cluster's name in the mesh.
    pub cluster: String,
    /// Its name in the console.
    pub console: String,
    /// Whether the Service is there.
    pub service: Known<bool>,
    /// Since when it is.
    pub since: Option<Timestamp>,
    /// Its Deployments.
    pub workloads: Known<Vec<WorkloadPicture>>,
    /// Its endpoints.
    pub endpoints: Known<Vec<EndpointPicture>>,
}

/// One Service in all clusters, the caller's first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePicture {
    /// Its name.
    pub name: String,
    /// Each cluster.
    pub places: Vec<Place>,
    /// Whether the control plane knows its host and at least one live endpoint of it.
    pub registered: Known<bool>,
}

pub(super) fn services(namespace: &str, sides: &[Side], debug: &DebugFacts) -> Vec<ServicePicture> {
    let one = |name: &&str| {
        let host = format!("{name}.{namespace}.svc.");
        let known = debug.endpoints.as_ref().map_err(Clone::clone);
        let known = known.map(|all| -> Vec<&RegisteredEndpoint> {
            all.iter()
                .filter(|one| one.host.starts_with(&host))
                .collect()
        });
        let places: Vec<Place> = sides
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
        ServicePicture {
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
    side: &Side,
    known: &Known<Vec<&RegisteredEndpoint>>,
) -> Place {
    let services = side.services.as_ref().map_err(Clone::clone);
    let service = services.map(|all| all.iter().find(|(one, _)| one.name == name));
    let workloads = side.workloads.as_ref().map_err(Clone::clone);
    let workloads = workloads.map(|all| {
        let of_it = all.iter().filter(|(_, app, _)| app == name);
        let picture = of_it.map(|(workload, _, part)| WorkloadPicture {
            name: workload.clone(),
            ready: part.ready,
            wanted: part.wanted,
        });
        picture.collect()
    });
    let endpoints = side.endpoints.as_ref().map_err(Clone::clone);
    let endpoints = endpoints.map(|all| {
        let of_it = all
            .iter()
            .filter(|one| one.namespace == namespace && one.service == name);
        let picture = of_it.map(|one| EndpointPicture {
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
        picture.collect()
    });
    Place {
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

fn since(side: &Side, address: IpAddr) -> Option<Timestamp> {
    let mut all = side.ready_since.iter();
    all.find(|(one, _)| *one == address)
        .map(|(_, since)| *since)
}
