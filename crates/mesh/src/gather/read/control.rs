//! A control plane and the objects that configure it.

use super::{list, selector, text, texts};
use crate::facts::{
    ControlPlaneFacts, DebugFacts, DeploymentFacts, Fact, GatewayFacts, GatewayServer,
    IstioGeneration, LocalityFacts, MeshConfigFacts, MutualTlsFacts, Unknown,
};
use chart::Values;
use cluster::Object;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Deserialize as _;
use serde_json::Value;

/// The tag of an image, `1.30.3`; "" without one.
pub(super) fn tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    let last = image.rsplit('/').next().unwrap_or_default();
    last.split_once(':').map_or("", |(_, tag)| tag)
}

/// The mesh configuration out of ConfigMap `istio`.
///
/// # Errors
/// [`Unknown`] when its key `mesh` is missing or no YAML.
pub fn mesh_config(map: &Object) -> Fact<MeshConfigFacts> {
    let yaml = map.text("/data/mesh");
    if yaml.is_empty() {
        return Err(Unknown::because("ConfigMap istio has no key mesh"));
    }
    let read = Values::parse(yaml).map_err(|error| Unknown::because(error.to_string()))?;
    let read = read.to_json();
    let default = read.get("defaultConfig").cloned().unwrap_or_default();
    let words = |pointer: &str| list(&read, pointer).iter().filter_map(Value::as_str);
    let is = |key: &str| read.get(key).and_then(Value::as_bool).unwrap_or(false);
    let selectors = read
        .get("discoverySelectors")
        .filter(|found| !found.is_null());
    let selectors: Vec<LabelSelector> = selectors
        .map(Vec::deserialize)
        .transpose()
        .map_err(|error| {
            Unknown::because(format!("discoverySelectors of ConfigMap istio: {error}"))
        })?
        .unwrap_or_default();
    Ok(MeshConfigFacts {
        trust_domain: text(&read, "trustDomain").to_owned(),
        trust_domain_aliases: words("/trustDomainAliases").map(str::to_owned).collect(),
        mesh_id: text(&default, "meshId").to_owned(),
        proxy_addresses: proxy_addresses(&read, &default),
        control_plane_mutual_tls: text(&default, "controlPlaneAuthPolicy") == "MUTUAL_TLS",
        discovery_selectors: selectors.into_iter().map(selector).collect(),
        policy_checks_off: is("disablePolicyChecks"),
        policy_fails_open: is("policyCheckFailOpen"),
    })
}

/// The host of each address that a mesh configuration gives to proxies.
fn proxy_addresses(mesh: &Value, default: &Value) -> Vec<(String, String)> {
    let all = [
        ("pilot", text(default, "discoveryAddress")),
        ("policy", text(mesh, "mixerCheckServer")),
        ("telemetry", text(mesh, "mixerReportServer")),
        ("zipkin", text(default, "zipkinAddress")),
        ("statsd", text(default, "statsdUdpAddress")),
    ];
    let given = all.iter().filter(|(_, address)| !address.is_empty());
    given
        .map(|(purpose, address)| {
            let host = address.rsplit_once(':').map_or(*address, |(host, _)| host);
            (
                (*purpose).to_owned(),
                host.trim_matches(['[', ']']).to_owned(),
            )
        })
        .collect()
}

/// A Deployment of the control plane.
pub fn deployment(deployment: &Object) -> DeploymentFacts {
    let number = |pointer| {
        deployment
            .number(pointer)
            .and_then(|number| u32::try_from(number).ok())
    };
    DeploymentFacts {
        name: deployment.name().to_owned(),
        ready: number("/status/readyReplicas").unwrap_or(0),
        desired: number("/spec/replicas").unwrap_or(1),
    }
}

