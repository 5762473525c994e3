//! What one cluster shows of itself: Services, Deployments, endpoints and pods.

use super::VerifyRequest;
use crate::facts::{
    DeploymentFacts, EndpointFacts, Fact, PodFacts, ServiceFacts, Unknown, gather::why, read,
};
use cluster::{Cluster, Error, Object};
use jiff::Timestamp;
use tokio::time::timeout;

/// A Deployment: its namespace and what it is.
pub(super) type Workload = (String, String, DeploymentFacts);

/// One cluster.
#[derive(Debug)]
pub(super) struct ClusterInventory {
    /// Its name in the mesh.
    pub(super) name: String,
    /// Its name in the console.
    pub(super) console: String,
    /// Its pods, of all namespaces.
    pub(super) pods: Fact<Vec<PodFacts>>,
    /// Its endpoints, of all namespaces.
    pub(super) endpoints: Fact<Vec<EndpointFacts>>,
    /// The sample's Services, each with when it was made.
    pub(super) services: Fact<Vec<(ServiceFacts, Option<Timestamp>)>>,
    /// The sample's Deployments: the app that they serve, and how many of them are ready.
    pub(super) workloads: Fact<Vec<Workload>>,
    /// When each pod became ready.
    pub(super) ready_since: Vec<(std::net::IpAddr, Timestamp)>,
}

/// Looks at one cluster; the primary has no name of its own but what its control plane is told.
pub(super) async fn look(
    name: Option<&str>,
    cluster: &Cluster,
    request: &VerifyRequest<'_>,
) -> ClusterInventory {
    let console = cluster.name().to_string();
    let limit = request.timeouts.cluster;
    let lists = timeout(limit, Box::pin(lists(cluster, request))).await;
    let late = || Unknown::because(format!("no answer within {} s", limit.as_secs()));
    let Ok(lists) = lists else {
        return ClusterInventory {
            name: name.map_or_else(|| console.clone(), str::to_owned),
            console,
            pods: Err(late()),
            endpoints: Err(late()),
            services: Err(late()),
            workloads: Err(late()),
            ready_since: Vec::new(),
        };
    };
    let own = lists.own.unwrap_or_else(|| console.clone());
    let ready_since = lists.pods.as_deref().unwrap_or_default();
    ClusterInventory {
        name: name.map_or(own, str::to_owned),
        console,
        ready_since: ready_since.iter().filter_map(ready_since_of).collect(),
        pods: each(&lists.pods, read::pod),
        endpoints: each(&lists.slices, read::endpoints)
            .map(|all| all.into_iter().flatten().collect()),
        services: each(&lists.services, |one| (read::service(one), made(one))),
        workloads: each(&lists.deployments, |one| {
            let app = one.text("/spec/template/metadata/labels/app");
            (one.name().to_owned(), app.to_owned(), read::part(one))
        }),
    }
}

struct Lists {
    pods: Fact<Vec<Object>>,
    slices: Fact<Vec<Object>>,
    services: Fact<Vec<Object>>,
    deployments: Fact<Vec<Object>>,
    own: Option<String>,
}

async fn lists(cluster: &Cluster, request: &VerifyRequest<'_>) -> Lists {
    let sample = request.sample.unwrap_or(request.namespace);
    let (pods, slices, services, deployments, planes) = tokio::join!(
        cluster.list("v1", "Pod", None, ""),
        cluster.list("discovery.k8s.io/v1", "EndpointSlice", None, ""),
        cluster.list("v1", "Service", Some(sample), ""),
        cluster.list("apps/v1", "Deployment", Some(sample), ""),
        cluster.list("apps/v1", "Deployment", Some(request.namespace), ""),
    );
    let known = |list: Result<Vec<Object>, Error>| list.map_err(|error| why(&error));
    let plane = planes.ok().and_then(|all| read::control_plane(&all));
    Lists {
        pods: known(pods),
        slices: known(slices),
        services: known(services),
        deployments: known(deployments),
        own: plane.map(|plane| plane.cluster_id().to_owned()),
    }
}

fn each<T>(list: &Fact<Vec<Object>>, read: impl Fn(&Object) -> T) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(list.iter().map(read).collect())
}

fn made(object: &Object) -> Option<Timestamp> {
    object.text("/metadata/creationTimestamp").parse().ok()
}

fn ready_since_of(pod: &Object) -> Option<(std::net::IpAddr, Timestamp)> {
    let address = pod.text("/status/podIP").parse().ok()?;
    let mut conditions = pod.list("/status/conditions").iter();
    let ready = conditions.find(|one| one.get("type").and_then(|t| t.as_str()) == Some("Ready"))?;
    let since = ready.get("lastTransitionTime")?.as_str()?;
    Some((address, since.parse().ok()?))
}
