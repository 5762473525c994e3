//! Waits until the injection webhook of istiod answers, since gateways get their image from it.
//!
//! Before Istio 1.31 istiod reports Ready before its webhook serves. The webhook answers when the API server
//! returns an injected pod for a dry run; the pod is that of a gateway, and is not stored. Start at
//! [`wait_until_injecting`].

use crate::{
    error::Error,
    istio::{PROXY_CONTAINER, REVISION_LABEL},
    step::Side,
};
use cluster::{Apply, AsUser, Identity as _, Kind, Object, ObjectRef, WaitOptions};
use release::{Event, WaitReason};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use wire::job::{Awaited, PhaseName};

/// How often the webhook is tried.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// The image in whose place the injector of Istio writes that of the proxy.
const AUTO_IMAGE: &str = "auto";
/// The label that requests a sidecar.
const INJECT_LABEL: &str = "sidecar.istio.io/inject";
/// The name of the pod that is never stored.
const PROBE: &str = "istio-injection-dry-run";

/// Waits until the injector of a revision fills the image of a gateway's pod in this namespace; an empty
/// revision is the default one.
///
/// # Errors
/// [`Error::NotInjecting`] after the timeout, with the last answer; [`Error::Cluster`] when pods may not be
/// created; [`Error::Cancelled`].
pub async fn wait_until_injecting(
    user: &AsUser,
    (namespace, revision): (&str, &str),
    wait: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let webhook = webhook(revision);
    let pod = Object::new(pod(namespace, revision)).map_err(Error::Malformed)?;
    on_event(Event::Started(PhaseName::InjectionWebhook));
    let started = Instant::now();
    loop {
        let reason = match user.cluster().apply(&pod, Apply::DryRun).await {
            Ok(returned) if is_injected(&returned) => break,
            Ok(_) => "no webhook injects the pod".to_owned(),
            Err(error) if error.is_forbidden() => return Err(Error::at(Side::Primary)(error)),
            Err(error) => wire::error_chain(&error),
        };
        if started.elapsed() >= wait.timeout {
            return Err(Error::NotInjecting {
                webhook,
                waited: wait.timeout,
                reason,
            });
        }
        on_event(Event::Waiting {
            object: webhook.clone(),
            reason: WaitReason {
                awaited: Awaited::Injection,
                detail: reason,
            },
        });
        tokio::select! {
            () = tokio::time::sleep(POLL_INTERVAL) => {}
            () = wait.stop.cancelled() => return Err(Error::Cancelled),
        }
    }
    on_event(Event::Finished(PhaseName::InjectionWebhook));
    Ok(())
}

/// The configuration of the webhook.
fn webhook(revision: &str) -> ObjectRef {
    let name = match revision {
        "" => "istio-sidecar-injector".to_owned(),
        revision => format!("istio-sidecar-injector-{revision}"),
    };
    Kind::new(
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
    )
    .object(None, &name)
}

/// The pod of a gateway.
fn pod(namespace: &str, revision: &str) -> Value {
    let mut labels = json!({INJECT_LABEL: "true"});
    if !revision.is_empty() {
        labels[REVISION_LABEL] = json!(revision);
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": PROBE, "namespace": namespace, "labels": labels,
            "annotations": {"inject.istio.io/templates": "gateway"},
        },
        "spec": {"containers": [{"name": PROXY_CONTAINER, "image": AUTO_IMAGE}]},
    })
}

/// Whether the injector has filled the image.
fn is_injected(pod: &Object) -> bool {
    let mut containers = pod.list("/spec/containers").iter();
    let image = containers.find_map(|container| {
        let name = container.get("name").and_then(Value::as_str);
        let image = container.get("image").and_then(Value::as_str);
        image.filter(|_| name == Some(PROXY_CONTAINER))
    });
    image.is_some_and(|image| image != AUTO_IMAGE)
}

#[cfg(test)]
mod tests;
