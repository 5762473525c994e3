//! The sidecar containers of an injected pod.
//!
//! Their images have the registry and the tag of the injector's image. Start at [`inject`].

use sandbox::{AdmissionContext, object};
use serde_json::{Value, json};

/// The label or annotation that requests or declines a sidecar.
const INJECT: &str = "sidecar.istio.io/inject";

/// The image of a gateway's proxy, in whose place the injector writes its own.
const AUTO_IMAGE: &str = "auto";

/// Adds a sidecar to a pod, for an injector with this image in this namespace, unless the pod
/// has one, uses the network of its node, or declines it. The proxy of a gateway gets its image.
pub(super) fn inject(
    context: &AdmissionContext<'_>,
    namespace: &str,
    injector: &str,
    pod: &mut Value,
) {
    if fill_gateway(pod, injector) {
        return;
    }
    let has_sidecar =
        object::items(pod, "/spec/containers").any(|container| container["name"] == "istio-proxy");
    if has_sidecar || pod["spec"]["hostNetwork"] == true || !wants_sidecar(context, namespace, pod)
    {
        return;
    }
    let proxy = sibling_image(injector, "proxyv2");
    let is_mixer_generation = !injector.contains("/pilot");
    let init_image = if is_mixer_generation {
        sibling_image(injector, "proxy_init")
    } else {
        proxy.clone()
    };
    let mut arguments = vec!["proxy".to_owned(), "sidecar".to_owned()];
    if let Some(address) =
        control_plane_address(context, namespace, pod).filter(|_| is_mixer_generation)
    {
        arguments.extend(["--discoveryAddress".to_owned(), address]);
    }
    let mut container = json!({
        "name": "istio-proxy", "image": proxy, "args": arguments,
        "resources": {"requests": {"cpu": "10m"}},
    });
    if !is_mixer_generation {
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
            "name": "istio-init", "image": init_image,
            "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}},
        }),
    );
    let status = json!({"initContainers": ["istio-init"], "containers": ["istio-proxy"]});
    let meta = object::meta(pod);
    let annotations = meta.entry("annotations").or_insert_with(|| json!({}));
    annotations["sidecar.istio.io/status"] = json!(status.to_string());
}

/// Writes the image into the proxy of a gateway; false for any other pod.
fn fill_gateway(pod: &mut Value, injector: &str) -> bool {
    let containers = pod.pointer_mut("/spec/containers");
    let containers = containers.and_then(Value::as_array_mut);
    let mut proxies = containers
        .into_iter()
        .flatten()
        .filter(|container| container["name"] == "istio-proxy" && container["image"] == AUTO_IMAGE);
    let Some(proxy) = proxies.next() else {
        return false;
    };
    proxy["image"] = json!(sibling_image(injector, "proxyv2"));
    let arguments = proxy.get("args").is_none_or(Value::is_null);
    if arguments {
        proxy["args"] = json!(["proxy", "router"]);
    }
    let status = json!({"initContainers": null, "containers": ["istio-proxy"]});
    let meta = object::meta(pod);
    let annotations = meta.entry("annotations").or_insert_with(|| json!({}));
    annotations["sidecar.istio.io/status"] = json!(status.to_string());
    true
}

fn append(pod: &mut Value, list: &str, container: Value) {
    let spec = object::map(pod, "spec");
    let list = spec.entry(list).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(container);
    }
}

/// The address of the control plane, from the pod or from the mesh configuration.
fn control_plane_address(
    context: &AdmissionContext<'_>,
    namespace: &str,
    pod: &Value,
) -> Option<String> {
    let annotation = &pod["metadata"]["annotations"]["sidecar.istio.io/discoveryAddress"];
    if let Some(address) = annotation.as_str() {
        return Some(address.to_owned());
    }
    let mesh = context.get("configmaps", namespace, "istio")?;
    let mesh: Value = serde_saphyr::from_str(object::text(&mesh, "/data/mesh")).ok()?;
    let address = object::text(&mesh, "/defaultConfig/discoveryAddress");
    (!address.is_empty()).then(|| address.to_owned())
}

/// Whether the pod requests a sidecar, explicitly or by the policy of the injector.
fn wants_sidecar(context: &AdmissionContext<'_>, namespace: &str, pod: &Value) -> bool {
    let meta = &pod["metadata"];
    let values = [&meta["labels"][INJECT], &meta["annotations"][INJECT]];
    let value = values.into_iter().find_map(Value::as_str);
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        return matches!(value, "true" | "yes" | "y" | "on");
    }
    let config = context
        .get("configmaps", namespace, "istio-sidecar-injector")
        .unwrap_or_default();
    let mut lines = object::text(&config, "/data/config").lines();
    !lines.any(|line| line.trim() == "policy: disabled")
}

/// The image of another name in the same registry, with the same tag.
fn sibling_image(image: &str, name: &str) -> String {
    let folder = image
        .rsplit_once('/')
        .map_or("docker.io/istio", |(folder, _)| folder);
    let last = image.rsplit('/').next().unwrap_or_default();
    match last.split_once(':') {
        Some((_, tag)) => format!("{folder}/{name}:{tag}"),
        None => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::sibling_image;

    #[test]
    fn the_proxy_has_the_registry_and_tag_of_the_injector() {
        let injector = "registry:5000/istio/sidecar_injector:1.0.0";
        assert_eq!(
            sibling_image(injector, "proxyv2"),
            "registry:5000/istio/proxyv2:1.0.0"
        );
        assert_eq!(sibling_image("", "proxyv2"), "docker.io/istio/proxyv2");
    }
}
