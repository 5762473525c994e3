//! Admission webhooks: the programs that a cluster asks before it stores an object.
//!
//! A webhook is called over the simulated network only: its Service must lead to a program with an
//! [`AdmissionServer`](crate::AdmissionServer), whose certificate the CA bundle of the webhook must verify. A URL and every
//! other Service are unreachable, and then the failure policy decides. Conditions in CEL
//! (`matchConditions`) are not evaluated. Start at [`mutate`] and [`validate`].

mod call;
mod matching;

use serde_json::{Value, json};

pub(crate) use call::serving_ca;

use crate::access::Identity;
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::fault::{self, Requested};
use crate::kinds::Kind;
use crate::object;
use call::Response;

const MUTATING: &str = "mutatingwebhookconfigurations.admissionregistration.k8s.io";
const VALIDATING: &str = "validatingwebhookconfigurations.admissionregistration.k8s.io";

/// A request that webhooks review.
#[derive(Debug)]
pub(crate) struct Review<'a> {
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub(crate) operation: &'static str,
    pub(crate) kind: &'a Kind,
    pub(crate) subresource: &'a str,
    /// The caller; `None` for the cluster itself.
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) old: Option<&'a Value>,
    pub(crate) dry_run: bool,
}

/// Calls the mutating webhooks, which may change the object.
pub(crate) fn mutate(
    cluster: &Cluster,
    state: &State,
    review: &Review<'_>,
    object: &mut Value,
) -> Result<(), ApiStatus> {
    for webhook in selected(state, MUTATING, review, object) {
        let Some(response) = call_or_ignore(cluster, state, review, &webhook, object)? else {
            continue;
        };
        check_allowed(&webhook, &response)?;
        if let Some(patched) = response.patched(object).map_err(|error| {
            ApiStatus::internal(&format!(
                "failed calling webhook \"{}\": {error}",
                object::text(&webhook, "/name")
            ))
        })? {
            *object = patched;
        }
    }
    Ok(())
}

/// Calls the validating webhooks.
pub(crate) fn validate(
    cluster: &Cluster,
    state: &State,
    review: &Review<'_>,
    object: &Value,
) -> Result<(), ApiStatus> {
    refuse_as_requested(state, review, object)?;
    for webhook in selected(state, VALIDATING, review, object) {
        if let Some(response) = call_or_ignore(cluster, state, review, &webhook, object)? {
            check_allowed(&webhook, &response)?;
        }
    }
    Ok(())
}

/// Refuses new and changed objects of the resources that a client asked to refuse.
fn refuse_as_requested(
    state: &State,
    review: &Review<'_>,
    object: &Value,
) -> Result<(), ApiStatus> {
    let is_exempt = review.operation == "DELETE" || !review.subresource.is_empty();
    if is_exempt || object::name(object) == fault::NAME {
        return Ok(());
    }
    let refusal = Requested::read(&state.objects).refusal(&review.kind.plural, &review.kind.id);
    refusal.map_or(Ok(()), |message| Err(ApiStatus::denied(400, "", message)))
}

/// The webhooks of all configurations of a kind that select a request, in their order.
fn selected(state: &State, kind: &str, review: &Review<'_>, object: &Value) -> Vec<Value> {
    // The configurations themselves are exempt, so that a broken one can be repaired.
    if review.kind.group == "admissionregistration.k8s.io" {
        return Vec::new();
    }
    let requested = Requested::read(&state.objects);
    let configurations = state.objects.list(kind, None);
    configurations
        .iter()
        .flat_map(|configuration| {
            let spoiled = requested.spoils_ca_bundle(object::name(configuration));
            object::items(configuration, "/webhooks").map(move |webhook| (webhook, spoiled))
        })
        .filter(|(webhook, _)| matching::selects(state, webhook, review, object))
        .map(|(webhook, spoiled)| {
            let mut webhook = webhook.clone();
            if spoiled {
                // The roots of the system sign no program of the sandbox.
                webhook["clientConfig"]["caBundle"] = json!("");
            }
            webhook
        })
        .collect()
}

/// The response of a webhook; `None` when it cannot be called and its failure is ignored.
fn call_or_ignore(
    cluster: &Cluster,
    state: &State,
    review: &Review<'_>,
    webhook: &Value,
    object: &Value,
) -> Result<Option<Response>, ApiStatus> {
    match call::call(cluster, state, webhook, review, object) {
        Ok(response) => Ok(Some(response)),
        Err(_) if webhook["failurePolicy"] == "Ignore" => Ok(None),
        Err(reason) => {
            let name = object::text(webhook, "/name");
            let detail = format!("failed calling webhook \"{name}\": {reason}");
            Err(ApiStatus::internal(&detail))
        }
    }
}

/// Rejects a request that a webhook denied, with the status of the webhook.
fn check_allowed(webhook: &Value, response: &Response) -> Result<(), ApiStatus> {
    if response.allowed() {
        return Ok(());
    }
    let denied = format!(
        "admission webhook {} denied the request",
        json!(object::text(webhook, "/name"))
    );
    let status = response.status();
    let (message, reason) = (
        object::text(status, "/message"),
        object::text(status, "/reason"),
    );
    let message = match (message, reason) {
        ("", "") => format!("{denied} without explanation"),
        ("", reason) => format!("{denied}: {reason}"),
        (message, _) => format!("{denied}: {message}"),
    };
    let code = object::number(status, "/code").and_then(|code| u16::try_from(code).ok());
    let code = code.filter(|code| *code >= 400).unwrap_or(400);
    Err(ApiStatus::denied(code, reason, message))
}
