//! Nodes, namespaces, pods, Services and their endpoints.

use super::{is_condition_true, list, text, texts};
use crate::facts::{
    EndpointFacts, NamespaceFacts, NodeFacts, PodFacts, PortFacts, ServiceFacts, ServiceType,
    SidecarFacts,
};
use crate::istio::PROXY_CONTAINER;
use cluster::{Object, bytes, millicores};
use serde_json::Value;

/// A node.
pub fn node(node: &Object) -> NodeFacts {
    let ranges = node.list("/spec/podCIDRs").iter().filter_map(Value::as_str);
    let mut ranges: Vec<&str> = ranges.collect();
    if ranges.is_empty() {
        ranges.push(node.text("/spec/podCIDR"));
    }
    let label = |key| node.label(key).unwrap_or_default().to_owned();
    NodeFacts {
        name: node.name().to_owned(),
        ready: is_condition_true(node, "Ready"),
        pod_ranges: ranges.iter().filter_map(|text| text.parse().ok()).collect(),
        cpu: millicores(node.text("/status/allocatable/cpu")),
        memory: bytes(node.text("/status/allocatable/memory")),
        region: label("topology.kubernetes.io/region"),
        zone: label("topology.kubernetes.io/zone"),
    }
}

/// A namespace.
pub fn namespace(namespace: &Object) -> NamespaceFacts {
    let is_terminating = namespace.text("/status/phase") == "Terminating"
        || !namespace.text("/metadata/deletionTimestamp").is_empty();
    let conditions = namespace.list("/status/conditions").iter();
    let messages = conditions.filter(|condition| text(condition, "status") == "True");
    let messages = messages.map(|condition| text(condition, "message").to_owned());
    NamespaceFacts {
        name: namespace.name().to_owned(),
        labels: texts(namespace.value(), "/metadata/labels"),
        annotations: texts(namespace.value(), "/metadata/annotations"),
        terminating: is_terminating
            .then(|| messages.filter(|message| !message.is_empty()).collect()),
    }
}

/// A pod; its proxy is a container or, as a native sidecar, an init container.
pub fn pod(pod: &Object) -> PodFacts {
    let phase = pod.text("/status/phase");
    let is_finished = matches!(phase, "Succeeded" | "Failed")
        || !pod.text("/metadata/deletionTimestamp").is_empty();
    let value = pod.value();
    let host_network = value.pointer("/spec/hostNetwork").and_then(Value::as_bool);
    let statuses = pod.list("/status/containerStatuses").iter();
    let waiting = statuses
        .chain(pod.list("/status/initContainerStatuses"))
        .find_map(|status| status.pointer("/state/waiting/reason")?.as_str());
    PodFacts {
        namespace: pod.namespace().unwrap_or_default().to_owned(),
        name: pod.name().to_owned(),
        address: pod.text("/status/podIP").parse().ok(),
        host_network: host_network.unwrap_or(false),
        live: !is_finished,
        ready: is_condition_true(pod, "Ready"),
        waiting: waiting.unwrap_or_default().to_owned(),
        labels: texts(value, "/metadata/labels"),
        annotations: texts(value, "/metadata/annotations"),
        sidecar: sidecar(pod),
    }
}

fn sidecar(pod: &Object) -> Option<SidecarFacts> {
    let containers = pod.list("/spec/containers").iter();
    let mut containers = containers.chain(pod.list("/spec/initContainers"));
    let proxy = containers.find(|container| text(container, "name") == PROXY_CONTAINER)?;
    let env = |name: &str| {
        let mut all = list(proxy, "/env").iter();
        let found = all.find(|variable| text(variable, "name") == name);
        found
            .map_or("", |variable| text(variable, "value"))
            .to_owned()
    };
    let image = text(proxy, "image");
    Some(SidecarFacts {
        cluster_id: env("ISTIO_META_CLUSTER_ID"),
        network: env("ISTIO_META_NETWORK"),
        mesh_id: env("ISTIO_META_MESH_ID"),
        version: super::control::tag(image).to_owned(),
        discovery_address: discovery_address(proxy, &env("PROXY_CONFIG")),
    })
}

/// The control plane of a proxy: an argument in Istio 1.0, part of its configuration for istiod.
fn discovery_address(proxy: &Value, config: &str) -> String {
    let mut args = list(proxy, "/args").iter().filter_map(Value::as_str);
    if args.any(|argument| argument == "--discoveryAddress")
        && let Some(address) = args.next()
    {
        return address.to_owned();
    }
    let config: Value = serde_json::from_str(config).unwrap_or_default();
    text(&config, "discoveryAddress").to_owned()
}

