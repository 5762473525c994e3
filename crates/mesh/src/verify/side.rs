//! What one cluster shows of itself: Services, Deployments, endpoints and pods.

use super::Question;
use crate::facts::{
    EndpointFacts, Known, PartFacts, PodFacts, ServiceFacts, Unknown, gather::why, read,
};
use cluster::{Cluster, Error, Object};
use jiff::Timestamp;
use tokio::time::timeout;

/// A Deployment: its namespace and what it is.
pub(super) type Workload = (String, String, PartFacts);

/// One cluster.
#[derive(Debug)]
pub(super) struct Side {
    /// Its name in the mesh.
    pub(super) name: String,
    /// Its name in the console.
    pub(super) console: String,
    /// Its pods, of all namespaces.
    pub(super) pods: Known<Vec<PodFacts>>,
    /// Its endpoints, of all namespaces.
    pub(super) endpoints: Known<Vec<EndpointFacts>>,
    /// The sample's Services, each with when it was made.
    pub(super) services: Known<Vec<(ServiceFacts, Option<Timestamp>)>>,
    /// The sample's Deployments: the app that they serve, and how many of them are ready.
    pub(super) workloads: Known<Vec<Workload>>,
    /// When each pod became ready.
    pub(super) ready_since: Vec<(std::net::IpAddr, Timestamp)>,
}

/// Looks at one cluster; the primary has no name of its own but what its control plane is told.
pub(super) async fn look(name: Option<&str>, cluster: &Cluster, question: &Question<'_>) -> Side {
    let console = cluster.name().to_string();
    let limit = question.bounds.cluster;
    let lists = timeout(limit, Box::pin(lists(cluster, question))).await;
    let late = || Unknown::because(format!("no answer within {} s", limit.as_secs()));
    let Ok(lists) = lists else {
        return Side {
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
    Side {
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
    pods: Known<Vec<Object>>,
    slices: Known<Vec<Object>>,
    services: Known<Vec<Object>>,
    deployments: Known<Vec<Object>>,
    own: Option<String>,
}

async fn lists(cluster: &Cluster, question: &Question<'_>) -> Lists {
    let sample = question.sample.unwrap_or(question.namespace);
    let (pods, slices, services, deployments, planes) = tokio::join!(
        cluster.list("v1", "Pod", None, ""),
        cluster.list("discovery.k8s.io/v1", "EndpointSlice", None, ""),
        cluster.list("v1", "Service", Some(sample), ""),
        cluster.list("apps/v1", "Deployment", Some(sample), ""),
        cluster.list("apps/v1", "Deployment", Some(question.namespace), ""),
    );
    let known = |list: Result<Vec<Object>, Error>| list.map_err(|error| why(&error));
    let plane = planes.ok().and_then(|all| read::plane(&all));
    Lists {
        pods: known(pods),
        slices: known(slices),
        services: known(services),
        deployments: known(deployments),
        own: plane.map(|plane| plane.own_cluster().to_owned()),
    }
}

fn each<T>(list: &Known<Vec<Object>>, read: impl Fn(&Object) -> T) -> Known<Vec<T>> {
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
