//! The path of a field as the API server writes it in a conflict, such as
//! `.webhooks[name="a.example"].clientConfig.caBundle`.
//!
//! Names of fields may contain dots, so a path is read beside an object that has the field. Start at
//! [`FieldPath::resolve`].

use serde_json::{Map, Value};

/// One step into an object.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// A field of a map.
    Field(String),
    /// The item of a list with these keys.
    Keys(Map<String, Value>),
    /// A scalar item of a list that is a set.
    Item(Value),
    /// An item of a list by its index.
    Index(usize),
}

/// The path of a field that an object has.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldPath {
    steps: Vec<Step>,
}

impl FieldPath {
    /// Reads a path beside an object that has the field; none when the object does not have it. The key of an item
    /// of a list cannot be left out of the item: its path is that of the item.
    pub(super) fn resolve(text: &str, object: &Value) -> Option<Self> {
        let (mut steps, mut rest, mut at) = (Vec::new(), text, object);
        while !rest.is_empty() {
            let (step, length) = match rest.strip_prefix('.') {
                Some(names) => {
                    let name = field(names, at)?;
                    (Step::Field(name.to_owned()), name.len() + 1)
                }
                None => selector(rest)?,
            };
            at = step.of(at)?;
            steps.push(step);
            rest = rest.get(length..)?;
        }
        if let [.., Step::Keys(keys), Step::Field(name)] = steps.as_slice()
            && keys.contains_key(name)
        {
            steps.pop();
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// The value of the field in an object.
    pub(super) fn of<'a>(&self, object: &'a Value) -> Option<&'a Value> {
        self.steps.iter().try_fold(object, |at, step| step.of(at))
    }

    /// Removes the field, and what is empty without it.
    pub(super) fn remove_from(&self, object: &mut Value) {
        remove(&self.steps, object);
    }

    /// Whether a set of fields, as `fieldsV1` has it, contains the field.
    pub(super) fn is_in(&self, fields: &Value) -> bool {
        let mut at = Some(fields);
        for step in &self.steps {
            let children = at.and_then(Value::as_object);
            at = children.and_then(|children| {
                let mut children = children.iter();
                children
                    .find(|(key, _)| step.is_named(key))
                    .map(|(_, child)| child)
            });
        }
        at.is_some()
    }

    /// The name of its first field.
    pub(super) fn first(&self) -> &str {
        match self.steps.first() {
            Some(Step::Field(name)) => name,
            _ => "",
        }
    }

    /// The path as text.
    pub(super) fn text(&self) -> String {
        self.steps.iter().map(Step::text).collect()
    }
}

impl Step {
    fn of<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Field(name) => value.get(name),
            _ => value.as_array()?.get(self.position(value.as_array()?)?),
        }
    }

    /// The position of the item in a list.
    fn position(&self, items: &[Value]) -> Option<usize> {
        match self {
            Self::Field(_) => None,
            Self::Index(index) => (*index < items.len()).then_some(*index),
            Self::Item(value) => items.iter().position(|item| item == value),
            Self::Keys(keys) => items.iter().position(|item| {
                let mut keys = keys.iter();
                keys.all(|(key, value)| match item.get(key) {
                    Some(found) => found == value,
                    // The API server completes the protocol of a port.
                    None => key == "protocol" && value == "TCP",
                })
            }),
        }
    }

    /// Whether a key of `fieldsV1` names this step.
    fn is_named(&self, key: &str) -> bool {
        let Some((kind, rest)) = key.split_once(':') else {
            return false;
        };
        let value = || serde_json::from_str::<Value>(rest).ok();
        match (self, kind) {
            (Self::Field(name), "f") => name == rest,
            (Self::Keys(keys), "k") => value().as_ref().and_then(Value::as_object) == Some(keys),
            (Self::Item(item), "v") => value().as_ref() == Some(item),
            (Self::Index(index), "i") => rest.parse() == Ok(*index),
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Field(name) => format!(".{name}"),
            Self::Item(value) => format!("[={value}]"),
            Self::Index(index) => format!("[{index}]"),
            Self::Keys(keys) => {
                let keys = keys.iter().map(|(key, value)| format!("{key}={value}"));
                format!("[{}]", keys.collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// The longest field of a map with which a path begins.
fn field<'a>(path: &str, map: &'a Value) -> Option<&'a str> {
    let begins = |name: &&'a String| {
        let rest = path.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let names = map.as_object()?.keys().filter(begins);
    names.max_by_key(|name| name.len()).map(String::as_str)
}

/// The selector of an item at the start of a path, and its length.
fn selector(path: &str) -> Option<(Step, usize)> {
    let mut rest = path.strip_prefix('[')?;
    let length = |rest: &str| path.len() - rest.len();
    if let Some(value) = rest.strip_prefix('=') {
        let (value, rest) = value_before(value)?;
        return Some((Step::Item(value), length(rest.strip_prefix(']')?)));
    }
    let digits = rest.find(']').and_then(|end| rest.get(..end));
    if let Some(index) = digits.and_then(|digits| digits.parse().ok()) {
        return Some((Step::Index(index), length(rest.split_once(']')?.1)));
    }
    let mut keys = Map::new();
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, after) = value_before(after)?;
        keys.insert(key.to_owned(), value);
        if let Some(end) = after.strip_prefix(']') {
            return Some((Step::Keys(keys), length(end)));
        }
        rest = after.strip_prefix(',')?;
    }
}

