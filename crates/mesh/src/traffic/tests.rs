//! Rates, quantiles and places, over metrics as proxies write them.

mod envoy;
mod quantiles;
mod sum;
mod window;

use super::places::{SampledPod, ServicePath};
use crate::doctor::samples::cluster_name;
use wire::mesh::TrafficPlace;

fn details() -> ServicePath {
    ServicePath {
        namespace: "bookinfo".into(),
        name: "details".into(),
    }
}

fn pod(cluster: &str, pod: &str) -> SampledPod {
    SampledPod {
        cluster: cluster_name(cluster),
        namespace: "bookinfo".into(),
        pod: pod.into(),
    }
}

fn place(cluster: &str) -> TrafficPlace {
    TrafficPlace::Cluster(cluster_name(cluster))
}
