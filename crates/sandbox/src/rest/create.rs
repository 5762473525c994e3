//! POST of an object.
//!
//! Kind, version and namespace of the body must match the path. Start at [`create`].

use axum::body::Body;
use http::header::{self, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{ResolvedTarget, Written};
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
) -> Result<Written, ApiStatus> {
    if !resolved.target.name.is_empty() {
        return Err(ApiStatus::method_not_allowed());
    }
    let mut object = request.object()?;
    match_path(&mut object, resolved)?;
    let unknown_fields = decode(request, &mut object, resolved)?;
    let writer = writer(request, "");
    let stored = write::create(cluster, state, &resolved.kind, object, writer)?;
    Ok(Written {
        code: StatusCode::CREATED,
        stored,
        unknown_fields,
    })
}

pub(super) fn writer(request: &ApiRequest, subresource: &str) -> Writer {
    Writer {
        manager: request.manager(),
        subresource: subresource.to_owned(),
        dry_run: request.is_dry(),
        identity: Some(request.identity.clone()),
        applied: None,
    }
}

/// Decodes a body: removes unknown fields and returns their paths, or rejects them if the request
/// is strict.
pub(super) fn decode(
    request: &ApiRequest,
    object: &mut Value,
    resolved: &ResolvedTarget,
) -> Result<Vec<String>, ApiStatus> {
    let (kind, version) = (&resolved.kind, resolved.target.version.as_str());
    let decoded = Decoded::of(object, &kind.schema(version));
    // The values of a custom resource are validated by its schema.
    let mismatch = decoded
        .mismatch
        .filter(|found| kind.crd.is_none() || found.is_in_metadata());
    if let Some(mismatch) = mismatch {
        return Err(mismatch.to_api_status(kind, version));
    }
    if let Some(message) = decoded.unreadable {
        return Err(ApiStatus::bad_request(format!(
            "{0} in version \"{version}\" cannot be handled as a {0}: {message}",
            kind.kind
        )));
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
    Ok(decoded.unknown)
}

/// Adds warnings for the unknown fields of a body, unless the caller declined them.
pub(super) fn add_warnings(
    request: &ApiRequest,
    unknown_fields: &[String],
    mut response: Response<Body>,
) -> Response<Body> {
    if matches!(request.query.get("fieldValidation"), "Strict" | "Ignore") {
        return response;
    }
    for path in unknown_fields {
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
