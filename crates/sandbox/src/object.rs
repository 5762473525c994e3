//! Small readings of a Kubernetes object kept as JSON.
//!
//! Nothing here fails: what is absent reads as empty. Start at [`text`].

use serde_json::{Map, Value, json};

/// The text at a JSON pointer, or nothing.
pub(crate) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The whole number at a JSON pointer.
pub(crate) fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The items of the list at a JSON pointer.
pub(crate) fn items<'a>(object: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    object
        .pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The map at a JSON pointer as pairs of texts.
pub(crate) fn pairs<'a>(
    object: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    object
        .pointer(pointer)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

pub(crate) fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

pub(crate) fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

pub(crate) fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// Whether the object has been asked to go.
pub(crate) fn is_going(object: &Value) -> bool {
    !text(object, "/metadata/deletionTimestamp").is_empty()
}

/// The member of this name as an object, made when it is not there.
pub(crate) fn map<'a>(object: &'a mut Value, name: &str) -> &'a mut Map<String, Value> {
    if !object.is_object() {
        *object = json!({});
    }
    let Value::Object(members) = object else {
        unreachable!("it was just made an object")
    };
    let member = members.entry(name).or_insert_with(|| json!({}));
    if !member.is_object() {
        *member = json!({});
    }
    let Value::Object(member) = member else {
        unreachable!("it was just made an object")
    };
    member
}

/// The metadata of an object, made when it is not there.
pub(crate) fn meta(object: &mut Value) -> &mut Map<String, Value> {
    map(object, "metadata")
}

/// Sets a member unless it is there already.
pub(crate) fn default(members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let member = members.entry(name).or_insert(Value::Null);
    if member.is_null() {
        *member = value.into();
    }
}

/// A reference from a dependent to the object that controls it.
pub(crate) fn controlled_by(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": name(owner),
        "uid": uid(owner), "controller": true, "blockOwnerDeletion": true,
    })
}

/// Whether `owner` controls `object`.
pub(crate) fn is_controlled_by(object: &Value, owner: &Value) -> bool {
    items(object, "/metadata/ownerReferences")
        .any(|reference| reference["uid"] == uid(owner) && reference["controller"] == true)
}
