//! Access to Kubernetes objects that are kept as JSON.
//!
//! Nothing here fails: absent members are read as empty. Start at [`text`].

use serde_json::{Map, Value, json};

/// The string at a JSON pointer, or an empty one.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The integer at a JSON pointer.
pub fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The items of the list at a JSON pointer.
pub fn items<'a>(object: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    object
        .pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The string members of the map at a JSON pointer.
pub fn pairs<'a>(object: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    object
        .pointer(pointer)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// The name of an object.
pub fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// The namespace of an object, empty for cluster-scoped objects.
pub fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// The UID of an object.
pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// Whether the object is marked for deletion.
pub fn is_terminating(object: &Value) -> bool {
    !text(object, "/metadata/deletionTimestamp").is_empty()
}

/// The member of this name as a map, inserted if it is missing.
pub fn map<'a>(object: &'a mut Value, name: &str) -> &'a mut Map<String, Value> {
    if !object.is_object() {
        *object = json!({});
    }
    let Value::Object(members) = object else {
        unreachable!("the value was just made a map")
    };
    let member = members.entry(name).or_insert_with(|| json!({}));
    if !member.is_object() {
        *member = json!({});
    }
    let Value::Object(member) = member else {
        unreachable!("the value was just made a map")
    };
    member
}

/// The metadata of an object, inserted if it is missing.
pub fn meta(object: &mut Value) -> &mut Map<String, Value> {
    map(object, "metadata")
}

/// Sets a member unless it has a value.
pub(crate) fn set_default(members: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let member = members.entry(name).or_insert(Value::Null);
    if member.is_null() {
        *member = value.into();
    }
}

/// The owner reference to the object that controls a dependent.
pub(crate) fn controller_reference(owner: &Value) -> Value {
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
