//! The objects that a new object refers to: its namespace and its ServiceAccount.
//!
//! Start at [`check_namespace`] and [`check_account`].

use serde_json::Value;

use crate::api_status::ApiStatus;
use crate::cluster::State;
use crate::kinds::Kind;
use crate::object;

/// Rejects an object whose namespace does not exist or terminates.
pub(super) fn check_namespace(
    state: &State,
    kind: &Kind,
    namespace: &str,
    name: &str,
) -> Result<(), ApiStatus> {
    let namespaces = state
        .kinds
        .by_id("namespaces")
        .ok_or_else(ApiStatus::no_such_path)?;
    let Some(found) = state.objects.get("namespaces", "", namespace) else {
        return Err(ApiStatus::not_found(namespaces, namespace));
    };
    if object::is_terminating(&found) {
        let detail = format!(
            "unable to create new content in namespace {namespace} because it is being terminated"
        );
        let message = format!("namespace {namespace} is being terminated");
        return Err(ApiStatus::forbidden(kind, name, &detail).with_cause(
            "NamespaceTerminating",
            "metadata.namespace",
            &message,
        ));
    }
    Ok(())
}

/// Rejects a pod whose ServiceAccount does not exist. The account `default` comes with its
/// namespace.
pub(super) fn check_account(state: &State, kind: &Kind, object: &Value) -> Result<(), ApiStatus> {
    let account = object::text(object, "/spec/serviceAccountName");
    if kind.id != "pods" || matches!(account, "" | "default") {
        return Ok(());
    }
    let namespace = object::namespace(object);
    if state
        .objects
        .get("serviceaccounts", namespace, account)
        .is_some()
    {
        return Ok(());
    }
    let detail = format!(
        "error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not \
         found"
    );
    Err(ApiStatus::forbidden(kind, object::name(object), &detail))
}
