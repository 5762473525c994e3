//! Sidecar injection: an admission plugin in place of the webhook calls to Istio's injector.
//!
//! A pod that a webhook selects gets a sidecar if the injector is reachable. Otherwise the failure
//! policy of the webhook decides, and the error message is that of the API server. Other webhooks
//! are not called. Start at [`SidecarInjector`].

mod sidecar;

use sandbox::{Admission, AdmissionContext, ApiStatus, object, selector_matches};
use serde_json::Value;

/// The suffix of the names of the injector's webhooks.
const WEBHOOK_SUFFIX: &str = "sidecar-injector.istio.io";

/// Calls the webhooks of Istio's injector for new pods.
#[derive(Debug)]
pub(crate) struct SidecarInjector;

impl Admission for SidecarInjector {
    fn admit(
        &self,
        context: &AdmissionContext<'_>,
        kind: &str,
        object: &mut Value,
    ) -> Result<(), ApiStatus> {
        if kind != "pods" {
            return Ok(());
        }
        let configurations = context.list(
            "mutatingwebhookconfigurations.admissionregistration.k8s.io",
            None,
        );
        for webhook in configurations
            .iter()
            .flat_map(|configuration| object::items(configuration, "/webhooks"))
        {
            if !selects(context, webhook, object) {
                continue;
            }
            match check_reachable(context, webhook) {
                Ok(()) => sidecar::inject(context, webhook, object),
                Err(_) if webhook["failurePolicy"] == "Ignore" => {}
                Err(reason) => {
                    return Err(ApiStatus::internal(&failure_message(webhook, &reason)));
                }
            }
        }
        Ok(())
    }
}

/// Whether a webhook of the injector selects a pod.
fn selects(context: &AdmissionContext<'_>, webhook: &Value, pod: &Value) -> bool {
    let namespace = context
        .get("namespaces", "", object::namespace(pod))
        .unwrap_or_default();
    object::text(webhook, "/name").ends_with(WEBHOOK_SUFFIX)
        && object::items(webhook, "/rules").any(matches_new_pods)
        && selector_matches(
            &webhook["namespaceSelector"],
            &namespace["metadata"]["labels"],
        )
        && selector_matches(&webhook["objectSelector"], &pod["metadata"]["labels"])
}

fn matches_new_pods(rule: &Value) -> bool {
    let contains = |pointer: &str, expected: &str| {
        object::items(rule, pointer).any(|item| item == "*" || item == expected)
    };
    contains("/operations", "CREATE")
        && contains("/apiGroups", "")
        && contains("/resources", "pods")
}

/// Whether the server can call a webhook; the error is the reason.
fn check_reachable(context: &AdmissionContext<'_>, webhook: &Value) -> Result<(), String> {
    let (namespace, name) = service(webhook);
    if name.is_empty() {
        // A URL leads out of the cluster; the sandbox assumes that it responds.
        return Ok(());
    }
    let Some(service) = context.get("services", namespace, name) else {
        return Err(format!("service \"{name}\" not found"));
    };
    let service_type = object::text(&service, "/spec/type");
    if service_type == "ExternalName" {
        return Err(format!("unsupported service type \"{service_type}\""));
    }
    let addresses = ready_addresses(context, namespace, name);
    if addresses.is_empty() {
        return Err(format!("no endpoints available for service \"{name}\""));
    }
    // Addresses of a Service without a selector are written by hand and may not be reachable.
    let has_selector = object::pairs(&service, "/spec/selector").next().is_some();
    let is_reachable = |address: &String| context.is_reachable(address);
    if !has_selector && !addresses.iter().any(is_reachable) {
        return Err("context deadline exceeded".to_owned());
    }
    Ok(())
}

/// The ready addresses of a Service, from its EndpointSlices.
fn ready_addresses(context: &AdmissionContext<'_>, namespace: &str, name: &str) -> Vec<String> {
    let slices = context.list("endpointslices.discovery.k8s.io", Some(namespace));
    slices
        .iter()
        .filter(|slice| slice["metadata"]["labels"]["kubernetes.io/service-name"] == name)
        .flat_map(|slice| object::items(slice, "/endpoints"))
        .filter(|endpoint| endpoint["conditions"]["ready"] != false)
        .flat_map(|endpoint| object::items(endpoint, "/addresses"))
        .filter_map(|address| address.as_str().map(str::to_owned))
        .collect()
}

/// The namespace and name of the Service of a webhook.
fn service(webhook: &Value) -> (&str, &str) {
    (
        object::text(webhook, "/clientConfig/service/namespace"),
        object::text(webhook, "/clientConfig/service/name"),
    )
}

/// The error message of the API server for a webhook that it could not call.
fn failure_message(webhook: &Value, reason: &str) -> String {
    let (namespace, name) = service(webhook);
    let port = object::number(webhook, "/clientConfig/service/port").unwrap_or(443);
    let path = object::text(webhook, "/clientConfig/service/path");
    let seconds = object::number(webhook, "/timeoutSeconds").unwrap_or(10);
    format!(
        "failed calling webhook \"{}\": failed to call webhook: Post \
         \"https://{name}.{namespace}.svc:{port}{path}?timeout={seconds}s\": {reason}",
        object::text(webhook, "/name")
    )
}
