//! A control plane and its mesh configuration.

use super::{list, selector, text};
use crate::facts::{
    ControlPlaneFacts, DebugFacts, DeploymentFacts, Fact, IstioGeneration, MeshConfigFacts, Unknown,
};
use chart::Values;
use cluster::{Error, Object};
use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::ConfigMap},
    apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta},
};
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
    let map: ConfigMap = map.typed()?;
    let yaml = map.data.and_then(|mut data| data.remove("mesh"));
    let yaml = yaml.unwrap_or_default();
    if yaml.is_empty() {
        return Err(Unknown::because("ConfigMap istio has no key mesh"));
    }
    let read = Values::parse(&yaml).map_err(|error| Unknown::because(error.to_string()))?;
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
///
/// # Errors
/// [`Error::Malformed`].
pub fn deployment(object: &Object) -> Result<DeploymentFacts, Error> {
    Ok(replicas(object, &object.typed()?))
}

fn replicas(object: &Object, deployment: &Deployment) -> DeploymentFacts {
    let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let status = deployment.status.as_ref();
    let spec = deployment.spec.as_ref();
    DeploymentFacts {
        name: object.name().to_owned(),
        ready: count(status.and_then(|status| status.ready_replicas)).unwrap_or(0),
        desired: count(spec.and_then(|spec| spec.replicas)).unwrap_or(1),
    }
}

/// The `app` label of the pods of a Deployment, or "".
///
/// # Errors
/// [`Error::Malformed`].
pub fn app_of_pods(object: &Object) -> Result<String, Error> {
    let deployment: Deployment = object.typed()?;
    Ok(pod_label(&deployment, "app").to_owned())
}

/// The control plane among the Deployments of its namespace: istiod, else the Pilot of Istio 1.0.
///
/// # Errors
/// [`Error::Malformed`].
pub fn control_plane(deployments: &[Object]) -> Result<Option<ControlPlaneFacts>, Error> {
    let typed = deployments.iter().map(Object::typed);
    let typed: Vec<Deployment> = typed.collect::<Result<_, _>>()?;
    let is_control_plane = |deployment: &&Deployment| {
        label(deployment, "istio") == "pilot" || label(deployment, "app") == "istiod"
    };
    let Some(control_plane) = typed.iter().find(is_control_plane) else {
        return Ok(None);
    };
    let template = control_plane.spec.as_ref().map(|spec| &spec.template);
    let pods = template.and_then(|template| template.spec.as_ref());
    let mut containers = pods.into_iter().flat_map(|pods| &pods.containers);
    let Some(container) = containers.find(|container| container.name == "discovery") else {
        return Ok(None);
    };
    let generation = if label(control_plane, "app") == "istiod" {
        IstioGeneration::Istiod
    } else {
        IstioGeneration::Mixer
    };
    let env = container.env.iter().flatten().map(|variable| {
        (
            variable.name.clone(),
            variable.value.clone().unwrap_or_default(),
        )
    });
    let revision = match label(control_plane, "istio.io/rev") {
        "default" => "",
        other => other,
    };
    let each = deployments.iter().zip(&typed);
    Ok(Some(ControlPlaneFacts {
        generation,
        namespace: control_plane.metadata.namespace.clone().unwrap_or_default(),
        revision: revision.to_owned(),
        version: tag(container.image.as_deref().unwrap_or_default()).to_owned(),
        env: env.collect(),
        deployments: each
            .map(|(object, typed)| replicas(object, typed))
            .collect(),
        config: Err(Unknown::because("ConfigMap istio was not read")),
        debug: DebugFacts::default(),
    }))
}

/// A label of a Deployment's pod template, else of the Deployment, or "".
fn label<'a>(deployment: &'a Deployment, key: &str) -> &'a str {
    match pod_label(deployment, key) {
        "" => label_of(&deployment.metadata, key),
        found => found,
    }
}

/// A label of a Deployment's pod template, or "".
fn pod_label<'a>(deployment: &'a Deployment, key: &str) -> &'a str {
    let template = deployment.spec.as_ref().map(|spec| &spec.template);
    let metadata = template.and_then(|template| template.metadata.as_ref());
    metadata.map_or("", |metadata| label_of(metadata, key))
}

fn label_of<'a>(metadata: &'a ObjectMeta, key: &str) -> &'a str {
    let found = metadata.labels.as_ref().and_then(|labels| labels.get(key));
    found.map(String::as_str).unwrap_or_default()
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

    fn one_control_plane(deployment: Object) -> Option<ControlPlaneFacts> {
        control_plane(&[deployment]).expect("well-formed")
    }

    #[test]
    fn a_malformed_deployment_is_no_missing_control_plane() {
        let env = json!("CLUSTER_ID=east");
        let istiod = pilot("istiod", json!({"app": "istiod"}), env);
        let error = control_plane(&[istiod]).expect_err("env is no list");
        assert_eq!(
            error.to_string(),
            "could not read spec.template.spec.containers[0].env of Deployment istio-system/istiod"
        );
    }

    #[test]
    fn istiod_and_pilot_are_distinguished() {
        let env = json!([{"name": "CLUSTER_ID", "value": "east"}]);
        let istiod = pilot("istiod", json!({"app": "istiod", "istio": "pilot"}), env);
        let read = one_control_plane(istiod).expect("a control plane");
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
        let read = one_control_plane(mixer).expect("a control plane");
        assert_eq!(
            (read.generation, read.cluster_id()),
            (IstioGeneration::Mixer, "Kubernetes")
        );
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
}
