//! Label and field selectors.
//!
//! Both are given as text in a query, or as a `LabelSelector` in an object. Start at
//! [`Selector::parse`] and [`selector_matches`].

use serde_json::Value;

use crate::object;

/// The label and field selectors of a list or watch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<Requirement>,
}

#[derive(Clone, Debug)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    DoesNotExist(String),
}

impl Selector {
    /// Parses the two selectors of a query; the error is a message.
    pub(crate) fn parse(labels: &str, fields: &str) -> Result<Self, String> {
        Ok(Self {
            labels: requirements(labels)?,
            fields: requirements(fields)?,
        })
    }

    pub(crate) fn matches(&self, found: &Value) -> bool {
        self.labels.iter().all(|requirement| {
            requirement.is_met(|key| found.pointer("/metadata/labels")?.get(key)?.as_str())
        }) && self
            .fields
            .iter()
            .all(|requirement| requirement.is_met(|path| Some(field(found, path))))
    }

    /// The same selector, restricted to one name.
    pub(crate) fn with_name(mut self, name: &str) -> Self {
        self.fields.push(Requirement::In(
            "metadata.name".to_owned(),
            vec![name.to_owned()],
        ));
        self
    }
}

fn field<'a>(found: &'a Value, path: &str) -> &'a str {
    let value = found.pointer(&format!("/{}", path.replace('.', "/")));
    match value {
        Some(Value::String(text)) => text,
        Some(Value::Bool(true)) => "true",
        Some(Value::Bool(false)) => "false",
        _ if path == "spec.unschedulable" => "false",
        _ => "",
    }
}

impl Requirement {
    fn is_met<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        let is_one_of = |key: &str, values: &[String]| {
            value(key).is_some_and(|value| values.iter().any(|expected| expected == value))
        };
        match self {
            Self::In(key, values) => is_one_of(key, values),
            Self::NotIn(key, values) => !is_one_of(key, values),
            Self::Exists(key) => value(key).is_some(),
            Self::DoesNotExist(key) => value(key).is_none(),
        }
    }
}

fn requirements(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut part = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part);
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .map(requirement)
        .collect()
}

fn requirement(text: &str) -> Result<Requirement, String> {
    let key_value = |key: &str, value: &str| (key.trim().to_owned(), vec![value.trim().to_owned()]);
    let set = |values: &str| -> Option<Vec<String>> {
        let inner = values.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(
            inner
                .split(',')
                .map(|value| value.trim().to_owned())
                .collect(),
        )
    };
    if let Some((key, value)) = text.split_once("!=") {
        let (key, values) = key_value(key, value);
        return Ok(Requirement::NotIn(key, values));
    }
    if let Some((key, value)) = text.split_once('=') {
        let (key, values) = key_value(key, value.trim_start_matches('='));
        return Ok(Requirement::In(key, values));
    }
    let parse_error = || format!("unable to parse requirement: {text:?}");
    if let Some((key, values)) = text.split_once(" notin ") {
        return Ok(Requirement::NotIn(
            key.trim().to_owned(),
            set(values).ok_or_else(parse_error)?,
        ));
    }
    if let Some((key, values)) = text.split_once(" in ") {
        return Ok(Requirement::In(
            key.trim().to_owned(),
            set(values).ok_or_else(parse_error)?,
        ));
    }
    if text.contains(char::is_whitespace) {
        return Err(parse_error());
    }
    Ok(match text.strip_prefix('!') {
        Some(key) => Requirement::DoesNotExist(key.to_owned()),
        None => Requirement::Exists(text.to_owned()),
    })
}

/// The supported fields of built-in kinds, except name and namespace.
const FIELDS: [(&str, &[&str]); 7] = [
    (
        "pods",
        &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName",
        ],
    ),
    (
        "events",
        &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
    ),
    ("namespaces", &["status.phase"]),
    ("nodes", &["spec.unschedulable"]),
    ("secrets", &["type"]),
    ("services", &["spec.clusterIP", "spec.type"]),
    ("jobs.batch", &["status.successful"]),
];

impl Selector {
    /// The first field that is not supported for a kind.
    pub(crate) fn unsupported(&self, storage: &str) -> Option<&str> {
        let supported = FIELDS
            .iter()
            .find(|(id, _)| *id == storage)
            .map_or(&[][..], |(_, all)| all);
        self.fields
            .iter()
            .filter_map(|requirement| match requirement {
                Requirement::In(path, _) | Requirement::NotIn(path, _) => Some(path.as_str()),
                Requirement::Exists(_) | Requirement::DoesNotExist(_) => None,
            })
            .find(|path| {
                !matches!(*path, "metadata.name" | "metadata.namespace")
                    && !supported.contains(path)
            })
    }
}

/// Whether labels match a `LabelSelector`.
pub fn selector_matches(selector: &Value, labels: &Value) -> bool {
    let label = |key: &str| labels.get(key).and_then(Value::as_str);
    object::pairs(selector, "/matchLabels").all(|(key, value)| label(key) == Some(value))
        && object::items(selector, "/matchExpressions").all(|expression| {
            let found = label(object::text(expression, "/key"));
            let listed = object::items(expression, "/values").any(|value| value.as_str() == found);
            match object::text(expression, "/operator") {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => found.is_some(),
                _ => found.is_none(),
            }
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Selector, selector_matches};

    fn matches(selector: &str) -> bool {
        let pod = json!({"metadata": {"labels": {"app": "pilot", "tier": "a"}}});
        Selector::parse(selector, "").is_ok_and(|selector| selector.matches(&pod))
    }

    #[test]
    fn each_syntax_of_selectors_is_parsed() {
        for matching in [
            "app=pilot",
            "app==pilot,tier!=b",
            "app in (x, pilot)",
            "tier",
            "!gone",
        ] {
            assert!(matches(matching), "{matching}");
        }
        for not_matching in [
            "app=x",
            "app notin (pilot)",
            "gone",
            "!app",
            "app in x",
            "a b",
        ] {
            assert!(!matches(not_matching), "{not_matching}");
        }
    }

    #[test]
    fn an_empty_selector_matches_all_labels_and_expressions_are_evaluated() {
        let labels = json!({"app": "pilot"});
        assert!(selector_matches(&json!({}), &labels));
        let absent = json!({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]});
        assert!(selector_matches(&absent, &labels));
    }
}