/// The control plane among the Deployments of its namespace: istiod, else the Pilot of Istio 1.0.
pub fn control_plane(deployments: &[Object]) -> Option<ControlPlaneFacts> {
    let is_control_plane = |object: &&Object| {
        matches!(label(object, "istio"), "pilot") || label(object, "app") == "istiod"
    };
    let control_plane = deployments.iter().find(is_control_plane)?;
    let containers = control_plane.list("/spec/template/spec/containers").iter();
    let mut containers = containers.filter(|container| text(container, "name") == "discovery");
    let container = containers.next()?;
    let image = text(container, "image");
    let generation = if label(control_plane, "app") == "istiod" {
        IstioGeneration::Istiod
    } else {
        IstioGeneration::Mixer
    };
    let env = list(container, "/env").iter();
    let env = env.map(|variable| {
        (
            text(variable, "name").to_owned(),
            text(variable, "value").to_owned(),
        )
    });
    let revision = match label(control_plane, "istio.io/rev") {
        "default" => "",
        other => other,
    };
    Some(ControlPlaneFacts {
        generation,
        namespace: control_plane.namespace().unwrap_or_default().to_owned(),
        revision: revision.to_owned(),
        version: tag(image).to_owned(),
        env: env.collect(),
        deployments: deployments.iter().map(deployment).collect(),
        config: Err(Unknown::because("ConfigMap istio was not read")),
        debug: DebugFacts::default(),
    })
}

/// A label of a Deployment's pod template, else of the Deployment.
fn label<'a>(deployment: &'a Object, key: &str) -> &'a str {
    let labels = deployment.value().pointer("/spec/template/metadata/labels");
    let of_pods = labels.map_or("", |labels| text(labels, key));
    match of_pods {
        "" => deployment.label(key).unwrap_or_default(),
        found => found,
    }
}

/// A Gateway of networking.istio.io.
pub fn gateway(gateway: &Object) -> GatewayFacts {
    let server = |server: &Value| {
        let port = server.pointer("/port/number").and_then(Value::as_u64);
        let tls = server.pointer("/tls/mode").and_then(Value::as_str);
        GatewayServer {
            port: port
                .and_then(|number| u16::try_from(number).ok())
                .unwrap_or(0),
            tls_mode: tls.unwrap_or_default().to_owned(),
        }
    };
    GatewayFacts {
        namespace: gateway.namespace().unwrap_or_default().to_owned(),
        name: gateway.name().to_owned(),
        selector: texts(gateway.value(), "/spec/selector"),
        servers: gateway.list("/spec/servers").iter().map(server).collect(),
    }
}

/// The mode that a PeerAuthentication, MeshPolicy or Policy sets for all workloads in its scope.
pub fn mutual_tls(policy: &Object, system: &str) -> Option<MutualTlsFacts> {
    let mode = match policy.kind() {
        "PeerAuthentication" => match policy.text("/spec/mtls/mode") {
            _ if policy.value().pointer("/spec/selector").is_some() => return None,
            "" | "UNSET" => return None,
            mode => mode.to_owned(),
        },
        _ => {
            let mut peers = policy.list("/spec/peers").iter();
            let mtls = peers.find_map(|peer| peer.get("mtls"))?;
            match text(mtls, "mode") {
                "PERMISSIVE" => "PERMISSIVE".to_owned(),
                _ => "STRICT".to_owned(),
            }
        }
    };
    let namespace = policy.namespace().unwrap_or_default();
    let scope = if namespace == system { "" } else { namespace };
    Some(MutualTlsFacts {
        object: policy.reference().to_string(),
        scope: scope.to_owned(),
        mode,
    })
}

