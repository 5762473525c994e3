//! POST of an object.
//!
//! Kind, version and namespace of the body must match the path. Start at [`create`].

use std::sync::Arc;

use axum::body::Body;
use http::Response;
use http::header::{self, HeaderValue};
use serde_json::{Value, json};

use super::ResolvedTarget;
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::decode::Decoded;
use crate::object;
use crate::request::ApiRequest;
use crate::write::{self, Writer};

pub(super) fn create(
    cluster: &Cluster,
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Arc<Value>, ApiStatus> {
    if !resolved.target.name.is_empty() {
        return Err(ApiStatus::method_not_allowed());
    }
    let mut object = request.object()?;
    match_path(&mut object, resolved)?;
    decode(request, &mut object, resolved)?;
    let writer = writer(request, "");
    write::create(cluster, state, &resolved.kind, object, writer)
}

pub(super) fn writer(request: &ApiRequest, subresource: &str) -> Writer {
    Writer {
        manager: request.manager(),
        subresource: subresource.to_owned(),
        dry_run: request.is_dry(),
        applied: None,
    }
}

/// Decodes a body: removes unknown fields, or rejects them if the request is strict.
pub(super) fn decode(
    request: &ApiRequest,
    object: &mut Value,
    resolved: &ResolvedTarget,
) -> Result<(), ApiStatus> {
    let (kind, version) = (&resolved.kind, resolved.target.version.as_str());
    let decoded = Decoded::of(object, &kind.schema(version));
    if let Some(mismatch) = decoded.mismatch {
        return Err(mismatch.to_api_status(kind, version, object::name(object)));
    }
    if request.query.get("fieldValidation") == "Strict" && !decoded.unknown.is_empty() {
        let message: Vec<String> = decoded
            .unknown
            .iter()
            .map(|path| format!("unknown field \"{path}\""))
            .collect();
        return Err(ApiStatus::bad_request(format!(
            "{0} in version \"{version}\" cannot be handled as a {0}: strict decoding error: {1}",
            kind.kind,
            message.join(", ")
        )));
    }
    *object = decoded.object;
    Ok(())
}

/// Adds warnings for the unknown fields of a body, unless the caller declined them.
pub(super) fn add_warnings(
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    mut response: Response<Body>,
) -> Response<Body> {
    let is_silent = matches!(request.query.get("fieldValidation"), "Strict" | "Ignore");
    let Some(body) = request.object().ok().filter(|_| !is_silent) else {
        return response;
    };
    let decoded = Decoded::of(&body, &resolved.kind.schema(&resolved.target.version));
    for path in decoded.unknown {
        let message = format!("299 - {}", json!(format!("unknown field \"{path}\"")));
        if let Ok(message) = HeaderValue::from_str(&message) {
            response.headers_mut().append(header::WARNING, message);
        }
    }
    response
}

/// Completes a body with the values of its path; the error names the first mismatch.
pub(super) fn match_path(object: &mut Value, resolved: &ResolvedTarget) -> Result<(), ApiStatus> {
    let kind = &resolved.kind;
    let api_version = kind.api_version(&resolved.target.version);
    if !object.is_object() {
        return Err(ApiStatus::bad_request(
            "the object provided is not an object",
        ));
    }
    let (body_version, body_kind) = (
        object::text(object, "/apiVersion"),
        object::text(object, "/kind"),
    );
    if !body_kind.is_empty() && body_kind != kind.kind {
        let group = if kind.group.is_empty() {
            "core"
        } else {
            &kind.group
        };
        return Err(ApiStatus::bad_request(format!(
            "{0} in version \"{1}\" cannot be handled as a {2}: converting ({1}.{0}) to \
             ({group}.{2}): unknown conversion",
            body_kind, resolved.target.version, kind.kind
        )));
    }
    if !body_version.is_empty() && body_version != api_version {
        return Err(ApiStatus::bad_request(format!(
            "the API version in the data ({body_version}) does not match the expected API version \
             ({api_version})"
        )));
    }
    let namespace = object::namespace(object).to_owned();
    if kind.namespaced && !namespace.is_empty() && namespace != resolved.target.namespace {
        return Err(ApiStatus::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    let name = object::name(object).to_owned();
    if !resolved.target.name.is_empty() && !name.is_empty() && name != resolved.target.name {
        return Err(ApiStatus::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            resolved.target.name
        )));
    }
    object["apiVersion"] = json!(api_version);
    object["kind"] = json!(kind.kind);
    let meta = object::meta(object);
    if kind.namespaced {
        meta.insert("namespace".into(), json!(resolved.target.namespace));
    }
    if !resolved.target.name.is_empty() {
        meta.insert("name".into(), json!(resolved.target.name));
    }
    Ok(())
}
