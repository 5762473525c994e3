//! POST of an object.
//!
//! The body must fit the path in kind, version and namespace. Start at [`create`].

use std::sync::Arc;

use axum::body::Body;
use http::Response;
use http::header::{self, HeaderValue};
use serde_json::{Value, json};

use super::ResolvedTarget;
use crate::api_status::ApiStatus;
use crate::cluster::{Cluster, State};
use crate::decode::Reading;
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
    fit(&mut object, resolved)?;
    read(request, &mut object, resolved)?;
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

/// Takes unknown fields out of a body, or refuses it for them.
pub(super) fn read(
    request: &ApiRequest,
    object: &mut Value,
    resolved: &ResolvedTarget,
) -> Result<(), ApiStatus> {
    let (kind, version) = (&resolved.kind, resolved.target.version.as_str());
    let reading = Reading::of(object, &kind.schema(version));
    if let Some(wrong) = reading.wrong {
        return Err(wrong.to_api_status(kind, version, object::name(object)));
    }
    if request.query.get("fieldValidation") == "Strict" && !reading.unknown.is_empty() {
        let said: Vec<String> = reading
            .unknown
            .iter()
            .map(|path| format!("unknown field \"{path}\""))
            .collect();
        return Err(ApiStatus::bad_request(format!(
            "{0} in version \"{version}\" cannot be handled as a {0}: strict decoding error: {1}",
            kind.kind,
            said.join(", ")
        )));
    }
    *object = reading.object;
    Ok(())
}

/// Warns of the unknown fields that fell away from a body, as the caller asked.
pub(super) fn warn(
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    mut response: Response<Body>,
) -> Response<Body> {
    let is_silent = matches!(request.query.get("fieldValidation"), "Strict" | "Ignore");
    let Some(body) = request.object().ok().filter(|_| !is_silent) else {
        return response;
    };
    let reading = Reading::of(&body, &resolved.kind.schema(&resolved.target.version));
    for path in reading.unknown {
        let said = format!("299 - {}", json!(format!("unknown field \"{path}\"")));
        if let Ok(said) = HeaderValue::from_str(&said) {
            response.headers_mut().append(header::WARNING, said);
        }
    }
    response
}

/// Makes a body fit its path, or says why it does not.
pub(super) fn fit(object: &mut Value, resolved: &ResolvedTarget) -> Result<(), ApiStatus> {
    let kind = &resolved.kind;
    let api_version = kind.api_version(&resolved.target.version);
    if !object.is_object() {
        return Err(ApiStatus::bad_request(
            "the object provided is not an object",
        ));
    }
    let stated = (
        object::text(object, "/apiVersion"),
        object::text(object, "/kind"),
    );
    if !stated.1.is_empty() && stated.1 != kind.kind {
        let group = if kind.group.is_empty() {
            "core"
        } else {
            &kind.group
        };
        return Err(ApiStatus::bad_request(format!(
            "{0} in version \"{1}\" cannot be handled as a {2}: converting ({1}.{0}) to \
             ({group}.{2}): unknown conversion",
            stated.1, resolved.target.version, kind.kind
        )));
    }
    if !stated.0.is_empty() && stated.0 != api_version {
        return Err(ApiStatus::bad_request(format!(
            "the API version in the data ({}) does not match the expected API version \
             ({api_version})",
            stated.0
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
