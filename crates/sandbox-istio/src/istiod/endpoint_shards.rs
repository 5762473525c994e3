//! The endpoint shards of istiod: the endpoints of each Service by cluster.
//!
//! The names of the members are those of the debug interface of istiod. Start at [`shards`].

use sandbox::object;
use serde_json::{Value, json};

use crate::registry::{Registry, host, ready_endpoints};

const NETWORK: &str = "topology.istio.io/network";
const TLS_MODE: &str = "security.istio.io/tlsMode";

/// Endpoints by host, namespace and cluster.
pub(super) fn shards(clusters: &[(String, Registry)], istio_namespace: &str) -> Value {
    let mut shards = json!({});
    for (cluster, registry) in clusters {
        let shard = format!("Kubernetes/{cluster}");
        let network = registry
            .find("namespaces", "", istio_namespace)
            .map(|namespace| &namespace["metadata"]["labels"][NETWORK])
            .and_then(Value::as_str)
            .unwrap_or_default();
        for service in registry.services() {
            let (namespace, name) = (object::namespace(service), object::name(service));
            let endpoints: Vec<Value> = registry
                .slices(namespace, name)
                .flat_map(|slice| slice_endpoints(registry, slice, cluster, network))
                .collect();
            if !endpoints.is_empty() {
                let service_shards = &mut shards[host(service)][namespace];
                service_shards["Shards"][&shard] = json!(endpoints);
            }
        }
    }
    shards
}

/// One entry for each ready endpoint and port of a slice.
fn slice_endpoints(registry: &Registry, slice: &Value, cluster: &str, network: &str) -> Vec<Value> {
    let mut endpoints = Vec::new();
    for endpoint in ready_endpoints(slice) {
        let pod = object::text(endpoint, "/targetRef/name");
        let pod = registry.find("pods", object::namespace(slice), pod);
        for port in object::items(slice, "/ports") {
            endpoints.push(entry(endpoint, port, pod, cluster, network));
        }
    }
    endpoints
}

fn entry(
    endpoint: &Value,
    port: &Value,
    pod: Option<&Value>,
    cluster: &str,
    network: &str,
) -> Value {
    let missing = Value::Null;
    let pod = pod.unwrap_or(&missing);
    let mut labels = pod["metadata"]["labels"].clone();
    if !labels.is_object() {
        labels = json!({});
    }
    let network = labels[NETWORK].as_str().unwrap_or(network).to_owned();
    let tls = labels[TLS_MODE].as_str().unwrap_or("disabled").to_owned();
    labels[NETWORK] = json!(network);
    labels["topology.istio.io/cluster"] = json!(cluster);
    let namespace = object::namespace(pod);
    let account = object::text(pod, "/spec/serviceAccountName");
    let account = if account.is_empty() {
        "default"
    } else {
        account
    };
    json!({
        "Labels": labels,
        "Addresses": endpoint["addresses"],
        "ServicePortName": port["name"],
        "ServiceAccount": format!("spiffe://cluster.local/ns/{namespace}/sa/{account}"),
        "Network": network,
        "Locality": {"Label": "", "ClusterID": cluster},
        "EndpointPort": port["port"],
        "LbWeight": 0,
        "TLSMode": tls,
        "Namespace": namespace,
        "WorkloadName": workload_name(pod),
        "HealthStatus": 1,
        "NodeName": pod["spec"]["nodeName"],
    })
}

/// The Deployment that owns the pod through a ReplicaSet, or the pod itself.
fn workload_name(pod: &Value) -> &str {
    let owner = object::text(pod, "/metadata/ownerReferences/0/name");
    match owner.rsplit_once('-') {
        Some((deployment, _)) => deployment,
        None => object::name(pod),
    }
}
