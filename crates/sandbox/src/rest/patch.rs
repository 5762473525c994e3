//! PATCH of an object in its four forms.
//!
//! Server-side apply creates what does not exist. Start at [`patch`].

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::{ResolvedTarget, create};
use crate::api_status::{ApiStatus, Cause};
use crate::apply::{self, Applied};
use crate::cluster::{Cluster, State};
use crate::decode::Reading;
use crate::object;
use crate::patch;
use crate::request::ApiRequest;
use crate::write;

const APPLY: &str = "application/apply-patch+yaml";

pub(super) fn patch(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<(StatusCode, Arc<Value>), ApiStatus> {
    let sort = request
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    let changes: Value = serde_json::from_slice(&request.body).map_err(|failure| {
        ApiStatus::bad_request(format!(
            "error decoding patch: {failure} (the sandbox reads JSON)"
        ))
    })?;
    if sort == APPLY {
        return apply_patch(cluster, state, request, resolved, changes);
    }
    let old = resolved.find(state)?;
    let kind = &resolved.kind;
    let before = resolved.shown(&old);
    let mut after = match sort.as_str() {
        "application/merge-patch+json" => patch::merge(&before, &changes),
        "application/json-patch+json" => {
            patch::json(&before, &changes).ok_or_else(ApiStatus::patch_rejected)?
        }
        "application/strategic-merge-patch+json" if kind.crd.is_none() => {
            patch::strategic(&before, &changes, &kind.schema(&resolved.target.version))
        }
        other => return Err(ApiStatus::unsupported_media(other)),
    };
    create::fit(&mut after, resolved)?;
    create::read(request, &mut after, resolved)?;
    let writer = create::writer(request, &resolved.target.subresource);
    write::replace(cluster, state, kind, &old, after, writer).map(|made| (StatusCode::OK, made))
}

fn apply_patch(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    mut stated: Value,
) -> Result<(StatusCode, Arc<Value>), ApiStatus> {
    let kind = &resolved.kind;
    if request.query.get("fieldManager").is_empty() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        return Err(ApiStatus::invalid_options(cause));
    }
    if stated
        .pointer("/metadata/managedFields")
        .is_some_and(|fields| !fields.is_null())
    {
        return Err(ApiStatus::bad_request("metadata.managedFields must be nil"));
    }
    check_types(&stated, resolved)?;
    create::fit(&mut stated, resolved)?;
    stated = Reading::of(&stated, &kind.schema(&resolved.target.version)).object;
    let schema = kind.schema(&resolved.target.version);
    let mut writer = create::writer(request, &resolved.target.subresource);
    let applied = Applied {
        manager: writer.entry("Apply", &kind.api_version(&resolved.target.version)),
        stated: &stated,
        force: request.query.is("force"),
    };
    let live = resolved.find(state).ok();
    let Some(old) = live else {
        if !resolved.target.subresource.is_empty() {
            return Err(ApiStatus::not_found(kind, &resolved.target.name));
        }
        let nothing = json!({"apiVersion": stated["apiVersion"], "kind": stated["kind"]});
        let (_, managers) = apply::apply(&nothing, applied, &schema)?;
        writer.applied = Some(managers);
        let made = write::create(cluster, state, kind, stated, writer)?;
        return Ok((StatusCode::CREATED, made));
    };
    let (after, managers) = apply::apply(&resolved.shown(&old), applied, &schema)?;
    writer.applied = Some(managers);
    write::replace(cluster, state, kind, &old, after, writer).map(|made| (StatusCode::OK, made))
}

/// Refuses a configuration that its type cannot read.
fn check_types(stated: &Value, resolved: &ResolvedTarget) -> Result<(), ApiStatus> {
    let reading = Reading::of(stated, &resolved.kind.schema(&resolved.target.version));
    let wrong = reading.wrong.map(|wrong| wrong.of_patch());
    let unknown = reading
        .unknown
        .first()
        .map(|path| format!(".{path}: field not declared in schema"));
    let Some(said) = wrong.or(unknown) else {
        return Ok(());
    };
    Err(ApiStatus::type_mismatch(format!(
        "failed to create typed patch object ({}/{}; {}, Kind={}): {said}",
        object::namespace(stated),
        object::name(stated),
        resolved.kind.api_version(&resolved.target.version),
        resolved.kind.kind
    )))
}
