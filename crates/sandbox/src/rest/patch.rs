//! PATCH of an object, in four content types.
//!
//! Server-side apply creates what does not exist. Start at [`patch`].

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::{ResolvedTarget, Written, create};
use crate::api_status::{ApiStatus, Cause};
use crate::apply::{self, Applied};
use crate::cluster::{Cluster, State};
use crate::decode::Decoded;
use crate::kinds::Kind;
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
) -> Result<Written, ApiStatus> {
    let media_type = request
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
    if media_type == APPLY {
        return apply_patch(cluster, state, request, resolved, changes);
    }
    let old = resolved.find(state)?;
    let kind = &resolved.kind;
    let before = resolved.in_requested_version(&old);
    let mut after = match media_type.as_str() {
        "application/merge-patch+json" => patch::merge(&before, &changes),
        "application/json-patch+json" => {
            patch::json(&before, &changes).ok_or_else(ApiStatus::patch_rejected)?
        }
        "application/strategic-merge-patch+json" if kind.crd.is_none() => {
            patch::strategic(&before, &changes, &kind.schema(&resolved.target.version))
        }
        _ => return Err(ApiStatus::unsupported_patch(accepted_patches(kind))),
    };
    create::match_path(&mut after, resolved)?;
    let unknown_fields = create::decode(request, &mut after, resolved)?;
    let writer = create::writer(request, &resolved.target.subresource);
    let stored = write::replace(cluster, state, kind, &old, after, writer)?;
    Ok(Written {
        code: StatusCode::OK,
        stored,
        unknown_fields,
    })
}

/// The types of patches of a kind.
fn accepted_patches(kind: &Kind) -> &'static [&'static str] {
    const ACCEPTED: [&str; 4] = [
        "application/json-patch+json",
        "application/merge-patch+json",
        APPLY,
        "application/strategic-merge-patch+json",
    ];
    if kind.crd.is_some() {
        ACCEPTED.get(..3).unwrap_or_default()
    } else {
        &ACCEPTED
    }
}

fn apply_patch(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    mut config: Value,
) -> Result<Written, ApiStatus> {
    let kind = &resolved.kind;
    if request.query.get("fieldManager").is_empty() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        return Err(ApiStatus::invalid_options(&cause));
    }
    if config
        .pointer("/metadata/managedFields")
        .is_some_and(|fields| !fields.is_null())
    {
        return Err(ApiStatus::bad_request("metadata.managedFields must be nil"));
    }
    check_types(&config, resolved)?;
    create::match_path(&mut config, resolved)?;
    config = Decoded::of(&config, &kind.schema(&resolved.target.version)).object;
    let schema = kind.schema(&resolved.target.version);
    let mut writer = create::writer(request, &resolved.target.subresource);
    let api_version = kind.api_version(&resolved.target.version);
    let applied = Applied {
        manager: writer.entry("Apply", &api_version, state.now()),
        config: &config,
        force: request.query.is("force"),
    };
    let live = resolved.find(state).ok();
    let Some(old) = live else {
        if !resolved.target.subresource.is_empty() {
            return Err(ApiStatus::not_found(kind, &resolved.target.name));
        }
        let empty = json!({"apiVersion": config["apiVersion"], "kind": config["kind"]});
        let (_, managers) = apply::apply(&empty, applied, &schema)?;
        writer.applied = Some(managers);
        let stored = write::create(cluster, state, kind, config, writer)?;
        return Ok(applied_result(StatusCode::CREATED, stored));
    };
    let (after, managers) = apply::apply(&resolved.in_requested_version(&old), applied, &schema)?;
    writer.applied = Some(managers);
    let stored = write::replace(cluster, state, kind, &old, after, writer)?;
    Ok(applied_result(StatusCode::OK, stored))
}

/// The result of an apply, whose configuration has no unknown fields.
fn applied_result(code: StatusCode, stored: Arc<Value>) -> Written {
    Written {
        code,
        stored,
        unknown_fields: Vec::new(),
    }
}

/// Rejects a configuration that does not match its type.
fn check_types(config: &Value, resolved: &ResolvedTarget) -> Result<(), ApiStatus> {
    let decoded = Decoded::of(config, &resolved.kind.schema(&resolved.target.version));
    let mismatch = decoded.mismatch.map(|mismatch| mismatch.apply_message());
    let unknown = decoded
        .unknown
        .first()
        .map(|path| format!(".{path}: field not declared in schema"));
    let Some(message) = mismatch.or(unknown) else {
        return Ok(());
    };
    Err(ApiStatus::type_mismatch(format!(
        "failed to create typed patch object ({}/{}; {}, Kind={}): {message}",
        object::namespace(config),
        object::name(config),
        resolved.kind.api_version(&resolved.target.version),
        resolved.kind.kind
    )))
}
