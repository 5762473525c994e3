//! A ready pod of a Service, and the port of it that a port of the Service leads to.

use super::PrometheusError;
use cluster::{Cluster, Kind, Object, PodPort};
use k8s_openapi::api::{core::v1::Service, discovery::v1::EndpointSlice};
use wire::mesh::PrometheusRef;

/// The first ready pod of a Service by name.
///
/// # Errors
/// [`PrometheusError::NoService`], [`PrometheusError::NoPort`], [`PrometheusError::NoPod`] or
/// [`PrometheusError::Unread`].
pub(super) async fn ready_pod(
    cluster: &Cluster,
    server: &PrometheusRef,
) -> Result<PodPort, PrometheusError> {
    let unread = |source| PrometheusError::Unread {
        server: server.clone(),
        source,
    };
    let namespace = Some(server.namespace.as_str());
    let selector = format!("kubernetes.io/service-name={}", server.service);
    let (services, slices) = tokio::join!(
        cluster.list_objects(Kind::SERVICE, namespace, ""),
        cluster.list_objects(Kind::ENDPOINT_SLICE, namespace, &selector),
    );
    let (services, slices) = (services.map_err(unread)?, slices.map_err(unread)?);
    let mut services = services.iter();
    let Some(service) = services.find(|own| own.name() == server.service.as_str()) else {
        return Err(PrometheusError::NoService {
            server: server.clone(),
        });
    };
    let port = port_name(&service.typed().map_err(unread)?, server.port);
    let Some(port) = port else {
        return Err(PrometheusError::NoPort {
            server: server.clone(),
        });
    };
    let mut pods = Vec::new();
    for slice in &slices {
        pods.extend(ready(slice, &port).map_err(unread)?);
    }
    pods.sort_unstable();
    let first = pods.into_iter().next();
    let (pod, port) = first.ok_or_else(|| PrometheusError::NoPod {
        server: server.clone(),
    })?;
    Ok(PodPort {
        namespace: server.namespace.to_string(),
        pod,
        port,
    })
}

/// The name of a port of a Service, "" for one without; none when the Service does not have the port.
fn port_name(service: &Service, number: u16) -> Option<String> {
    let ports = service.spec.as_ref()?.ports.iter().flatten();
    let mut own = ports.filter(|port| port.port == i32::from(number));
    own.next().map(|port| port.name.clone().unwrap_or_default())
}

/// The ready pods of an EndpointSlice, each with the number of the port of that name.
fn ready(object: &Object, name: &str) -> Result<Vec<(String, u16)>, cluster::Error> {
    let slice: EndpointSlice = object.typed()?;
    let mut ports = slice.ports.iter().flatten();
    let port = ports.find(|port| port.name.as_deref().unwrap_or_default() == name);
    let number = port.and_then(|port| u16::try_from(port.port?).ok());
    let Some(number) = number else {
        return Ok(Vec::new());
    };
    let ready = slice.endpoints.into_iter().filter(|endpoint| {
        let conditions = endpoint.conditions.as_ref();
        conditions.is_none_or(|conditions| conditions.ready.unwrap_or(true))
    });
    let pods = ready.filter_map(|endpoint| {
        let target = endpoint.target_ref?;
        (target.kind.as_deref() == Some("Pod")).then_some(target.name?)
    });
    Ok(pods.map(|pod| (pod, number)).collect())
}
