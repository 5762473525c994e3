//! The Services, Deployments, endpoints and pods of one cluster.

use super::VerifyRequest;
use crate::{
    facts::{DeploymentFacts, EndpointFacts, Fact, PodFacts, ServiceFacts, Unknown},
    gather::{
        lists::{each, several},
        read,
    },
};
use cluster::{Cluster, Error, Kind, Object};
use jiff::Timestamp;
use tokio::time::timeout;

/// A Deployment: its name, the app label of its pods, and its replicas.
pub(super) type Workload = (String, String, DeploymentFacts);

/// The inventory of one cluster.
#[derive(Debug)]
pub(super) struct ClusterInventory {
    /// Its ID in the mesh.
    pub(super) id: String,
    /// Its name in the console.
    pub(super) console: String,
    /// The pods of all namespaces.
    pub(super) pods: Fact<Vec<PodFacts>>,
    /// The endpoints of all namespaces.
    pub(super) endpoints: Fact<Vec<EndpointFacts>>,
    /// The Services of the sample, each with its creation time.
    pub(super) services: Fact<Vec<(ServiceFacts, Option<Timestamp>)>>,
    /// The Deployments of the sample.
    pub(super) workloads: Fact<Vec<Workload>>,
    /// The time at which each pod became ready.
    pub(super) ready_since: Vec<(std::net::IpAddr, Timestamp)>,
}

impl ClusterInventory {
    /// A cluster of which nothing is known.
    pub(super) fn unknown(id: impl ToString, console: impl ToString, reason: &Unknown) -> Self {
        Self {
            id: id.to_string(),
            console: console.to_string(),
            pods: Err(reason.clone()),
            endpoints: Err(reason.clone()),
            services: Err(reason.clone()),
            workloads: Err(reason.clone()),
            ready_since: Vec::new(),
        }
    }
}

/// Reads one cluster. The ID of the primary is the one that its control plane gives it.
pub(super) async fn read(
    id: Option<&str>,
    cluster: &Cluster,
    request: &VerifyRequest<'_>,
) -> ClusterInventory {
    let console = cluster.name().to_string();
    let limit = request.timeouts.cluster;
    let lists = timeout(limit, lists(cluster, request)).await;
    let Ok(lists) = lists else {
        let late = Unknown::because(format!("no answer within {} s", limit.as_secs()));
        return ClusterInventory::unknown(id.unwrap_or(&console), &console, &late);
    };
    let own_id = lists.own_id.unwrap_or_else(|| console.clone());
    // Unknown pods are reported as `pods`.
    let ready_since = each(&lists.pods, read::ready_since).unwrap_or_default();
    ClusterInventory {
        id: id.map_or(own_id, str::to_owned),
        console,
        ready_since: ready_since.into_iter().flatten().collect(),
        pods: each(&lists.pods, read::pod),
        endpoints: several(&lists.slices, read::endpoints),
        services: each(&lists.services, |object| {
            Ok((read::service(object)?, object.created()))
        }),
        workloads: each(&lists.deployments, |deployment| {
            Ok((
                deployment.name().to_owned(),
                read::app_of_pods(deployment)?,
                read::deployment(deployment)?,
            ))
        }),
    }
}

struct Lists {
    pods: Fact<Vec<Object>>,
    slices: Fact<Vec<Object>>,
    services: Fact<Vec<Object>>,
    deployments: Fact<Vec<Object>>,
    own_id: Option<String>,
}

async fn lists(cluster: &Cluster, request: &VerifyRequest<'_>) -> Lists {
    let sample = request.sample.unwrap_or(request.namespace);
    let (pods, slices, services, deployments, planes) = tokio::join!(
        cluster.list_objects(Kind::POD, None, ""),
        cluster.list_objects(Kind::ENDPOINT_SLICE, None, ""),
        cluster.list_objects(Kind::SERVICE, Some(sample), ""),
        cluster.list_objects(Kind::DEPLOYMENT, Some(sample), ""),
        cluster.list_objects(Kind::DEPLOYMENT, Some(request.namespace), ""),
    );
    let fact = |list: Result<Vec<Object>, Error>| list.map_err(Unknown::from);
    // Without a readable control plane the primary has its name in the console.
    let plane = planes
        .and_then(|all| read::control_plane(&all))
        .ok()
        .flatten();
    Lists {
        pods: fact(pods),
        slices: fact(slices),
        services: fact(services),
        deployments: fact(deployments),
        own_id: plane.map(|plane| plane.cluster_id().to_owned()),
    }
}
