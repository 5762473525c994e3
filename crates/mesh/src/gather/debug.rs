//! Queries the debug endpoints of a control plane through port-forwards, pod by pod.
//!
//! istiod is asked at the port of its metrics first, then at its HTTP port, where a setting may close them.
//! Start at [`query`].

use super::{ShardQuery, lists::each, read};
use crate::{
    facts::{
        DebugFacts, EndpointShards, Fact, InstanceFacts, IstioGeneration, PodFacts, ProxyState,
        RegisteredEndpoint, Unknown,
    },
    istio::{DEBUG_PORT, MONITORING_PORT},
};
use cluster::{Cluster, Kind, PodPort, ResponseLimits};
use futures::future::join_all;
use std::collections::BTreeSet;

/// The body of a response with status 200.
pub(crate) async fn get(
    cluster: &Cluster,
    at: &PodPort,
    path: &str,
    timeouts: ResponseLimits,
) -> Fact<String> {
    let answer = cluster.http_get(at, path, timeouts).await;
    let answer = answer.map_err(|error| unreachable(&error))?;
    match answer.status {
        200 => Ok(answer.body),
        401 | 403 => Err(Unknown::because(format!(
            "{path} returns {}: authentication is required",
            answer.status
        ))),
        status => Err(Unknown::because(format!("{path} returns {status}"))),
    }
}

/// The reason why a pod did not respond, with its cause.
pub(crate) fn unreachable(error: &cluster::Error) -> Unknown {
    match error {
        cluster::Error::PortForward { source, .. } => {
            Unknown::because(format!("{error}: {source}"))
        }
        error => Unknown::from(error),
    }
}

/// The debug endpoints of each pod of a control plane.
pub(crate) async fn query(
    primary: &Cluster,
    generation: IstioGeneration,
    namespace: &str,
    timeouts: ResponseLimits,
    shards: ShardQuery<'_>,
) -> DebugFacts {
    let pods = primary.list_objects(Kind::POD, Some(namespace), "istio=pilot");
    let pods = match each(&pods.await.map_err(Unknown::from), read::pod) {
        Ok(pods) => pods,
        Err(unknown) => return no_answer(&unknown),
    };
    let mut live: Vec<&PodFacts> = pods.iter().filter(|pod| pod.live && pod.ready).collect();
    live.sort_by(|first, second| first.name.cmp(&second.name));
    if live.is_empty() {
        return no_answer(&Unknown::because("no pod of the control plane is ready"));
    }
    if let ShardQuery::Shared(reads) = shards {
        let names: Vec<&str> = live.iter().map(|pod| pod.name.as_str()).collect();
        reads.retain(primary.name(), namespace, &names);
    }
    let answers = live.iter().map(|pod| {
        let at = PodPort {
            namespace: namespace.to_owned(),
            pod: pod.name.clone(),
            port: DEBUG_PORT,
        };
        instance(primary, at, generation, timeouts, shards)
    });
    combine(join_all(answers).await)
}

/// The answers of one pod, and the proxies that are connected to it.
type InstanceReport = (InstanceFacts, Fact<Vec<ProxyState>>);

async fn instance(
    primary: &Cluster,
    at: PodPort,
    generation: IstioGeneration,
    timeouts: ResponseLimits,
    shards: ShardQuery<'_>,
) -> InstanceReport {
    match generation {
        IstioGeneration::Mixer => pilot(primary, &at, timeouts).await,
        IstioGeneration::Istiod => istiod(primary, at, timeouts, shards).await,
    }
}

/// The answers of a pod of Pilot.
async fn pilot(primary: &Cluster, at: &PodPort, timeouts: ResponseLimits) -> InstanceReport {
    let registry = get(primary, at, "/v1/registration", timeouts).await;
    let (hosts, endpoints) = split(registry.and_then(|text| read::registration(&text)));
    let missing = || Unknown::because("Istio 1.0 has no such endpoint");
    let facts = InstanceFacts {
        pod: at.pod.clone(),
        port: endpoints.is_ok().then_some(at.port),
        shards: Err(missing()),
        clusters: Err(missing()),
        hosts,
        endpoints,
    };
    let proxies = Err(Unknown::because("Istio 1.0 was not queried"));
    (facts, proxies)
}

