//! Answers a request about objects: finds the kind, asks whether the caller may, and carries it out.
//!
//! One verb a file below this one; what all share stands here. Start at [`answer`].

mod create;
mod patch;
pub(crate) mod read;
mod remove;
mod subresource;
mod update;

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::access::{self, Ask, Identity};
use crate::kinds::Kind;
use crate::object;
use crate::refusal::Refusal;
use crate::request::{Call, Target};
use crate::table;
use crate::watch;
use crate::world::{State, World};

/// What a request is about, with its kind.
pub(crate) struct About {
    pub(crate) target: Target,
    pub(crate) kind: Arc<Kind>,
}

impl About {
    /// The object asked for.
    fn find(&self, state: &State) -> Result<Arc<Value>, Refusal> {
        let Target {
            namespace, name, ..
        } = &self.target;
        state
            .store
            .get(self.kind.storage(), namespace, name)
            .ok_or_else(|| Refusal::not_found(&self.kind, name))
    }

    /// An object in the version that was asked for.
    pub(crate) fn shown(&self, found: &Value) -> Value {
        let mut shown = found.clone();
        shown["apiVersion"] = json!(self.kind.api_version(&self.target.version));
        shown["kind"] = json!(self.kind.kind);
        shown
    }
}

/// Answers a request about objects.
pub(crate) fn answer(world: &Arc<World>, call: &Call) -> Result<Response<Body>, Refusal> {
    let target = Target::parse(&call.path).ok_or_else(Refusal::no_such_path)?;
    let mut state = world.lock();
    let is_watch = call.query.is("watch") || call.path.contains("/v1/watch/");
    let verb = verb(call, &target, is_watch)?;
    let found = state
        .kinds
        .find(&target.group, &target.version, &target.plural)
        .cloned();
    authorize(&state, &call.who, verb, &target)?;
    let is_group = state.kinds.all().any(|kind| kind.group == target.group);
    if !is_group {
        return Ok(no_such_page());
    }
    let kind = found.ok_or_else(Refusal::no_such_path)?;
    let about = About { target, kind };
    if !about.target.subresource.is_empty() {
        return subresource::answer(world, &mut state, call, &about);
    }
    if about.kind.has("review") {
        let made = access::review::answer(&mut state, call, &about)?;
        return Ok(json_answer(StatusCode::CREATED, &made));
    }
    if matches!(verb, "create" | "update" | "patch")
        && !call.is_dry()
        && state.faults.take(&about.kind.plural, &about.kind.id)
    {
        let detail = format!(
            "the sandbox refused to write {}, because it was told to (a fault of the sandbox, \
             not of the object)",
            about.kind.id
        );
        return Err(Refusal::internal(&detail));
    }
    match verb {
        "watch" => {
            drop(state);
            watch::answer(world, call, about)
        }
        "get" => {
            let found = read::get(&state, &about)?;
            respond(call, &about, StatusCode::OK, &found)
        }
        "list" => read::list(&state, call, &about),
        "create" => {
            let made = create::create(world, &mut state, call, &about)?;
            let shown = respond(call, &about, StatusCode::CREATED, &made)?;
            Ok(create::warn(call, &about, shown))
        }
        "update" => {
            let made = update::update(world, &mut state, call, &about)?;
            let shown = respond(call, &about, StatusCode::OK, &made)?;
            Ok(create::warn(call, &about, shown))
        }
        "patch" => {
            let (code, made) = patch::patch(world, &mut state, call, &about)?;
            respond(call, &about, code, &made)
        }
        "delete" => remove::one(&mut state, call, &about),
        _ => remove::many(&mut state, call, &about),
    }
}

fn verb(call: &Call, target: &Target, is_watch: bool) -> Result<&'static str, Refusal> {
    let named = !target.name.is_empty();
    Ok(match call.method {
        Method::GET | Method::HEAD if is_watch => "watch",
        Method::GET | Method::HEAD if named => "get",
        Method::GET | Method::HEAD => "list",
        Method::POST => "create",
        Method::PUT if named => "update",
        Method::PATCH if named => "patch",
        Method::DELETE if named => "delete",
        Method::DELETE => "deletecollection",
        _ => return Err(Refusal::method_not_allowed()),
    })
}

/// Refuses what the caller has no right to, in the words of the real server.
pub(crate) fn authorize(
    state: &State,
    who: &Identity,
    verb: &str,
    target: &Target,
) -> Result<(), Refusal> {
    let is_namespace = target.group.is_empty() && target.plural == "namespaces";
    let namespace = if is_namespace {
        &target.name
    } else {
        &target.namespace
    };
    let ask = Ask {
        verb,
        group: &target.group,
        resource: &target.plural,
        subresource: &target.subresource,
        namespace,
        name: &target.name,
        path: "",
    };
    if access::allows(&state.store, who, &ask) {
        return Ok(());
    }
    let resource = if target.subresource.is_empty() {
        target.plural.clone()
    } else {
        format!("{}/{}", target.plural, target.subresource)
    };
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{namespace}\"")
    };
    let detail = format!(
        "User \"{}\" cannot {verb} resource \"{resource}\" in API group \"{}\" {place}",
        who.name, target.group
    );
    Err(Refusal::forbidden_resource(
        &target.group,
        &target.plural,
        &target.name,
        &detail,
    ))
}

/// The object as the caller wants it: whole, as metadata or as a table.
pub(crate) fn shown(call: &Call, about: &About, found: &Value) -> Result<Response<Body>, Refusal> {
    respond(call, about, StatusCode::OK, found)
}

fn respond(
    call: &Call,
    about: &About,
    code: StatusCode,
    found: &Value,
) -> Result<Response<Body>, Refusal> {
    let shown = about.shown(found);
    let value = match Form::wanted(call)? {
        Form::Whole => shown,
        Form::Metadata => metadata_of(&shown),
        Form::Table => {
            let revision = object::text(&shown, "/metadata/resourceVersion").to_owned();
            table::of(
                &about.kind,
                &[shown],
                json!({"resourceVersion": revision}),
                call,
            )
        }
    };
    Ok(json_answer(code, &value))
}

/// The form an answer is wanted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Whole,
    Metadata,
    Table,
}

impl Form {
    /// Reads the first acceptable form of the `Accept` header.
    pub(crate) fn wanted(call: &Call) -> Result<Self, Refusal> {
        let accept = call.header("accept");
        if accept.is_empty() {
            return Ok(Self::Whole);
        }
        for offer in accept.split(',') {
            let mut parts = offer.split(';').map(str::trim);
            let is_json = matches!(
                parts.next(),
                Some("application/json" | "*/*" | "application/*")
            );
            if !is_json {
                continue;
            }
            let form = parts.find_map(|part| part.strip_prefix("as="));
            match form {
                Some("Table") => return Ok(Self::Table),
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => {
                    return Ok(Self::Metadata);
                }
                Some(_) => {}
                None => return Ok(Self::Whole),
            }
        }
        Err(Refusal::not_acceptable())
    }
}

/// Only the metadata of an object.
pub(crate) fn metadata_of(found: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": found["metadata"],
    })
}

/// What the server says below groups it does not know.
fn no_such_page() -> Response<Body> {
    let mut response = Response::new(Body::from("404 page not found\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// An answer in JSON.
pub(crate) fn json_answer(code: StatusCode, value: &Value) -> Response<Body> {
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
