//! Nodes, namespaces, pods, Services and their endpoints.

use super::labels;
use crate::facts::{
    EndpointFacts, NamespaceFacts, NodeFacts, PodFacts, PortFacts, ServiceFacts, ServiceType,
    SidecarFacts,
};
use crate::istio::PROXY_CONTAINER;
use cluster::{Error, Object, bytes, millicores};
use k8s_openapi::{
    api::{
        core::v1::{
            Container, ContainerStatus, LoadBalancerIngress, Namespace, Node, Pod, PodSpec,
            Service, ServicePort,
        },
        discovery::v1::EndpointSlice,
    },
    apimachinery::pkg::api::resource::Quantity,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// A node.
///
/// # Errors
/// [`Error::Malformed`].
pub fn node(object: &Object) -> Result<NodeFacts, Error> {
    let node: Node = object.typed()?;
    let spec = node.spec.unwrap_or_default();
    let status = node.status.unwrap_or_default();
    let mut ranges = spec.pod_cidrs.unwrap_or_default();
    if ranges.is_empty() {
        ranges.extend(spec.pod_cidr);
    }
    let allocatable = status.allocatable.unwrap_or_default();
    let label = |key| object.label(key).unwrap_or_default().to_owned();
    let mut conditions = status.conditions.iter().flatten();
    Ok(NodeFacts {
        name: object.name().to_owned(),
        ready: conditions.any(|found| found.type_ == "Ready" && found.status == "True"),
        pod_ranges: ranges.iter().filter_map(|text| text.parse().ok()).collect(),
        cpu: millicores(quantity(&allocatable, "cpu")),
        memory: bytes(quantity(&allocatable, "memory")),
        region: label("topology.kubernetes.io/region"),
        zone: label("topology.kubernetes.io/zone"),
    })
}

/// A quantity, or "".
fn quantity<'a>(quantities: &'a BTreeMap<String, Quantity>, resource: &str) -> &'a str {
    quantities
        .get(resource)
        .map_or("", |quantity| quantity.0.as_str())
}

/// A namespace.
///
/// # Errors
/// [`Error::Malformed`].
pub fn namespace(object: &Object) -> Result<NamespaceFacts, Error> {
    let namespace: Namespace = object.typed()?;
    let status = namespace.status.unwrap_or_default();
    let is_terminating = status.phase.as_deref() == Some("Terminating")
        || namespace.metadata.deletion_timestamp.is_some();
    let conditions = status.conditions.unwrap_or_default().into_iter();
    let messages = conditions.filter(|condition| condition.status == "True");
    let messages = messages.filter_map(|condition| condition.message);
    Ok(NamespaceFacts {
        name: object.name().to_owned(),
        labels: labels(namespace.metadata.labels),
        annotations: labels(namespace.metadata.annotations),
        terminating: is_terminating
            .then(|| messages.filter(|message| !message.is_empty()).collect()),
    })
}

/// A pod; its proxy is a container or, as a native sidecar, an init container.
///
/// # Errors
/// [`Error::Malformed`].
pub fn pod(object: &Object) -> Result<PodFacts, Error> {
    let pod: Pod = object.typed()?;
    let live = is_live(&pod);
    let spec = pod.spec.unwrap_or_default();
    let status = pod.status.unwrap_or_default();
    let conditions = status.conditions.unwrap_or_default();
    let statuses = [status.container_statuses, status.init_container_statuses];
    Ok(PodFacts {
        namespace: object.namespace().unwrap_or_default().to_owned(),
        name: object.name().to_owned(),
        address: status.pod_ip.and_then(|address| address.parse().ok()),
        host_network: spec.host_network.unwrap_or(false),
        live,
        ready: (conditions.iter()).any(|found| found.type_ == "Ready" && found.status == "True"),
        waiting: statuses
            .into_iter()
            .flatten()
            .flatten()
            .find_map(waiting_reason)
            .unwrap_or_default(),
        labels: labels(pod.metadata.labels),
        annotations: labels(pod.metadata.annotations),
        sidecar: sidecar(&spec),
    })
}

/// Whether a pod is neither finished nor being deleted.
fn is_live(pod: &Pod) -> bool {
    let phase = pod
        .status
        .as_ref()
        .and_then(|status| status.phase.as_deref());
    !matches!(phase, Some("Succeeded" | "Failed")) && pod.metadata.deletion_timestamp.is_none()
}

fn waiting_reason(status: ContainerStatus) -> Option<String> {
    status.state?.waiting?.reason
}

/// The millicores and bytes that a pod requests; a pod that is not live requests nothing.
///
/// # Errors
/// [`Error::Malformed`].
pub fn requests(object: &Object) -> Result<(u64, u64), Error> {
    let pod: Pod = object.typed()?;
    if !is_live(&pod) {
        return Ok((0, 0));
    }
    let containers = pod.spec.unwrap_or_default().containers.into_iter();
    let requests = containers.filter_map(|container| container.resources?.requests);
    Ok(requests.fold((0, 0), |sum, requests| {
        (
            sum.0 + millicores(quantity(&requests, "cpu")),
            sum.1 + bytes(quantity(&requests, "memory")),
        )
    }))
}

/// The command and the arguments of each container of a pod.
///
/// # Errors
/// [`Error::Malformed`].
pub fn arguments(object: &Object) -> Result<Vec<String>, Error> {
    let pod: Pod = object.typed()?;
    let containers = pod.spec.unwrap_or_default().containers.into_iter();
    let arguments = containers.flat_map(|container| [container.command, container.args]);
    Ok(arguments.flatten().flatten().collect())
}