/// A destination rule with locality load balancing.
pub fn locality(rule: &Object) -> Option<LocalityFacts> {
    let setting = rule
        .value()
        .pointer("/spec/trafficPolicy/loadBalancer/localityLbSetting")?;
    let on = setting
        .get("enabled")
        .and_then(Value::as_bool)
        .unwrap_or(true);
    on.then(|| LocalityFacts {
        object: rule.reference().to_string(),
        host: rule.text("/spec/host").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        Object::new(value).expect("an object")
    }

    #[test]
    fn the_tag_of_an_image_is_not_the_port_of_its_registry() {
        assert_eq!(tag("docker.io/istio/pilot:1.30.3"), "1.30.3");
        assert_eq!(tag("registry.example:5000/pilot:1.0.0@sha256:00"), "1.0.0");
        assert_eq!(tag("registry.example:5000/pilot"), "");
    }

    fn pilot(name: &str, labels: Value, env: Value) -> Object {
        object(json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": "istio-system"},
            "spec": {"replicas": 2, "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "discovery", "image": "istio/pilot:1.30.3", "env": env}]}}},
            "status": {"readyReplicas": 1},
        }))
    }

    #[test]
    fn istiod_and_pilot_are_distinguished() {
        let env = json!([{"name": "CLUSTER_ID", "value": "east"}]);
        let istiod = pilot("istiod", json!({"app": "istiod", "istio": "pilot"}), env);
        let read = control_plane(&[istiod]).expect("a control plane");
        assert_eq!(
            (read.generation, read.cluster_id()),
            (IstioGeneration::Istiod, "east")
        );
        assert_eq!(
            (read.deployments[0].ready, read.deployments[0].desired),
            (1, 2)
        );
        let mixer = pilot(
            "istio-pilot",
            json!({"app": "pilot", "istio": "pilot"}),
            json!([]),
        );
        let read = control_plane(&[mixer]).expect("a control plane");
        assert_eq!(
            (read.generation, read.cluster_id()),
            (IstioGeneration::Mixer, "Kubernetes")
        );
        assert!(control_plane(&[]).is_none());
    }

    #[test]
    fn the_mesh_configuration_is_read_out_of_its_yaml() {
        let map = object(json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "istio"},
            "data": {"mesh": "trustDomain: east.example\ndefaultConfig:\n  meshId: mesh1\n  \
                discoveryAddress: 172.16.1.207:15007\n  \
                controlPlaneAuthPolicy: MUTUAL_TLS\ndiscoverySelectors:\n- matchLabels:\n    team: a\n\
                policyCheckFailOpen: true\n"},
        }));
        let read = mesh_config(&map).expect("readable");
        assert_eq!(
            (read.trust_domain.as_str(), read.mesh_id.as_str()),
            ("east.example", "mesh1")
        );
        assert!(read.control_plane_mutual_tls && read.policy_fails_open);
        assert_eq!(read.discovery_selectors.len(), 1);
        assert_eq!(
            read.proxy_addresses,
            [("pilot".to_owned(), "172.16.1.207".to_owned())]
        );
        let empty =
            object(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "istio"}}));
        assert!(mesh_config(&empty).is_err());
    }

    #[test]
    fn policies_of_both_generations_have_a_mode() {
        let peer_authentication = object(json!({
            "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
            "metadata": {"name": "default", "namespace": "istio-system"},
            "spec": {"mtls": {"mode": "STRICT"}},
        }));
        let read = mutual_tls(&peer_authentication, "istio-system").expect("a mode");
        assert_eq!((read.scope.as_str(), read.mode.as_str()), ("", "STRICT"));
        let mesh_policy = object(json!({
            "apiVersion": "authentication.istio.io/v1alpha1", "kind": "MeshPolicy",
            "metadata": {"name": "default"}, "spec": {"peers": [{"mtls": {}}]},
        }));
        assert_eq!(
            mutual_tls(&mesh_policy, "istio-system")
                .expect("a mode")
                .mode,
            "STRICT"
        );
        let one_workload = object(json!({
            "apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"selector": {}, "mtls": {"mode": "STRICT"}},
        }));
        assert!(mutual_tls(&one_workload, "istio-system").is_none());
    }

    #[test]
    fn a_gateway_and_a_rule_are_read() {
        let read = gateway(&object(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "cross-network-gateway", "namespace": "istio-system"},
            "spec": {"selector": {"istio": "eastwestgateway"},
                     "servers": [{"port": {"number": 15443}, "tls": {"mode": "AUTO_PASSTHROUGH"}}]},
        })));
        assert_eq!(read.servers[0].port, 15443);
        assert_eq!(read.servers[0].tls_mode, "AUTO_PASSTHROUGH");
        let rule = |setting: Value| {
            locality(&object(json!({
                "apiVersion": "networking.istio.io/v1", "kind": "DestinationRule",
                "metadata": {"name": "details", "namespace": "bookinfo"},
                "spec": {"host": "details",
                         "trafficPolicy": {"loadBalancer": {"localityLbSetting": setting}}},
            })))
        };
        assert!(rule(json!({"enabled": true})).is_some());
        assert!(rule(json!({"enabled": false})).is_none());
    }
}
