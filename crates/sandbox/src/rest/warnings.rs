//! Warnings about objects that the sandbox stores but does not act on.
//!
//! Start at [`add`].

use axum::body::Body;
use http::Response;
use http::header::{self, HeaderValue};
use serde_json::json;

use crate::kinds::Kind;

/// The objects of a kind that nothing in the sandbox acts on, and what does not happen.
fn inaction(kind: &Kind) -> Option<(&'static str, &'static str)> {
    let inaction = match kind.id.as_str() {
        "horizontalpodautoscalers.autoscaling" => {
            ("HorizontalPodAutoscalers", "the replicas stay as they are")
        }
        "networkpolicies.networking.k8s.io" => ("NetworkPolicies", "no connection is restricted"),
        "ingresses.networking.k8s.io" => ("Ingresses", "no route leads to their Services"),
        "ingressclasses.networking.k8s.io" => {
            ("IngressClasses", "no controller serves their Ingresses")
        }
        "priorityclasses.scheduling.k8s.io" => ("PriorityClasses", "no pod is preempted"),
        "replicationcontrollers" => ("ReplicationControllers", "no pod is created"),
        "podtemplates" => ("PodTemplates", "no pod is created"),
        "apiservices.apiregistration.k8s.io" => {
            ("APIServices", "no request is passed to their Services")
        }
        _ => return None,
    };
    Some(inaction)
}

/// Adds the warning of a kind to the response to a write.
pub(super) fn add(kind: &Kind, mut response: Response<Body>) -> Response<Body> {
    if let Some((objects, consequence)) = inaction(kind).filter(|_| kind.crd.is_none()) {
        let text = format!("the sandbox does not act on {objects}: {consequence}");
        let warning = format!("299 - {}", json!(text));
        if let Ok(warning) = HeaderValue::from_str(&warning) {
            response.headers_mut().append(header::WARNING, warning);
        }
    }
    response
}
