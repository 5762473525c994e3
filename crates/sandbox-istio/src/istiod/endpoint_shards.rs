//! What istiod knows of each endpoint, and which cluster it is of.
//!
//! The names of members are those of the real answer. Start at [`all`].

use serde_json::{Value, json};

use crate::programs::registry::{Registry, host, ready_endpoints};
use crate::object;

const NETWORK: &str = "topology.istio.io/network";
const TLS_MODE: &str = "security.istio.io/tlsMode";

/// Endpoints by host, namespace and cluster.
pub(super) fn all(clusters: &[(String, Registry)], system: &str) -> Value {
    let mut all = json!({});
    for (id, registry) in clusters {
        let shard = format!("Kubernetes/{id}");
        let network = registry
            .find("namespaces", "", system)
            .map(|namespace| &namespace["metadata"]["labels"][NETWORK])
            .and_then(Value::as_str)
            .unwrap_or_default();
        for service in registry.services() {
            let (namespace, name) = (object::namespace(service), object::name(service));
            let endpoints: Vec<Value> = registry
                .slices(namespace, name)
                .flat_map(|slice| of_slice(registry, slice, id, network))
                .collect();
            if !endpoints.is_empty() {
                let of_service = &mut all[host(service)][namespace];
                of_service["Shards"][&shard] = json!(endpoints);
            }
        }
    }
    all
}

/// One entry for each ready endpoint and port of a slice.
fn of_slice(registry: &Registry, slice: &Value, cluster: &str, network: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for endpoint in ready_endpoints(slice) {
        let pod = object::text(endpoint, "/targetRef/name");
        let pod = registry.find("pods", object::namespace(slice), pod);
        for port in object::items(slice, "/ports") {
            found.push(entry(endpoint, port, pod, cluster, network));
        }
    }
    found
}

fn entry(
    endpoint: &Value,
    port: &Value,
    pod: Option<&Value>,
    cluster: &str,
    network: &str,
) -> Value {
    let nothing = Value::Null;
    let pod = pod.unwrap_or(&nothing);
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
        "WorkloadName": workload(pod),
        "HealthStatus": 1,
        "NodeName": pod["spec"]["nodeName"],
    })
}

/// The Deployment behind a pod's ReplicaSet, or the pod itself.
fn workload(pod: &Value) -> &str {
    let owner = object::text(pod, "/metadata/ownerReferences/0/name");
    match owner.rsplit_once('-') {
        Some((deployment, _)) => deployment,
        None => object::name(pod),
    }
}
