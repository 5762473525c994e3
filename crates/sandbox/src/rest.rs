//! Requests for objects: resolves the kind, authorizes the caller and executes the verb.
//!
//! The modules below have one verb each. Start at [`handle`].

mod create;
mod delete;
mod eviction;
mod get;
mod log;
mod patch;
mod review;
mod subresource;
mod update;
mod warnings;
mod watch;

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::access::{self, AccessReview, Identity};
use crate::api_status::ApiStatus;
use crate::apply::managers;
use crate::cluster::{Cluster, State};
use crate::kinds::Kind;
use crate::object;
use crate::representation::{Representation, partial_metadata};
use crate::request::{ApiRequest, Target};
use crate::table;

/// The target of a request, with its kind.
pub(crate) struct ResolvedTarget {
    pub(crate) target: Target,
    pub(crate) kind: Arc<Kind>,
}

impl ResolvedTarget {
    /// The object that the target names.
    fn find(&self, state: &State) -> Result<Arc<Value>, ApiStatus> {
        let Target {
            namespace, name, ..
        } = &self.target;
        state
            .objects
            .get(self.kind.storage(), namespace, name)
            .ok_or_else(|| ApiStatus::not_found(&self.kind, name))
    }

    /// An object in the requested version.
    pub(crate) fn in_requested_version(&self, found: &Value) -> Value {
        let mut response = found.clone();
        response["apiVersion"] = json!(self.kind.api_version(&self.target.version));
        response["kind"] = json!(self.kind.kind);
        managers::expand(&mut response);
        response
    }
}

/// The result of a write.
struct Written {
    code: StatusCode,
    stored: Arc<Value>,
    /// The fields of the body that its type does not have.
    unknown_fields: Vec<String>,
}

impl Written {
    fn respond(
        &self,
        request: &ApiRequest,
        resolved: &ResolvedTarget,
    ) -> Result<Response<Body>, ApiStatus> {
        let response = respond(request, resolved, self.code, &self.stored)?;
        let response = warnings::add(&resolved.kind, response);
        Ok(create::add_warnings(
            request,
            &self.unknown_fields,
            response,
        ))
    }
}

/// Handles a request for objects.
pub(crate) fn handle(
    cluster: &Arc<Cluster>,
    request: &ApiRequest,
) -> Result<Response<Body>, ApiStatus> {
    let target = Target::parse(&request.path).ok_or_else(ApiStatus::no_such_path)?;
    let mut state = cluster.lock();
    let is_watch = request.query.is("watch") || request.path.contains("/v1/watch/");
    let verb = verb(request, &target, is_watch)?;
    let found = state
        .kinds
        .find(&target.group, &target.version, &target.plural)
        .cloned();
    authorize(&state, &request.identity, verb, &target)?;
    let is_group = state.kinds.all().any(|kind| kind.group == target.group);
    if !is_group {
        return Ok(unknown_group_response());
    }
    let kind = found.ok_or_else(ApiStatus::no_such_path)?;
    let resolved = ResolvedTarget { target, kind };
    if !resolved.target.subresource.is_empty() {
        return subresource::handle(cluster, &mut state, request, &resolved);
    }
    if resolved.kind.has("review") {
        let created = review::handle(&mut state, request, &resolved)?;
        return Ok(json_response(StatusCode::CREATED, &created));
    }
    if matches!(verb, "create" | "update" | "patch")
        && !request.is_dry()
        && state
            .faults
            .take_refusal(&resolved.kind.plural, &resolved.kind.id)
    {
        let detail = format!(
            "the sandbox refused to write {}, as requested (a fault of the sandbox, not of the \
             object)",
            resolved.kind.id
        );
        return Err(ApiStatus::internal(&detail));
    }
    if matches!(verb, "get" | "list" | "watch") && state.faults.fails_read(&resolved.kind.plural) {
        let kind = &resolved.kind.id;
        let detail = format!("the sandbox does not read {kind}, as requested");
        return Err(ApiStatus::internal(&detail));
    }
    match verb {
        "watch" => {
            drop(state);
            watch::handle(cluster, request, resolved)
        }
        "get" => {
            let found = get::get_one(&state, &resolved)?;
            respond(request, &resolved, StatusCode::OK, &found)
        }
        "list" => get::list(state, request, &resolved),
        "create" => {
            let written = create::create(cluster, &mut state, request, &resolved)?;
            written.respond(request, &resolved)
        }
        "update" => {
            let written = update::update(cluster, &mut state, request, &resolved)?;
            written.respond(request, &resolved)
        }
        "patch" => {
            let written = patch::patch(cluster, &mut state, request, &resolved)?;
            written.respond(request, &resolved)
        }
        "delete" => delete::delete_one(cluster, &mut state, request, &resolved),
        _ => delete::delete_collection(cluster, &mut state, request, &resolved),
    }
}

fn verb(request: &ApiRequest, target: &Target, is_watch: bool) -> Result<&'static str, ApiStatus> {
    let named = !target.name.is_empty();
    Ok(match request.method {
        Method::GET | Method::HEAD if is_watch => "watch",
        Method::GET | Method::HEAD if named => "get",
        Method::GET | Method::HEAD => "list",
        Method::POST => "create",
        Method::PUT if named => "update",
        Method::PATCH if named => "patch",
        Method::DELETE if named => "delete",
        Method::DELETE => "deletecollection",
        _ => return Err(ApiStatus::method_not_allowed()),
    })
}

/// Checks the permissions of the caller; the error is that of the API server.
pub(crate) fn authorize(
    state: &State,
    identity: &Identity,
    verb: &str,
    target: &Target,
) -> Result<(), ApiStatus> {
    let is_namespace = target.group.is_empty() && target.plural == "namespaces";
    let namespace = if is_namespace {
        &target.name
    } else {
        &target.namespace
    };
    let access_review = AccessReview {
        verb,
        group: &target.group,
        resource: &target.plural,
        subresource: &target.subresource,
        namespace,
        name: &target.name,
        path: "",
    };
    if access::allows(&state.objects, identity, &access_review) {
        return Ok(());
    }
    let resource = if target.subresource.is_empty() {
        target.plural.clone()
    } else {
        format!("{}/{}", target.plural, target.subresource)
    };
    let scope = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{namespace}\"")
    };
    let detail = format!(
        "User \"{}\" cannot {verb} resource \"{resource}\" in API group \"{}\" {scope}",
        identity.name, target.group
    );
    Err(ApiStatus::forbidden_resource(
        &target.group,
        &target.plural,
        &target.name,
        &detail,
    ))
}

/// The response with an object in the requested representation.
pub(crate) fn respond_ok(
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    found: &Value,
) -> Result<Response<Body>, ApiStatus> {
    respond(request, resolved, StatusCode::OK, found)
}

fn respond(
    request: &ApiRequest,
    resolved: &ResolvedTarget,
    code: StatusCode,
    found: &Value,
) -> Result<Response<Body>, ApiStatus> {
    let response = resolved.in_requested_version(found);
    let value = match Representation::from_accept(request)? {
        Representation::Full => response,
        Representation::Metadata => partial_metadata(&response),
        Representation::Table => {
            let revision = object::text(&response, "/metadata/resourceVersion").to_owned();
            table::table(
                &resolved.kind,
                &[response],
                json!({"resourceVersion": revision}),
                request,
                request.received,
            )
        }
    };
    Ok(json_response(code, &value))
}

/// The response to a path with an unknown group.
fn unknown_group_response() -> Response<Body> {
    let mut response = Response::new(Body::from("404 page not found\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// A JSON response.
pub(crate) fn json_response(code: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-cache, private"),
    );
    response
}