fn sidecar(spec: &PodSpec) -> Option<SidecarFacts> {
    let containers = spec.containers.iter();
    let mut containers = containers.chain(spec.init_containers.iter().flatten());
    let proxy = containers.find(|container| container.name == PROXY_CONTAINER)?;
    let env = |name: &str| {
        let mut all = proxy.env.iter().flatten();
        let found = all.find(|variable| variable.name == name);
        found
            .and_then(|variable| variable.value.clone())
            .unwrap_or_default()
    };
    let image = proxy.image.as_deref().unwrap_or_default();
    Some(SidecarFacts {
        cluster_id: env("ISTIO_META_CLUSTER_ID"),
        network: env("ISTIO_META_NETWORK"),
        mesh_id: env("ISTIO_META_MESH_ID"),
        version: super::control::tag(image).to_owned(),
        discovery_address: discovery_address(proxy, &env("PROXY_CONFIG")),
    })
}

/// The control plane of a proxy: an argument in Istio 1.0, part of its configuration for istiod.
fn discovery_address(proxy: &Container, config: &str) -> String {
    let mut args = proxy.args.iter().flatten();
    if args.any(|argument| argument == "--discoveryAddress")
        && let Some(address) = args.next()
    {
        return address.clone();
    }
    let config: Value = serde_json::from_str(config).unwrap_or_default();
    super::text(&config, "discoveryAddress").to_owned()
}

/// A Service.
///
/// # Errors
/// [`Error::Malformed`].
pub fn service(object: &Object) -> Result<ServiceFacts, Error> {
    let service: Service = object.typed()?;
    let spec = service.spec.unwrap_or_default();
    let address = spec.cluster_ip.unwrap_or_default();
    let service_type = match spec.type_.as_deref() {
        Some("NodePort") => ServiceType::NodePort,
        Some("LoadBalancer") => ServiceType::LoadBalancer,
        Some("ExternalName") => ServiceType::ExternalName(spec.external_name.unwrap_or_default()),
        _ if address == "None" => ServiceType::Headless,
        _ => ServiceType::ClusterIp,
    };
    let status = service.status.unwrap_or_default();
    let ingress = status.load_balancer.unwrap_or_default().ingress;
    let ingress = ingress.into_iter().flatten().filter_map(ingress_address);
    let external_ips = spec.external_ips.unwrap_or_default();
    Ok(ServiceFacts {
        namespace: object.namespace().unwrap_or_default().to_owned(),
        name: object.name().to_owned(),
        service_type,
        address: address.parse().ok(),
        ports: spec.ports.into_iter().flatten().map(port).collect(),
        labels: labels(service.metadata.labels),
        annotations: labels(service.metadata.annotations),
        selector: labels(spec.selector),
        load_balancer: ingress.collect(),
        external_ips: (external_ips.iter())
            .filter_map(|text| text.parse().ok())
            .collect(),
        source_ranges: spec.load_balancer_source_ranges.unwrap_or_default(),
    })
}

/// The address or the host name of a load balancer.
fn ingress_address(ingress: LoadBalancerIngress) -> Option<String> {
    let given = |text: &String| !text.is_empty();
    ingress
        .ip
        .filter(given)
        .or_else(|| ingress.hostname.filter(given))
}

fn port(port: ServicePort) -> PortFacts {
    PortFacts {
        name: port.name.unwrap_or_default(),
        number: u16::try_from(port.port).unwrap_or(0),
        protocol: port.protocol.unwrap_or_else(|| "TCP".to_owned()),
    }
}

/// The addresses of an EndpointSlice.
///
/// # Errors
/// [`Error::Malformed`].
pub fn endpoints(object: &Object) -> Result<Vec<EndpointFacts>, Error> {
    let slice: EndpointSlice = object.typed()?;
    let service = object
        .label("kubernetes.io/service-name")
        .unwrap_or_default();
    let namespace = object.namespace().unwrap_or_default();
    let mut found = Vec::new();
    for endpoint in slice.endpoints {
        let ready = endpoint.conditions.and_then(|conditions| conditions.ready);
        let addresses = endpoint.addresses.iter();
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
    Ok(found)
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
            })))
            .expect("well-formed");
            let sidecar = read.sidecar.expect("a proxy");
            assert_eq!(sidecar.cluster_id, "west");
            assert_eq!(sidecar.version, "1.30.3");
            assert_eq!(sidecar.discovery_address, "istiod.istio-system.svc:15012");
            assert!(read.live && !read.ready);
        }
    }

    #[test]
    fn a_proxy_of_istio_1_0_has_its_address_as_an_argument() {
        let args = ["proxy", "--discoveryAddress", "172.16.1.207:15007"];
        let proxy = Container {
            args: Some(args.map(str::to_owned).to_vec()),
            ..Container::default()
        };
        assert_eq!(discovery_address(&proxy, ""), "172.16.1.207:15007");
    }

    #[test]
    fn a_load_balancer_has_an_address_or_a_name() {
        let read = service(&object(json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "gw", "namespace": "a"},
            "spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1", "ports": [{"port": 15012}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "10.0.1.5"}, {"hostname": "lb.example"}]}},
        }))).expect("well-formed");
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
        })))
        .expect("well-formed");
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
        }))).expect("well-formed");
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
        })))
        .expect("well-formed");
        assert_eq!(read.pod_ranges.len(), 2);
        assert!(read.ready && read.cpu == 4_000 && read.zone == "z1");
    }
}