/// The JSON value with which a text begins, and the text after it.
fn value_before(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((value, text.get(values.byte_offset()..)?))
}

fn remove(steps: &[Step], at: &mut Value) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    let is_emptied = |child: &mut Value| {
        remove(rest, child);
        match child {
            Value::Object(fields) => fields.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        }
    };
    match (step, at) {
        (Step::Field(name), Value::Object(fields)) => {
            let is_removed = rest.is_empty() || fields.get_mut(name).is_some_and(is_emptied);
            if is_removed {
                fields.remove(name);
            }
        }
        (step, Value::Array(items)) => {
            let Some(position) = step.position(items) else {
                return;
            };
            if rest.is_empty() || items.get_mut(position).is_some_and(is_emptied) {
                items.remove(position);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn webhooks() -> Value {
        json!({
            "metadata": {"annotations": {"a.example/b": "1", "a": "2"}},
            "webhooks": [{
                "name": "x.example",
                "clientConfig": {"caBundle": "b2xk"},
                "failurePolicy": "Ignore",
            }],
            "spec": {"ports": [{"port": 80}], "finalizers": ["a]b"]},
        })
    }

    fn resolved(text: &str) -> FieldPath {
        FieldPath::resolve(text, &webhooks()).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn a_path_leads_to_its_field_and_is_written_as_it_was_read() {
        for (text, value) in [
            (
                r#".webhooks[name="x.example"].failurePolicy"#,
                json!("Ignore"),
            ),
            (".metadata.annotations.a.example/b", json!("1")),
            (".metadata.annotations.a", json!("2")),
            (
                r#".spec.ports[port=80,protocol="TCP"]"#,
                json!({"port": 80}),
            ),
            (r#".spec.finalizers[="a]b"]"#, json!("a]b")),
            (".spec.ports[0].port", json!(80)),
        ] {
            let path = resolved(text);
            assert_eq!(path.of(&webhooks()), Some(&value), "{text}");
            assert_eq!(path.text(), text);
        }
    }

    #[test]
    fn a_path_that_the_object_does_not_have_is_none() {
        for text in [
            "",
            ".spec.replicas",
            ".webhooks[name=\"y\"].failurePolicy",
            ".webhooks[",
            "x",
        ] {
            assert_eq!(FieldPath::resolve(text, &webhooks()), None, "{text}");
        }
    }

    #[test]
    fn the_key_of_an_item_stands_for_the_item() {
        let path = resolved(r#".webhooks[name="x.example"].name"#);
        assert_eq!(path.text(), r#".webhooks[name="x.example"]"#);
    }

    #[test]
    fn a_removed_field_takes_the_maps_and_lists_along_that_are_empty_without_it() {
        let mut object = webhooks();
        resolved(r#".webhooks[name="x.example"].clientConfig.caBundle"#).remove_from(&mut object);
        let left = json!([{"name": "x.example", "failurePolicy": "Ignore"}]);
        assert_eq!(object["webhooks"], left);
        resolved(".spec.ports[0].port").remove_from(&mut object);
        assert_eq!(object["spec"], json!({"finalizers": ["a]b"]}));
    }

    #[test]
    fn a_field_is_found_in_the_fields_of_a_manager() {
        let fields = json!({"f:webhooks": {"k:{\"name\":\"x.example\"}": {
            "f:failurePolicy": {}}}});
        assert!(resolved(r#".webhooks[name="x.example"].failurePolicy"#).is_in(&fields));
        let other = resolved(r#".webhooks[name="x.example"].clientConfig.caBundle"#);
        assert!(!other.is_in(&fields));
    }
}
