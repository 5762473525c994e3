//! DELETE of one object and of a collection.
//!
//! An object that is gone at once is answered with a `Status`, one that lingers with itself. Start
//! at [`one`].

use axum::body::Body;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{About, json_answer, read, shown};
use crate::object;
use crate::refusal::Refusal;
use crate::request::Call;
use crate::world::State;
use crate::write::{self, Removal};

pub(super) fn one(
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<Response<Body>, Refusal> {
    let how = removal(call)?;
    let found = about.find(state)?;
    let kind = &about.kind;
    let left = write::delete(state, kind, &found, &how)?;
    let lingers = state
        .store
        .get(
            kind.storage(),
            object::namespace(&found),
            object::name(&found),
        )
        .is_some();
    if lingers || matches!(kind.id.as_str(), "pods" | "services" | "serviceaccounts") {
        return shown(call, about, &left);
    }
    let mut details =
        json!({"name": object::name(&found), "kind": kind.plural, "uid": object::uid(&found)});
    if !kind.group.is_empty() {
        details["group"] = json!(kind.group);
    }
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": details,
    });
    Ok(json_answer(StatusCode::OK, &status))
}

pub(super) fn many(
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<Response<Body>, Refusal> {
    let how = removal(call)?;
    let found = read::selected(state, call, about)?;
    for object in &found {
        write::delete(state, &about.kind, object, &how)?;
    }
    let items: Vec<Value> = found.iter().map(|object| about.shown(object)).collect();
    let list = json!({
        "kind": about.kind.list_kind,
        "apiVersion": about.kind.api_version(&about.target.version),
        "metadata": {"resourceVersion": state.store.revision().to_string()}, "items": items,
    });
    Ok(json_answer(StatusCode::OK, &list))
}

fn removal(call: &Call) -> Result<Removal, Refusal> {
    let options = if call.body.is_empty() {
        json!({})
    } else {
        call.object()?
    };
    let mut how = Removal::read(&options);
    how.dry |= call.is_dry();
    let policy = call.query.get("propagationPolicy");
    if !policy.is_empty() {
        policy.clone_into(&mut how.propagation);
    }
    if let Ok(grace) = call.query.get("gracePeriodSeconds").parse() {
        how.grace = Some(grace);
    }
    Ok(how)
}
