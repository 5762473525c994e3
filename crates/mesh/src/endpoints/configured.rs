//! The addresses that a remote uses, read from its objects: for a remote whose addresses no release holds.
//!
//! For istiod it is the Service istiod without a selector, with its EndpointSlices; for Istio 1.0 the mesh
//! configuration. Start at [`configured`].

use super::Component;
use crate::{
    error::Error,
    facts::IstioGeneration,
    gather::read,
    istio::{ISTIOD, MESH_CONFIG_MAP},
    step::Side,
};
use cluster::{Cluster, Identity, Kind, Object, ObjectRef};
use serde_json::Value;
use std::net::IpAddr;

/// The label of an EndpointSlice with its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";
/// The label of an EndpointSlice with the controller that writes it.
const SLICE_MANAGER_LABEL: &str = "endpointslice.kubernetes.io/managed-by";

/// An address that a remote uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredAddress {
    /// The component that it leads to.
    pub component: Component,
    /// The address.
    pub address: String,
    /// The object that holds it.
    pub object: ObjectRef,
}

/// Reads the addresses that a remote uses; none where it has a control plane of its own, or no address yet.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn configured(
    remote: &dyn Identity,
    generation: IstioGeneration,
    namespace: &str,
) -> Result<Vec<ConfiguredAddress>, Error> {
    let remote = remote.cluster();
    match generation {
        IstioGeneration::Istiod => of_istiod(remote, namespace).await,
        IstioGeneration::Mixer => of_mesh_config(remote, namespace).await,
    }
}

async fn of_istiod(remote: &Cluster, namespace: &str) -> Result<Vec<ConfiguredAddress>, Error> {
    let failed = Error::at(Side::Remote);
    let service = Kind::SERVICE.object(Some(namespace), ISTIOD);
    let Some(service) = remote.get(&service).await.map_err(&failed)? else {
        return Ok(Vec::new());
    };
    let selector = service.value().pointer("/spec/selector");
    if selector
        .and_then(Value::as_object)
        .is_some_and(|map| !map.is_empty())
    {
        return Ok(Vec::new());
    }
    if service.text("/spec/type") == "ExternalName" {
        return Ok(vec![pilot(
            service.text("/spec/externalName"),
            service.reference(),
        )]);
    }
    let selector = format!("{SERVICE_LABEL}={ISTIOD}");
    let slices = remote.list_objects(Kind::ENDPOINT_SLICE, Some(namespace), &selector);
    let slices = slices.await.map_err(failed)?;
    Ok(slices.iter().flat_map(of_slice).collect())
}

/// The addresses of an EndpointSlice; one that is mirrored is written through its Endpoints.
fn of_slice(slice: &Object) -> Vec<ConfiguredAddress> {
    let manager = slice.label(SLICE_MANAGER_LABEL).unwrap_or_default();
    let object = if manager.starts_with("endpointslicemirroring-controller") {
        Kind::new("v1", "Endpoints").object(slice.namespace(), ISTIOD)
    } else {
        slice.reference()
    };
    let endpoints = slice.list("/endpoints").iter();
    let addresses = endpoints.filter_map(|endpoint| endpoint.get("addresses")?.as_array());
    let addresses = addresses.flatten().filter_map(Value::as_str);
    addresses
        .map(|address| pilot(address, object.clone()))
        .collect()
}

fn pilot(address: &str, object: ObjectRef) -> ConfiguredAddress {
    ConfiguredAddress {
        component: Component::Pilot,
        address: address.to_owned(),
        object,
    }
}

async fn of_mesh_config(
    remote: &Cluster,
    namespace: &str,
) -> Result<Vec<ConfiguredAddress>, Error> {
    let object = Kind::CONFIG_MAP.object(Some(namespace), MESH_CONFIG_MAP);
    let map = remote.get(&object).await.map_err(Error::at(Side::Remote))?;
    let config = map.and_then(|map| read::mesh_config(&map).ok());
    let addresses = config
        .map(|config| config.proxy_addresses)
        .unwrap_or_default();
    let components = Component::all(IstioGeneration::Mixer);
    let each = addresses.into_iter().filter_map(|(purpose, host)| {
        host.parse::<IpAddr>().ok()?;
        let mut components = components.iter();
        let component = components.find(|component| component.as_str() == purpose)?;
        Some(ConfiguredAddress {
            component: *component,
            address: host,
            object: object.clone(),
        })
    });
    Ok(each.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn slice(labels: &Value) -> Object {
        let slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": "istiod", "namespace": "istio-system", "labels": labels},
            "endpoints": [{"addresses": ["10.0.0.7"]}]});
        Object::new(slice).expect("an object")
    }

    #[test]
    fn a_mirrored_slice_is_held_by_its_endpoints() {
        let own = of_slice(&slice(&json!({})));
        assert_eq!(own[0].address, "10.0.0.7");
        assert_eq!(own[0].object.kind, "EndpointSlice");
        let label = "endpointslicemirroring-controller.k8s.io";
        let mirrored = of_slice(&slice(&json!({SLICE_MANAGER_LABEL: label})));
        assert_eq!(
            mirrored[0].object.to_string(),
            "Endpoints istio-system/istiod"
        );
    }
}
