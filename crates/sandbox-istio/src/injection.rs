//! Admission of pods by Istio's injector, as its webhooks ask for it.
//!
//! A pod that a webhook chooses gets a sidecar when the injector can be reached, and is refused in
//! the API server's words when it cannot and the webhook insists. Other webhooks are not called.
//! Start at [`admit`].

mod sidecar;

use serde_json::Value;

use crate::object;
use crate::api_status::ApiStatus;
use crate::selector;
use crate::cluster::{State, Cluster};

/// What the names of the injector's webhooks end with.
const INJECTOR: &str = "sidecar-injector.istio.io";

/// Lets the webhooks see a new pod.
pub(crate) fn admit(cluster: &Cluster, state: &State, pod: &mut Value) -> Result<(), ApiStatus> {
    let configurations = state.store.list(
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        None,
    );
    for webhook in configurations
        .iter()
        .flat_map(|configuration| object::items(configuration, "/webhooks"))
    {
        if !chooses(state, webhook, pod) {
            continue;
        }
        match reach(cluster, state, webhook) {
            Ok(()) => sidecar::inject(state, webhook, pod),
            Err(_) if webhook["failurePolicy"] == "Ignore" => {}
            Err(why) => return Err(ApiStatus::internal(&said(webhook, &why))),
        }
    }
    Ok(())
}

/// Whether a webhook of the injector wants to see a pod.
fn chooses(state: &State, webhook: &Value, pod: &Value) -> bool {
    let namespace = state
        .store
        .get("namespaces", "", object::namespace(pod))
        .unwrap_or_default();
    object::text(webhook, "/name").ends_with(INJECTOR)
        && object::items(webhook, "/rules").any(is_for_new_pods)
        && selector::matches(
            &webhook["namespaceSelector"],
            &namespace["metadata"]["labels"],
        )
        && selector::matches(&webhook["objectSelector"], &pod["metadata"]["labels"])
}

fn is_for_new_pods(rule: &Value) -> bool {
    let lists = |pointer: &str, wanted: &str| {
        object::items(rule, pointer).any(|one| one == "*" || one == wanted)
    };
    lists("/operations", "CREATE") && lists("/apiGroups", "") && lists("/resources", "pods")
}

/// Whether the server could call a webhook; if not, why.
fn reach(cluster: &Cluster, state: &State, webhook: &Value) -> Result<(), String> {
    let (namespace, name) = service(webhook);
    if name.is_empty() {
        // A URL leads out of the cluster, where nothing is known.
        return Ok(());
    }
    let Some(found) = state.store.get("services", namespace, name) else {
        return Err(format!("service \"{name}\" not found"));
    };
    let sort = object::text(&found, "/spec/type");
    if sort == "ExternalName" {
        return Err(format!("unsupported service type \"{sort}\""));
    }
    let addresses = addresses(state, namespace, name);
    if addresses.is_empty() {
        return Err(format!("no endpoints available for service \"{name}\""));
    }
    // Addresses that someone wrote by hand may lead nowhere.
    let network = cluster.network();
    let by_hand = object::pairs(&found, "/spec/selector").next().is_none();
    let answered = |address: &String| network.answers(address);
    if by_hand && !addresses.iter().any(answered) {
        return Err("context deadline exceeded".to_owned());
    }
    Ok(())
}

/// The ready addresses of a Service, from its slices.
fn addresses(state: &State, namespace: &str, name: &str) -> Vec<String> {
    let slices = state
        .store
        .list("endpointslices.discovery.k8s.io", Some(namespace));
    slices
        .iter()
        .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == name)
        .flat_map(|slice| object::items(slice, "/endpoints"))
        .filter(|endpoint| endpoint["conditions"]["ready"] != false)
        .flat_map(|endpoint| object::items(endpoint, "/addresses"))
        .filter_map(|address| address.as_str().map(str::to_owned))
        .collect()
}

fn service(webhook: &Value) -> (&str, &str) {
    (
        object::text(webhook, "/clientConfig/service/namespace"),
        object::text(webhook, "/clientConfig/service/name"),
    )
}

/// What the server says of a webhook that it could not call.
fn said(webhook: &Value, why: &str) -> String {
    let (namespace, name) = service(webhook);
    let port = object::number(webhook, "/clientConfig/service/port").unwrap_or(443);
    let path = object::text(webhook, "/clientConfig/service/path");
    let seconds = object::number(webhook, "/timeoutSeconds").unwrap_or(10);
    format!(
        "failed calling webhook \"{}\": failed to call webhook: Post \
         \"https://{name}.{namespace}.svc:{port}{path}?timeout={seconds}s\": {why}",
        object::text(webhook, "/name")
    )
}
