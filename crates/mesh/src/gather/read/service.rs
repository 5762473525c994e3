//! Services and their endpoints.

use super::labels;
use crate::facts::{EndpointFacts, PortFacts, ServiceFacts, ServiceType, static_addresses};
use cluster::{Error, Object};
use k8s_openapi::api::{
    core::v1::{LoadBalancerIngress, Service, ServicePort},
    discovery::v1::EndpointSlice,
};
use std::sync::Arc;

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
    let annotations = labels(service.metadata.annotations);
    let external_ips = spec.external_ips.unwrap_or_default();
    Ok(ServiceFacts {
        namespace: object.namespace().unwrap_or_default().to_owned(),
        name: object.name().to_owned(),
        service_type,
        address: address.parse().ok(),
        ports: spec.ports.into_iter().flatten().map(port).collect(),
        labels: labels(service.metadata.labels),
        static_addresses: static_addresses(spec.load_balancer_ip.as_deref(), &annotations),
        annotations,
        selector: labels(spec.selector),
        load_balancer: ingress.collect(),
        balancer_names: Vec::new(),
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
    let ports = slice.ports.iter().flatten().filter_map(|port| port.port);
    let ports: Arc<[u16]> = ports.filter_map(|port| u16::try_from(port).ok()).collect();
    let mut found = Vec::new();
    for endpoint in slice.endpoints {
        let conditions = endpoint.conditions.unwrap_or_default();
        let addresses = endpoint.addresses.iter();
        found.extend(
            addresses
                .filter_map(|text| text.parse().ok())
                .map(|address| EndpointFacts {
                    namespace: namespace.to_owned(),
                    service: service.to_owned(),
                    address,
                    ready: conditions.ready.unwrap_or(true),
                    terminating: conditions.terminating.unwrap_or(false),
                    ports: ports.clone(),
                }),
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn object(value: Value) -> Object {
        Object::new(value).expect("an object")
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
            "ports": [{"name": "http", "port": 8080}],
            "endpoints": [{"addresses": ["10.1.0.1"],
                           "conditions": {"ready": false, "terminating": true}},
                          {"addresses": ["10.1.0.2"]}],
        })))
        .expect("well-formed");
        let ready: Vec<bool> = read.iter().map(|endpoint| endpoint.ready).collect();
        assert_eq!(ready, [false, true]);
        assert_eq!(read[0].service, "web");
        assert!(read[0].terminating && !read[1].terminating);
        assert_eq!(*read[1].ports, [8080]);
    }
}
