//! PATCH of an object in its four forms.
//!
//! Server-side apply creates what does not exist. Start at [`patch`].

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::{About, create};
use crate::apply::{self, Applied};
use crate::object;
use crate::patch;
use crate::refusal::{Cause, Refusal};
use crate::request::Call;
use crate::typed::Reading;
use crate::world::{State, World};
use crate::write;

const APPLY: &str = "application/apply-patch+yaml";

pub(super) fn patch(
    world: &World,
    state: &mut State,
    call: &Call,
    about: &About,
) -> Result<(StatusCode, Arc<Value>), Refusal> {
    let sort = call
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    let changes: Value = serde_json::from_slice(&call.body).map_err(|failure| {
        Refusal::bad_request(format!(
            "error decoding patch: {failure} (the sandbox reads JSON)"
        ))
    })?;
    if sort == APPLY {
        return apply_patch(world, state, call, about, changes);
    }
    let old = about.find(state)?;
    let kind = &about.kind;
    let before = about.shown(&old);
    let mut after = match sort.as_str() {
        "application/merge-patch+json" => patch::merge(&before, &changes),
        "application/json-patch+json" => {
            patch::json(&before, &changes).ok_or_else(Refusal::rejected)?
        }
        "application/strategic-merge-patch+json" if kind.definition.is_none() => {
            patch::strategic(&before, &changes, &kind.schema(&about.target.version))
        }
        other => return Err(Refusal::unsupported_media(other)),
    };
    create::fit(&mut after, about)?;
    create::read(call, &mut after, about)?;
    let writer = create::writer(call, &about.target.subresource);
    write::replace(world, state, kind, &old, after, writer).map(|made| (StatusCode::OK, made))
}

fn apply_patch(
    world: &World,
    state: &mut State,
    call: &Call,
    about: &About,
    mut stated: Value,
) -> Result<(StatusCode, Arc<Value>), Refusal> {
    let kind = &about.kind;
    if call.query.get("fieldManager").is_empty() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        return Err(Refusal::invalid_options(cause));
    }
    if stated
        .pointer("/metadata/managedFields")
        .is_some_and(|fields| !fields.is_null())
    {
        return Err(Refusal::bad_request("metadata.managedFields must be nil"));
    }
    check_types(&stated, about)?;
    create::fit(&mut stated, about)?;
    stated = Reading::of(&stated, &kind.schema(&about.target.version)).object;
    let schema = kind.schema(&about.target.version);
    let mut writer = create::writer(call, &about.target.subresource);
    let applied = Applied {
        manager: writer.entry("Apply", &kind.api_version(&about.target.version)),
        stated: &stated,
        force: call.query.is("force"),
    };
    let live = about.find(state).ok();
    let Some(old) = live else {
        if !about.target.subresource.is_empty() {
            return Err(Refusal::not_found(kind, &about.target.name));
        }
        let nothing = json!({"apiVersion": stated["apiVersion"], "kind": stated["kind"]});
        let (_, managers) = apply::apply(&nothing, applied, &schema)?;
        writer.applied = Some(managers);
        let made = write::create(world, state, kind, stated, writer)?;
        return Ok((StatusCode::CREATED, made));
    };
    let (after, managers) = apply::apply(&about.shown(&old), applied, &schema)?;
    writer.applied = Some(managers);
    write::replace(world, state, kind, &old, after, writer).map(|made| (StatusCode::OK, made))
}

/// Refuses a configuration that its type cannot read.
fn check_types(stated: &Value, about: &About) -> Result<(), Refusal> {
    let reading = Reading::of(stated, &about.kind.schema(&about.target.version));
    let wrong = reading.wrong.map(|wrong| wrong.of_patch());
    let unknown = reading
        .unknown
        .first()
        .map(|path| format!(".{path}: field not declared in schema"));
    let Some(said) = wrong.or(unknown) else {
        return Ok(());
    };
    Err(Refusal::untyped(format!(
        "failed to create typed patch object ({}/{}; {}, Kind={}): {said}",
        object::namespace(stated),
        object::name(stated),
        about.kind.api_version(&about.target.version),
        about.kind.kind
    )))
}