/// The answers of a pod of istiod, at the first of its debug ports that answers.
async fn istiod(
    primary: &Cluster,
    mut at: PodPort,
    timeouts: ResponseLimits,
    shards: ShardQuery<'_>,
) -> InstanceReport {
    const CLUSTERS: &str = "/debug/clusterz";
    at.port = MONITORING_PORT;
    let mut clusters = get(primary, &at, CLUSTERS, timeouts).await;
    if let Err(first) = &clusters {
        at.port = DEBUG_PORT;
        let second = get(primary, &at, CLUSTERS, timeouts).await;
        clusters = second.map_err(|second| {
            let reasons = format!("port {MONITORING_PORT}: {first}; port {DEBUG_PORT}: {second}");
            Unknown::because(reasons)
        });
    }
    let (shards, proxies) = match &clusters {
        Ok(_) => tokio::join!(
            shards.run(primary, &at),
            get(primary, &at, "/debug/syncz", timeouts)
        ),
        Err(unknown) => (Err(unknown.clone()), Err(unknown.clone())),
    };
    let registered = shards.as_ref().map_err(Clone::clone);
    let (hosts, endpoints) = split(registered.map(|read| registered_endpoints(&read.shards)));
    let facts = InstanceFacts {
        port: clusters.is_ok().then_some(at.port),
        pod: at.pod,
        shards,
        clusters: clusters.and_then(|text| read::clusterz(&text)),
        hosts,
        endpoints,
    };
    (facts, proxies.and_then(|text| read::syncz(&text)))
}

fn split(
    registry: Fact<(Vec<String>, Vec<RegisteredEndpoint>)>,
) -> (Fact<Vec<String>>, Fact<Vec<RegisteredEndpoint>>) {
    match registry {
        Ok((hosts, endpoints)) => (Ok(hosts), Ok(endpoints)),
        Err(unknown) => (Err(unknown.clone()), Err(unknown)),
    }
}

/// The hosts in endpoint shards, and each address once.
fn registered_endpoints(shards: &EndpointShards) -> (Vec<String>, Vec<RegisteredEndpoint>) {
    let mut found = (Vec::new(), Vec::new());
    for (service, addresses) in shards.addresses() {
        found.0.push(service.host.clone());
        let endpoints = addresses.into_iter();
        found
            .1
            .extend(endpoints.map(|(cluster, address)| RegisteredEndpoint {
                host: service.host.clone(),
                cluster: Some(cluster.to_owned()),
                address,
            }));
    }
    found
}

fn no_answer(reason: &Unknown) -> DebugFacts {
    DebugFacts {
        instances: Vec::new(),
        endpoints: Err(reason.clone()),
        hosts: Err(reason.clone()),
        proxies: Err(reason.clone()),
    }
}

/// The answers of all pods: an endpoint is registered when every pod that answered knows it; a proxy is
/// connected to one pod.
fn combine(answers: Vec<InstanceReport>) -> DebugFacts {
    let (instances, proxies): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let endpoints = in_all(instances.iter().map(|instance| &instance.endpoints));
    let hosts = in_all(instances.iter().map(|instance| &instance.hosts));
    let mut all = Err(Unknown::because("no pod of the control plane answered"));
    for connected in proxies {
        all = match (all, connected) {
            (Ok(mut all), Ok(connected)) => {
                Vec::extend(&mut all, connected);
                Ok(all)
            }
            (Ok(all), Err(_)) => Ok(all),
            (Err(_), connected) => connected,
        };
    }
    DebugFacts {
        instances,
        endpoints,
        hosts,
        proxies: all,
    }
}

fn in_all<'a, T: Clone + Ord + 'a>(
    mut lists: impl Iterator<Item = &'a Fact<Vec<T>>>,
) -> Fact<Vec<T>> {
    let none = || Err(Unknown::because("no pod of the control plane answered"));
    let Some(first) = lists.next() else {
        return none();
    };
    let mut common = first.clone();
    for list in lists {
        common = match (common, list) {
            (Ok(mut known), Ok(list)) => {
                let list: BTreeSet<&T> = list.iter().collect();
                known.retain(|item| list.contains(item));
                Ok(known)
            }
            (Ok(known), Err(_)) => Ok(known),
            (Err(_), list) => list.clone(),
        };
    }
    common
}
