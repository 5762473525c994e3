//! Pods: their state, their requests and their proxies.

use super::{labels, quantity};
use crate::facts::{PodFacts, SidecarFacts};
use crate::istio::PROXY_CONTAINER;
use cluster::{Error, Object, bytes, millicores};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Container, ContainerStatus, Pod, PodSpec};
use serde_json::Value;
use std::net::IpAddr;

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
        images: images(&spec),
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

/// The address of a ready pod, and the time at which it became ready.
///
/// # Errors
/// [`Error::Malformed`].
pub fn ready_since(object: &Object) -> Result<Option<(IpAddr, Timestamp)>, Error> {
    let pod: Pod = object.typed()?;
    let status = pod.status.unwrap_or_default();
    let address = status.pod_ip.and_then(|address| address.parse().ok());
    let mut conditions = status.conditions.into_iter().flatten();
    let ready = conditions.find(|found| found.type_ == "Ready");
    let since = ready.and_then(|ready| ready.last_transition_time);
    Ok(address.zip(since.map(|since| since.0)))
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

fn images(spec: &PodSpec) -> Vec<String> {
    let containers = spec.containers.iter();
    let containers = containers.chain(spec.init_containers.iter().flatten());
    containers
        .filter_map(|container| container.image.clone())
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_proxy_is_a_container_or_a_native_sidecar() {
        let proxy = json!({
            "name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.30.3",
            "env": [
                {"name": "ISTIO_META_CLUSTER_ID", "value": "west"},
                {"name": "PROXY_CONFIG", "value": "{\"discoveryAddress\":\"istiod.istio-system.svc:15012\"}"}],
        });
        for place in ["containers", "initContainers"] {
            let read = pod(&Object::new(json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "details-v1", "namespace": "bookinfo"},
                "spec": {place: [proxy]},
                "status": {"phase": "Running", "podIP": "10.20.0.7"},
            }))
            .expect("an object"))
            .expect("well-formed");
            let sidecar = read.sidecar.expect("a proxy");
            assert_eq!(sidecar.cluster_id, "west");
            assert_eq!(sidecar.version, "1.30.3");
            assert_eq!(read.images, ["docker.io/istio/proxyv2:1.30.3"]);
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
}
