//! The sidecar that a pod gets.
//!
//! Its image stands where the injector's own stands, under the same tag. Start at [`inject`].

use serde_json::{Value, json};

use super::service;
use crate::object;
use crate::selector;
use crate::cluster::State;

/// The mark that asks for a sidecar or against one.
const ASKED: &str = "sidecar.istio.io/inject";

/// Gives a pod a sidecar, unless it has one, shares its node's network or asks for none.
pub(super) fn inject(state: &State, webhook: &Value, pod: &mut Value) {
    let has_one = object::items(pod, "/spec/containers").any(|one| one["name"] == "istio-proxy");
    if has_one || pod["spec"]["hostNetwork"] == true || !wants(state, webhook, pod) {
        return;
    }
    let injector = image_of_injector(state, webhook).unwrap_or_default();
    let proxy = beside(&injector, "proxyv2");
    let is_legacy = !injector.contains("/pilot");
    let first = if is_legacy {
        beside(&injector, "proxy_init")
    } else {
        proxy.clone()
    };
    let mut arguments = vec!["proxy".to_owned(), "sidecar".to_owned()];
    if let Some(address) = control_plane(state, webhook, pod).filter(|_| is_legacy) {
        arguments.extend(["--discoveryAddress".to_owned(), address]);
    }
    let mut container = json!({
        "name": "istio-proxy", "image": proxy, "args": arguments,
        "resources": {"requests": {"cpu": "10m"}},
    });
    if !is_legacy {
        let labels = object::meta(pod)
            .entry("labels")
            .or_insert_with(|| json!({}));
        labels["security.istio.io/tlsMode"] = json!("istio");
        container["ports"] = json!([{"containerPort": 15090, "name": "http-envoy-prom"}]);
    }
    append(pod, "containers", container);
    append(
        pod,
        "initContainers",
        json!({
            "name": "istio-init", "image": first,
            "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}},
        }),
    );
    let status = json!({"initContainers": ["istio-init"], "containers": ["istio-proxy"]});
    let meta = object::meta(pod);
    let annotations = meta.entry("annotations").or_insert_with(|| json!({}));
    annotations["sidecar.istio.io/status"] = json!(status.to_string());
}

fn append(pod: &mut Value, list: &str, container: Value) {
    let spec = object::map(pod, "spec");
    let list = spec.entry(list).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(container);
    }
}

/// Where the sidecar finds its control plane: as the pod says, or as the mesh does.
fn control_plane(state: &State, webhook: &Value, pod: &Value) -> Option<String> {
    let stated = &pod["metadata"]["annotations"]["sidecar.istio.io/discoveryAddress"];
    if let Some(stated) = stated.as_str() {
        return Some(stated.to_owned());
    }
    let (namespace, _) = service(webhook);
    let mesh = state.store.get("configmaps", namespace, "istio")?;
    let mesh: Value = serde_saphyr::from_str(object::text(&mesh, "/data/mesh")).ok()?;
    let address = object::text(&mesh, "/defaultConfig/discoveryAddress");
    (!address.is_empty()).then(|| address.to_owned())
}

/// What the pod asks for, and where it asks for nothing, what the injector's policy is.
fn wants(state: &State, webhook: &Value, pod: &Value) -> bool {
    let meta = &pod["metadata"];
    let asked = [&meta["labels"][ASKED], &meta["annotations"][ASKED]];
    let asked = asked.into_iter().find_map(Value::as_str);
    if let Some(asked) = asked.filter(|asked| !asked.is_empty()) {
        return matches!(asked, "true" | "yes" | "y" | "on");
    }
    let (namespace, _) = service(webhook);
    let config = state
        .store
        .get("configmaps", namespace, "istio-sidecar-injector")
        .unwrap_or_default();
    let mut lines = object::text(&config, "/data/config").lines();
    !lines.any(|line| line.trim() == "policy: disabled")
}

/// The image of the injector, where it runs in this cluster.
fn image_of_injector(state: &State, webhook: &Value) -> Option<String> {
    let (namespace, name) = service(webhook);
    let service = state.store.get("services", namespace, name)?;
    // Without a selector it runs elsewhere.
    object::pairs(&service, "/spec/selector").next()?;
    let selector = json!({"matchLabels": service["spec"]["selector"]});
    let pods = state.store.list("pods", Some(namespace));
    let pod = pods
        .iter()
        .find(|pod| selector::matches(&selector, &pod["metadata"]["labels"]))?;
    Some(object::text(pod, "/spec/containers/0/image").to_owned())
}

/// The image of another name in the same place.
fn beside(image: &str, name: &str) -> String {
    let folder = image
        .rsplit_once('/')
        .map_or("docker.io/istio", |(at, _)| at);
    let last = image.rsplit('/').next().unwrap_or_default();
    match last.split_once(':') {
        Some((_, tag)) => format!("{folder}/{name}:{tag}"),
        None => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_proxy_stands_beside_the_injector() {
        let injector = "registry:5000/istio/sidecar_injector:1.0.0";
        assert_eq!(
            beside(injector, "proxyv2"),
            "registry:5000/istio/proxyv2:1.0.0"
        );
        assert_eq!(beside("", "proxyv2"), "docker.io/istio/proxyv2");
    }
}
