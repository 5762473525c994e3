//! What stands below an object: status, scale, token, log, finalize, eviction.
//!
//! Start at [`answer`].

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::{About, json_answer, patch, shown, update};
use crate::access::review;
use crate::object;
use crate::patch as patches;
use crate::refusal::Refusal;
use crate::request::Call;
use crate::world::{State, World};
use crate::write::{self, Removal, Writer};

pub(super) fn answer(
    world: &Arc<World>,
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<Response<Body>, Refusal> {
    let subresource = about.target.subresource.as_str();
    if !about.kind.has(subresource) {
        return Err(Refusal::no_such_path());
    }
    match (subresource, &call.method) {
        ("status", &Method::GET) => shown(call, about, &*about.find(state)?),
        ("status", &Method::PUT) => {
            let made = update::update(world, state, call, about)?;
            shown(call, about, &made)
        }
        ("status", &Method::PATCH) => {
            let (_, made) = patch::patch(world, state, call, about)?;
            shown(call, about, &made)
        }
        ("scale", _) => scale(world, state, call, about),
        ("token", &Method::POST) => {
            let account = about.find(state)?;
            let made = review::token(state, &account, &call.object()?);
            Ok(json_answer(StatusCode::CREATED, &made))
        }
        ("log", &Method::GET) => Ok(log(&*about.find(state)?)),
        ("finalize", &Method::PUT) => finalize(state, call, about),
        ("eviction", &Method::POST) => {
            let pod = about.find(state)?;
            write::delete(state, &about.kind, &pod, &Removal::default())?;
            let status = json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                "code": 201,
            });
            Ok(json_answer(StatusCode::CREATED, &status))
        }
        _ => Err(Refusal::method_not_allowed()),
    }
}

fn scale(
    world: &World,
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<Response<Body>, Refusal> {
    let found = about.find(state)?;
    let before = scale_of(&found);
    let wanted = match call.method {
        Method::GET => return Ok(json_answer(StatusCode::OK, &before)),
        Method::PUT => call.object()?,
        Method::PATCH => patches::merge(&before, &call.object()?),
        _ => return Err(Refusal::method_not_allowed()),
    };
    let mut after = found.as_ref().clone();
    after["spec"]["replicas"] = json!(object::number(&wanted, "/spec/replicas").unwrap_or(0));
    let revision = object::text(&wanted, "/metadata/resourceVersion").to_owned();
    object::meta(&mut after).insert("resourceVersion".into(), json!(revision));
    let writer = Writer {
        manager: call.manager(),
        subresource: "scale".to_owned(),
        dry: call.is_dry(),
        applied: None,
    };
    let made = write::replace(world, state, &about.kind, &found, after, writer)?;
    Ok(json_answer(StatusCode::OK, &scale_of(&made)))
}

fn scale_of(found: &Value) -> Value {
    let meta = &found["metadata"];
    let labels = object::pairs(found, "/spec/selector/matchLabels");
    let selector: Vec<String> = labels
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"],
            "resourceVersion": meta["resourceVersion"],
            "creationTimestamp": meta["creationTimestamp"],
        },
        "spec": {"replicas": found["spec"]["replicas"]},
        "status": {
            "replicas": object::number(found, "/status/replicas").unwrap_or(0),
            "selector": selector.join(","),
        },
    })
}

fn log(pod: &Value) -> Response<Body> {
    let image = object::text(pod, "/spec/containers/0/image");
    let text = format!(
        "{} sandbox: started {image}\n{} sandbox: nothing runs here, this log is made up\n",
        object::text(pod, "/status/startTime"),
        object::text(pod, "/status/startTime"),
    );
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("text/plain"),
    );
    response
}

/// Takes the finalizers of a namespace as its controller does.
fn finalize(state: &mut State, call: &Call, about: &About) -> Result<Response<Body>, Refusal> {
    let found = about.find(state)?;
    let stated = call.object()?;
    let mut after = found.as_ref().clone();
    after["spec"]["finalizers"] =
        json!(object::items(&stated, "/spec/finalizers").collect::<Vec<_>>());
    let stored = state.store.put(about.kind.storage(), after);
    write::removal::finish(state, &about.kind, &stored);
    shown(call, about, &stored)
}
