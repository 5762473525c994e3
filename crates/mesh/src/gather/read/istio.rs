//! The objects of Istio: gateways, policies and destination rules, with the fields that the checks need.

use super::labels;
use crate::facts::{GatewayFacts, GatewayServer, LocalityFacts, MutualTlsFacts};
use cluster::{Error, Object};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// An object of Istio by the type of its `spec`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Resource<Spec: Default> {
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GatewaySpec {
    selector: Option<BTreeMap<String, String>>,
    servers: Option<Vec<Server>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Server {
    port: Option<Port>,
    tls: Option<Mode>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Port {
    number: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Mode {
    mode: Option<String>,
}

/// The addresses of WorkloadEntries. An entry may have a host name instead, which istiod does not register.
pub fn workload_entries(entries: &[Object]) -> BTreeSet<IpAddr> {
    let addresses = entries.iter().filter_map(|entry| {
        let address = entry.value().pointer("/spec/address")?.as_str()?;
        address.parse().ok()
    });
    addresses.collect()
}

/// A Gateway of networking.istio.io.
///
/// # Errors
/// [`Error::Malformed`].
pub fn gateway(object: &Object) -> Result<GatewayFacts, Error> {
    let gateway: Resource<GatewaySpec> = object.typed()?;
    let server = |server: Server| GatewayServer {
        port: u16::try_from(server.port.unwrap_or_default().number).unwrap_or(0),
        tls_mode: server.tls.and_then(|tls| tls.mode).unwrap_or_default(),
    };
    let servers = gateway.spec.servers.into_iter().flatten();
    Ok(GatewayFacts {
        namespace: object.namespace().unwrap_or_default().to_owned(),
        name: object.name().to_owned(),
        selector: labels(gateway.spec.selector),
        servers: servers.map(server).collect(),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PeerAuthenticationSpec {
    selector: Option<Value>,
    mtls: Option<Mode>,
}

/// `mtls` without a value sets mutual TLS, so that a present key differs from a missing one.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PolicySpec {
    peers: Option<Vec<BTreeMap<String, Value>>>,
}

/// The mode that a PeerAuthentication, MeshPolicy or Policy sets for all workloads in its scope.
///
/// # Errors
/// [`Error::Malformed`].
pub fn mutual_tls(policy: &Object, system: &str) -> Result<Option<MutualTlsFacts>, Error> {
    let mode = match policy.kind() {
        "PeerAuthentication" => peer_authentication_mode(policy)?,
        _ => policy_mode(policy)?,
    };
    let namespace = policy.namespace().unwrap_or_default();
    let scope = if namespace == system { "" } else { namespace };
    Ok(mode.map(|mode| MutualTlsFacts {
        object: policy.reference().to_string(),
        scope: scope.to_owned(),
        mode,
    }))
}

fn peer_authentication_mode(policy: &Object) -> Result<Option<String>, Error> {
    let spec = policy.typed::<Resource<PeerAuthenticationSpec>>()?.spec;
    if spec.selector.is_some() {
        return Ok(None);
    }
    let mode = spec.mtls.and_then(|mtls| mtls.mode).unwrap_or_default();
    Ok(Some(mode).filter(|mode| !matches!(mode.as_str(), "" | "UNSET")))
}

fn policy_mode(policy: &Object) -> Result<Option<String>, Error> {
    let spec = policy.typed::<Resource<PolicySpec>>()?.spec;
    let mut peers = spec.peers.iter().flatten();
    let mtls = peers.find_map(|peer| peer.get("mtls"));
    Ok(mtls.map(|mtls| match super::text(mtls, "mode") {
        "PERMISSIVE" => "PERMISSIVE".to_owned(),
        _ => "STRICT".to_owned(),
    }))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RuleSpec {
    host: Option<String>,
    traffic_policy: Option<TrafficPolicy>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TrafficPolicy {
    load_balancer: Option<LoadBalancer>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LoadBalancer {
    locality_lb_setting: Option<LocalitySetting>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LocalitySetting {
    enabled: Option<bool>,
}

/// A destination rule with locality load balancing.
///
/// # Errors
/// [`Error::Malformed`].
pub fn locality(object: &Object) -> Result<Option<LocalityFacts>, Error> {
    let spec = object.typed::<Resource<RuleSpec>>()?.spec;
    let balancer = spec.traffic_policy.and_then(|policy| policy.load_balancer);
    let setting = balancer.and_then(|balancer| balancer.locality_lb_setting);
    let is_on = setting.is_some_and(|setting| setting.enabled.unwrap_or(true));
    Ok(is_on.then(|| LocalityFacts {
        object: object.reference().to_string(),
        host: spec.host.unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        Object::new(value).expect("an object")
    }

    #[test]
    fn policies_of_both_generations_have_a_mode() {
        let peer_authentication = object(json!({
            "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
            "metadata": {"name": "default", "namespace": "istio-system"},
            "spec": {"mtls": {"mode": "STRICT"}},
        }));
        let mode_of = |policy: &Object| mutual_tls(policy, "istio-system").expect("well-formed");
        let read = mode_of(&peer_authentication).expect("a mode");
        assert_eq!((read.scope.as_str(), read.mode.as_str()), ("", "STRICT"));
        let mesh_policy = object(json!({
            "apiVersion": "authentication.istio.io/v1alpha1", "kind": "MeshPolicy",
            "metadata": {"name": "default"}, "spec": {"peers": [{"mtls": {}}]},
        }));
        assert_eq!(
            mode_of(&mesh_policy).map(|read| read.mode).as_deref(),
            Some("STRICT")
        );
        let one_workload = object(json!({
            "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {}, "mtls": {"mode": "STRICT"}},
        }));
        assert!(mode_of(&one_workload).is_none());
    }

    #[test]
    fn a_gateway_and_a_rule_are_read() {
        let read = gateway(&object(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "cross-network-gateway", "namespace": "istio-system"},
            "spec": {"selector": {"istio": "eastwestgateway"},
                     "servers": [{"port": {"number": 15443}, "tls": {"mode": "AUTO_PASSTHROUGH"}}]},
        })))
        .expect("well-formed");
        assert_eq!(read.servers[0].port, 15443);
        assert_eq!(read.servers[0].tls_mode, "AUTO_PASSTHROUGH");
        let rule = |setting: Value| {
            locality(&object(json!({
                "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                "metadata": {"name": "details", "namespace": "bookinfo"},
                "spec": {"host": "details",
                         "trafficPolicy": {"loadBalancer": {"localityLbSetting": setting}}},
            })))
            .expect("well-formed")
        };
        assert!(rule(json!({"enabled": true})).is_some());
        assert!(rule(json!({"enabled": false})).is_none());
    }
}