/// A Service.
pub fn service(service: &Object) -> ServiceFacts {
    let value = service.value();
    let address = service.text("/spec/clusterIP");
    let service_type = match service.text("/spec/type") {
        "NodePort" => ServiceType::NodePort,
        "LoadBalancer" => ServiceType::LoadBalancer,
        "ExternalName" => ServiceType::ExternalName(service.text("/spec/externalName").to_owned()),
        _ if address == "None" => ServiceType::Headless,
        _ => ServiceType::ClusterIp,
    };
    let strings = |pointer: &str| service.list(pointer).iter().filter_map(Value::as_str);
    let ingress = service.list("/status/loadBalancer/ingress").iter();
    let ingress = ingress.map(|ingress| match text(ingress, "ip") {
        "" => text(ingress, "hostname").to_owned(),
        address => address.to_owned(),
    });
    ServiceFacts {
        namespace: service.namespace().unwrap_or_default().to_owned(),
        name: service.name().to_owned(),
        service_type,
        address: address.parse().ok(),
        ports: service.list("/spec/ports").iter().map(port).collect(),
        labels: texts(value, "/metadata/labels"),
        annotations: texts(value, "/metadata/annotations"),
        selector: texts(value, "/spec/selector"),
        load_balancer: ingress.filter(|address| !address.is_empty()).collect(),
        external_ips: strings("/spec/externalIPs")
            .filter_map(|text| text.parse().ok())
            .collect(),
        source_ranges: strings("/spec/loadBalancerSourceRanges")
            .map(str::to_owned)
            .collect(),
    }
}

fn port(port: &Value) -> PortFacts {
    let number = port.get("port").and_then(Value::as_u64);
    PortFacts {
        name: text(port, "name").to_owned(),
        number: number
            .and_then(|number| u16::try_from(number).ok())
            .unwrap_or(0),
        protocol: match text(port, "protocol") {
            "" => "TCP".to_owned(),
            protocol => protocol.to_owned(),
        },
    }
}

/// The addresses of an EndpointSlice.
pub fn endpoints(slice: &Object) -> Vec<EndpointFacts> {
    let service = slice
        .label("kubernetes.io/service-name")
        .unwrap_or_default();
    let namespace = slice.namespace().unwrap_or_default();
    let mut found = Vec::new();
    for endpoint in slice.list("/endpoints") {
        let ready = endpoint
            .pointer("/conditions/ready")
            .and_then(Value::as_bool);
        let addresses = list(endpoint, "/addresses")
            .iter()
            .filter_map(Value::as_str);
        found.extend(
            addresses
                .filter_map(|text| text.parse().ok())
                .map(|address| EndpointFacts {
                    namespace: namespace.to_owned(),
                    service: service.to_owned(),
                    address,
                    ready: ready.unwrap_or(true),
                }),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        Object::new(value).expect("an object")
    }

    #[test]
    fn a_proxy_is_a_container_or_a_native_sidecar() {
        let proxy = json!({
            "name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.30.3",
            "env": [
                {"name": "ISTIO_META_CLUSTER_ID", "value": "west"},
                {"name": "PROXY_CONFIG", "value": "{\"discoveryAddress\":\"istiod.istio-system.svc:15012\"}"}],
        });
        for place in ["containers", "initContainers"] {
            let read = pod(&object(json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "details-v1", "namespace": "bookinfo"},
                "spec": {place: [proxy]},
                "status": {"phase": "Running", "podIP": "10.20.0.7"},
            })));
            let sidecar = read.sidecar.expect("a proxy");
            assert_eq!(sidecar.cluster_id, "west");
            assert_eq!(sidecar.version, "1.30.3");
            assert_eq!(sidecar.discovery_address, "istiod.istio-system.svc:15012");
            assert!(read.live && !read.ready);
        }
    }

    #[test]
    fn a_proxy_of_istio_1_0_has_its_address_as_an_argument() {
        let proxy = json!({"args": ["proxy", "--discoveryAddress", "172.16.1.207:15007"]});
        assert_eq!(discovery_address(&proxy, ""), "172.16.1.207:15007");
    }

    #[test]
    fn a_load_balancer_has_an_address_or_a_name() {
        let read = service(&object(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "gw", "namespace": "a"},
            "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1", "ports": [{"port": 15012}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "10.0.1.5"}, {"hostname": "lb.example"}]}},
        })));
        assert_eq!(read.load_balancer, ["10.0.1.5", "lb.example"]);
        assert!(read.has_port(15012));
        assert_eq!(read.ports[0].protocol, "TCP");
    }

    #[test]
    fn a_slice_has_one_endpoint_per_address() {
        let read = endpoints(&object(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "web-x", "namespace": "shop",
                         "labels": {"kubernetes.io/service-name": "web"}},
            "endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": false}},
                          {"addresses": ["10.1.0.2"]}],
        })));
        let ready: Vec<bool> = read.iter().map(|endpoint| endpoint.ready).collect();
        assert_eq!(ready, [false, true]);
        assert_eq!(read[0].service, "web");
    }

    #[test]
    fn a_terminating_namespace_has_its_conditions() {
        let read = namespace(&object(json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"},
            "status": {"phase": "Terminating", "conditions": [
                {"type": "NamespaceContentRemaining", "status": "True", "message": "pods remain"},
                {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "none"}]},
        })));
        assert_eq!(read.terminating, Some(vec!["pods remain".to_owned()]));
    }

    #[test]
    fn a_node_has_its_pod_ranges_and_readiness() {
        let read = node(&object(json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "z1"}},
            "spec": {"podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24", "fd00::/64"]},
            "status": {"allocatable": {"cpu": "4", "memory": "8Gi"},
                       "conditions": [{"type": "Ready", "status": "True"}]},
        })));
        assert_eq!(read.pod_ranges.len(), 2);
        assert!(read.ready && read.cpu == 4_000 && read.zone == "z1");
    }
}
