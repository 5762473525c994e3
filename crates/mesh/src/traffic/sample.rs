//! Asks the proxies of a Service once. Start at [`sample`].

use super::{
    counters::Counters,
    envoy, istio_metrics,
    places::{ClusterIds, SampledPod, Selection, ServicePath, calling, place_of_address, serving},
};
use crate::{
    facts::{Fact, MeshFacts, Unknown},
    gather::debug,
    istio::{PROXY_ADMIN_PORT, PROXY_METRICS_PORT},
};
use cluster::{Identity, PodPort, ResponseLimits};
use futures::future::join_all;
use jiff::Timestamp;
use std::{collections::BTreeSet, time::Duration};
use wire::{
    ClusterName,
    mesh::{TrafficPlace, TrafficSource},
};

/// The time and the size of a response.
const LIMITS: ResponseLimits = ResponseLimits {
    timeout: Duration::from_secs(8),
    bytes: 16 << 20,
};

/// The pods that are asked at the same time: the responses of a large mesh are in memory together.
const CONCURRENCY: usize = 4;

/// What is sampled.
#[derive(Clone, Copy)]
pub struct SampleRequest<'a> {
    /// The latest facts of the mesh: its pods, endpoints and gateways.
    pub facts: &'a MeshFacts,
    /// Who reads each cluster.
    pub identities: &'a [&'a dyn Identity],
    /// The Service.
    pub service: &'a ServicePath,
    /// The source of the sample before; none for the first one.
    pub source: Option<TrafficSource>,
    /// The pods that have called the Service.
    pub callers: &'a BTreeSet<SampledPod>,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The counters of a pod, or why it did not answer.
#[derive(Clone, Debug)]
pub struct PodReading {
    /// The pod.
    pub pod: SampledPod,
    pub(super) counters: Fact<Counters>,
}

/// One reading of the sampled pods.
#[derive(Clone, Debug)]
pub struct Sample {
    pub(super) source: TrafficSource,
    pub(super) at: Timestamp,
    pub(super) readings: Vec<PodReading>,
    /// The pods that could be asked.
    pub(super) all: usize,
}

/// Asks the sampled pods of a Service. The pods that serve are asked for Istio's metrics; when none of them
/// writes these, the pods that may call are asked for Envoy's statistics. It always ends, and a pod that does
/// not answer has its reason.
pub async fn sample(request: &SampleRequest<'_>) -> Sample {
    if request.source != Some(TrafficSource::EnvoyClusters)
        && let Some(sample) = Box::pin(sample_servers(request)).await
    {
        return sample;
    }
    sample_callers(request).await
}

/// Istio's metrics of the pods that serve; none when no pod writes them.
async fn sample_servers(request: &SampleRequest<'_>) -> Option<Sample> {
    let Selection { pods, all } = serving(request.facts, request.service);
    let ids = ClusterIds::new(request.facts);
    let read = async |pod: SampledPod| {
        let text = get(request, &pod, PROXY_METRICS_PORT, "/stats/prometheus").await;
        let counters = text.and_then(|text| {
            let read = istio_metrics::read(&text, request.service, &pod.cluster, &ids);
            read.map_err(Unknown::because)
        });
        (pod, counters)
    };
    let answers = each(&pods, read).await;
    let writes_metrics = answers
        .iter()
        .any(|(_, counters)| matches!(counters, Ok(Some(_))));
    // Proxies that wrote metrics before still do, although none answers now.
    let is_silent = !answers.is_empty() && answers.iter().all(|(_, counters)| counters.is_err());
    let wrote_before = request.source == Some(TrafficSource::IstioMetrics);
    let is_source = writes_metrics || (is_silent && wrote_before);
    if !is_source {
        return None;
    }
    let no_metrics = || Unknown::because("the proxy does not write Istio's metrics");
    let readings = answers.into_iter().map(|(pod, counters)| PodReading {
        pod,
        counters: counters.and_then(|counters| counters.ok_or_else(no_metrics)),
    });
    Some(Sample {
        source: TrafficSource::IstioMetrics,
        readings: readings.collect(),
        at: (request.now)(),
        all,
    })
}

/// Envoy's statistics of the pods that may call.
async fn sample_callers(request: &SampleRequest<'_>) -> Sample {
    let Selection { pods, all } = calling(request.facts, request.service, request.callers);
    let read = async |pod: SampledPod| {
        let text = get(request, &pod, PROXY_ADMIN_PORT, "/clusters?format=json").await;
        let counters = text.and_then(|text| {
            let facts = request.facts;
            let from = facts.cluster(&pod.cluster);
            let from = from.ok_or_else(|| Unknown::because("the cluster left the mesh"))?;
            let place = TrafficPlace::Cluster(pod.cluster.clone());
            envoy::read(&text, request.service, &place, |address| {
                place_of_address(facts, from, address)
            })
        });
        PodReading { pod, counters }
    };
    let readings = each(&pods, read).await;
    Sample {
        source: TrafficSource::EnvoyClusters,
        at: (request.now)(),
        readings,
        all,
    }
}

/// Asks each pod, a few at the same time.
async fn each<Answer: Future>(
    pods: &[SampledPod],
    read: impl Fn(SampledPod) -> Answer,
) -> Vec<Answer::Output> {
    let mut answers = Vec::new();
    for group in pods.chunks(CONCURRENCY) {
        let asked = group.iter().cloned().map(&read);
        answers.extend(join_all(asked).await);
    }
    answers
}

async fn get(request: &SampleRequest<'_>, pod: &SampledPod, port: u16, path: &str) -> Fact<String> {
    let identity = identity(request.identities, &pod.cluster)?;
    let at = PodPort {
        namespace: pod.namespace.clone(),
        pod: pod.pod.clone(),
        port,
    };
    debug::get(identity.cluster(), &at, path, LIMITS).await
}

fn identity<'a>(identities: &[&'a dyn Identity], cluster: &ClusterName) -> Fact<&'a dyn Identity> {
    let mut identities = identities.iter();
    let own = identities.find(|identity| identity.cluster().name() == cluster);
    own.copied()
        .ok_or_else(|| Unknown::because("the cluster is not connected"))
}
