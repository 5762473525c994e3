//! Asks pods through a port-forward: each pod of a control plane, and the product page.

use crate::facts::{
    DebugFacts, Fact, InstanceFacts, IstioGeneration, PodFacts, RegisteredEndpoint, Unknown,
    gather::why, read,
};
use cluster::{Cluster, PodPort, ResponseLimits};
use futures::future::join_all;

/// What the product page's text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// It shows the book's details.
    Details,
    /// It says that there was an error fetching them.
    NoDetails,
    /// It says neither.
    Other,
}

/// What the product page answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductAnswer {
    /// The pod that was asked.
    pub pod: Fact<String>,
    /// Whether that pod has a sidecar.
    pub sidecar: Fact<bool>,
    /// What its page says.
    pub page: Fact<Page>,
    /// Status of `/api/v1/products/0`.
    pub status: Fact<u16>,
}

impl ProductAnswer {
    pub(super) fn unknown(why: &Unknown) -> Self {
        Self {
            pod: Err(why.clone()),
            sidecar: Err(why.clone()),
            page: Err(why.clone()),
            status: Err(why.clone()),
        }
    }
}

/// Which page it is. The status is 200 in every case, so its text is read.
pub(crate) fn page(text: &str) -> Page {
    if text.contains("Error fetching product details") {
        Page::NoDetails
    } else if text.contains("Book Details") {
        Page::Details
    } else {
        Page::Other
    }
}

async fn get(
    cluster: &Cluster,
    at: &PodPort,
    path: &str,
    timeouts: ResponseLimits,
) -> Fact<String> {
    let answer = cluster.http_get(at, path, timeouts).await;
    let answer = answer.map_err(|error| said(&error))?;
    match answer.status {
        200 => Ok(answer.body),
        401 | 403 => Err(Unknown::because(format!(
            "{path} is answered with {}: it is asked for a login",
            answer.status
        ))),
        status => Err(Unknown::because(format!(
            "{path} is answered with {status}"
        ))),
    }
}

/// The words of whoever did not answer.
fn said(error: &cluster::Error) -> Unknown {
    match error {
        cluster::Error::PortForward { source, .. } => {
            Unknown::because(format!("{error}: {source}"))
        }
        error => why(error),
    }
}

/// What each pod of a control plane answers.
pub(crate) async fn debug(
    primary: &Cluster,
    generation: IstioGeneration,
    namespace: &str,
    timeouts: ResponseLimits,
) -> DebugFacts {
    let pods = primary.list("v1", "Pod", Some(namespace), "istio=pilot");
    let pods = match pods.await {
        Ok(pods) => pods.iter().map(read::pod).collect::<Vec<_>>(),
        Err(error) => return nothing(&why(&error)),
    };
    let mut live: Vec<&PodFacts> = pods.iter().filter(|pod| pod.live && pod.ready).collect();
    live.sort_by(|one, other| one.name.cmp(&other.name));
    if live.is_empty() {
        return nothing(&Unknown::because("no pod of the control plane is ready"));
    }
    let asked = live.iter().map(|pod| async move {
        let at = PodPort {
            namespace: namespace.to_owned(),
            pod: pod.name.clone(),
            port: 8080,
        };
        instance(primary, &at, generation, timeouts).await
    });
    together(join_all(asked).await)
}

/// What one pod answered.
type InstanceReport = (InstanceFacts, Fact<Vec<crate::facts::ProxyState>>);

async fn instance(
    primary: &Cluster,
    at: &PodPort,
    generation: IstioGeneration,
    timeouts: ResponseLimits,
) -> InstanceReport {
    let pod = at.pod.clone();
    let read = |told: Fact<(Vec<String>, Vec<RegisteredEndpoint>)>| match told {
        Ok((hosts, endpoints)) => (Ok(hosts), Ok(endpoints)),
        Err(unknown) => (Err(unknown.clone()), Err(unknown)),
    };
    if generation == IstioGeneration::Mixer {
        let told = get(primary, at, "/v1/registration", timeouts).await;
        let (hosts, endpoints) = read(told.and_then(|text| read::registration(&text)));
        let clusters = Err(Unknown::because("the old line does not say it"));
        let facts = InstanceFacts {
            pod,
            clusters,
            hosts,
            endpoints,
        };
        let proxies = Err(Unknown::because("the old line was not asked"));
        return (facts, proxies);
    }
    let (clusters, shards, proxies) = tokio::join!(
        get(primary, at, "/debug/clusterz", timeouts),
        get(primary, at, "/debug/endpointShardz", timeouts),
        get(primary, at, "/debug/syncz", timeouts),
    );
    let (hosts, endpoints) = read(shards.and_then(|text| read::endpoint_shards(&text)));
    let facts = InstanceFacts {
        pod,
        clusters: clusters.and_then(|text| read::clusterz(&text)),
        hosts,
        endpoints,
    };
    (facts, proxies.and_then(|text| read::syncz(&text)))
}

fn nothing(why: &Unknown) -> DebugFacts {
    DebugFacts {
        instances: Vec::new(),
        endpoints: Err(why.clone()),
        hosts: Err(why.clone()),
        proxies: Err(why.clone()),
    }
}

/// All pods together: registered is what every pod that answered knows; a proxy is with one of them.
fn together(told: Vec<InstanceReport>) -> DebugFacts {
    let (instances, proxies): (Vec<_>, Vec<_>) = told.into_iter().unzip();
    let endpoints = common(instances.iter().map(|one| &one.endpoints));
    let hosts = common(instances.iter().map(|one| &one.hosts));
    let mut all = Err(Unknown::because("no pod of the control plane answered"));
    for one in proxies {
        all = match (all, one) {
            (Ok(mut all), Ok(one)) => {
                Vec::extend(&mut all, one);
                Ok(all)
            }
            (Ok(all), Err(_)) => Ok(all),
            (Err(_), one) => one,
        };
    }
    DebugFacts {
        instances,
        endpoints,
        hosts,
        proxies: all,
    }
}

fn common<'a, T: Clone + PartialEq + 'a>(
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
                known.retain(|one| list.contains(one));
                Ok(known)
            }
            (Ok(known), Err(_)) => Ok(known),
            (Err(_), list) => list.clone(),
        };
    }
    common
}

/// What the product page answers, asked of its oldest ready pod.
pub(crate) async fn product(
    caller: &Cluster,
    pods: &[PodFacts],
    namespace: &str,
    timeouts: ResponseLimits,
) -> ProductAnswer {
    let of_page = |pod: &&PodFacts| pod.namespace == namespace && pod.label("app") == "productpage";
    let pod = pods
        .iter()
        .filter(of_page)
        .find(|pod| pod.live && pod.ready);
    let Some(pod) = pod else {
        let there = pods.iter().any(|pod| of_page(&pod));
        let why = if there {
            "no pod of productpage is ready"
        } else {
            "there is no pod of productpage"
        };
        return ProductAnswer::unknown(&Unknown::because(why));
    };
    let at = PodPort {
        namespace: namespace.to_owned(),
        pod: pod.name.clone(),
        port: 9080,
    };
    let (text, api) = tokio::join!(
        get(caller, &at, "/productpage", timeouts),
        caller.http_get(&at, "/api/v1/products/0", timeouts),
    );
    ProductAnswer {
        pod: Ok(pod.name.clone()),
        sidecar: Ok(pod.sidecar.is_some()),
        page: text.map(|text| page(&text)),
        status: api
            .map(|answer| answer.status)
            .map_err(|error| said(&error)),
    }
}
