//! Manifests that are lists: `kind: List`, `ConfigMapList`, or any object with items.
//!
//! Helm's library for resources takes every object with an array `items` for a list, and applies its items;
//! an empty list is no object. An item of a typed list may lack its kind, which is the list's without `List`.

use serde_json::Value;

/// The objects of a manifest: the items of a list, or the object itself.
pub(crate) fn flatten(object: &Value) -> Vec<Value> {
    let Some(items) = object.get("items").and_then(Value::as_array) else {
        return vec![object.clone()];
    };
    items
        .iter()
        .flat_map(|item| flatten(&with_kind(item, object)))
        .collect()
}

/// An item with the kind of its list, when it has none.
fn with_kind(item: &Value, list: &Value) -> Value {
    let mut item = item.clone();
    let text = |key: &str| list.get(key).and_then(Value::as_str).unwrap_or_default();
    let kind = text("kind").strip_suffix("List").unwrap_or_default();
    if kind.is_empty() || text("apiVersion").is_empty() {
        return item;
    }
    if let Some(fields) = item.as_object_mut()
        && !fields.contains_key("kind")
    {
        fields.insert("kind".to_owned(), kind.into());
        fields.insert("apiVersion".to_owned(), text("apiVersion").into());
    }
    item
}

#[cfg(test)]
mod tests {
    use super::flatten;
    use serde_json::json;

    #[test]
    fn a_list_is_its_items() {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
        let bare = json!({"metadata": {"name": "a"}});
        let list = |kind: &str, items| json!({"apiVersion": "v1", "kind": kind, "items": items});
        assert_eq!(flatten(&map), std::slice::from_ref(&map));
        assert_eq!(
            flatten(&list("List", json!([map, map]))),
            [map.clone(), map.clone()]
        );
        assert_eq!(
            flatten(&list("ConfigMapList", json!([bare]))),
            std::slice::from_ref(&map)
        );
        assert_eq!(flatten(&list("List", json!([bare]))), [bare]);
        assert!(flatten(&list("List", json!([]))).is_empty());
        let nested = list("List", json!([list("ConfigMapList", json!([map]))]));
        assert_eq!(flatten(&nested), [map]);
        let other = list("Other", json!({}));
        assert_eq!(flatten(&other), [other]);
    }
}
