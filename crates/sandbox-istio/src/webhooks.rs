//! What the injectors and istiod write into their webhooks: the CA bundle, and the failure policy of the validation.
//!
//! They write as field manager `pilot-discovery` by updates, so that they own these fields. Start at
//! [`WebhookController`].

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::{Controller, ControllerContext, object};
use serde_json::{Value, json};

/// The field manager of istiod: the name of its program.
const MANAGER: &str = "pilot-discovery";

/// The suffix of the names of the injector's webhooks.
const INJECTION_SUFFIX: &str = "sidecar-injector.istio.io";

/// The suffix of the names of istiod's webhooks that validate Istio's objects.
const VALIDATION_SUFFIX: &str = "validation.istio.io";

const MUTATING: &str = "mutatingwebhookconfigurations.admissionregistration.k8s.io";

const VALIDATING: &str = "validatingwebhookconfigurations.admissionregistration.k8s.io";

/// How often an injector is looked for that was not reachable.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// Writes the CA of the injectors into their webhooks that have none; once istiod serves the validation, its webhooks
/// fail closed.
///
/// A CA that another author wrote stays, so that a wrong one breaks the injection.
#[derive(Debug)]
pub(crate) struct WebhookController;

impl Controller for WebhookController {
    fn kinds(&self) -> &[&str] {
        &[
            MUTATING,
            VALIDATING,
            "endpointslices.discovery.k8s.io",
            "services",
        ]
    }

    fn reconcile(&self, context: &mut ControllerContext<'_>) -> Option<Duration> {
        let is_missing = reconcile(context, MUTATING, INJECTION_SUFFIX);
        reconcile(context, VALIDATING, VALIDATION_SUFFIX);
        // The injector may run in another cluster, whose changes are not seen here.
        is_missing.then_some(RETRY_INTERVAL)
    }
}

/// Writes the webhooks of a kind; true when the program of one was not found.
fn reconcile(context: &mut ControllerContext<'_>, kind: &str, suffix: &str) -> bool {
    let mut is_missing = false;
    for configuration in context.list(kind, None) {
        let mut changed = configuration.as_ref().clone();
        let webhooks = changed.get_mut("webhooks").and_then(Value::as_array_mut);
        for webhook in webhooks.into_iter().flatten() {
            if !object::text(webhook, "/name").ends_with(suffix) || is_written(webhook, kind) {
                continue;
            }
            let client = &mut webhook["clientConfig"];
            let Some(ca) = context.serving_ca(&client["service"]) else {
                is_missing = true;
                continue;
            };
            if object::text(client, "/caBundle").is_empty() {
                client["caBundle"] = json!(STANDARD.encode(ca));
            }
            if kind == VALIDATING {
                webhook["failurePolicy"] = json!("Fail");
            }
        }
        if changed != *configuration {
            context.update_as(MANAGER, kind, changed);
        }
    }
    is_missing
}

/// Whether nothing has to be written into a webhook.
fn is_written(webhook: &Value, kind: &str) -> bool {
    let has_ca = !object::text(webhook, "/clientConfig/caBundle").is_empty();
    has_ca && (kind == MUTATING || webhook["failurePolicy"] != "Ignore")
}
