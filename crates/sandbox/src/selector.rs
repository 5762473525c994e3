//! Label and field selectors.
//!
//! Both come as one line of text, as in a query, or as a `LabelSelector` in an object. Start at
//! [`Selection::parse`] and [`selector_matches`].

use serde_json::Value;

use crate::object;

/// What a list or watch is narrowed to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    labels: Vec<Term>,
    fields: Vec<Term>,
}

#[derive(Clone, Debug)]
enum Term {
    Is(String, Vec<String>),
    IsNot(String, Vec<String>),
    Has(String),
    HasNot(String),
}

impl Selection {
    /// Reads the two selectors of a query; the error is a sentence.
    pub(crate) fn parse(labels: &str, fields: &str) -> Result<Self, String> {
        Ok(Self {
            labels: terms(labels)?,
            fields: terms(fields)?,
        })
    }

    pub(crate) fn takes(&self, found: &Value) -> bool {
        self.labels
            .iter()
            .all(|term| term.holds(|key| found.pointer("/metadata/labels")?.get(key)?.as_str()))
            && self
                .fields
                .iter()
                .all(|term| term.holds(|path| Some(field(found, path))))
    }

    /// The same, narrowed to one name.
    pub(crate) fn of_name(mut self, name: &str) -> Self {
        self.fields
            .push(Term::Is("metadata.name".to_owned(), vec![name.to_owned()]));
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

impl Term {
    fn holds<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        let is_one_of = |key: &str, values: &[String]| {
            value(key).is_some_and(|value| values.iter().any(|wanted| wanted == value))
        };
        match self {
            Self::Is(key, values) => is_one_of(key, values),
            Self::IsNot(key, values) => !is_one_of(key, values),
            Self::Has(key) => value(key).is_some(),
            Self::HasNot(key) => value(key).is_none(),
        }
    }
}

fn terms(text: &str) -> Result<Vec<Term>, String> {
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
        .map(term)
        .collect()
}

fn term(text: &str) -> Result<Term, String> {
    let one = |key: &str, value: &str| (key.trim().to_owned(), vec![value.trim().to_owned()]);
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
        let (key, values) = one(key, value);
        return Ok(Term::IsNot(key, values));
    }
    if let Some((key, value)) = text.split_once('=') {
        let (key, values) = one(key, value.trim_start_matches('='));
        return Ok(Term::Is(key, values));
    }
    let bad = || format!("unable to parse requirement: {text:?}");
    if let Some((key, values)) = text.split_once(" notin ") {
        return Ok(Term::IsNot(
            key.trim().to_owned(),
            set(values).ok_or_else(bad)?,
        ));
    }
    if let Some((key, values)) = text.split_once(" in ") {
        return Ok(Term::Is(
            key.trim().to_owned(),
            set(values).ok_or_else(bad)?,
        ));
    }
    if text.contains(char::is_whitespace) {
        return Err(bad());
    }
    Ok(match text.strip_prefix('!') {
        Some(key) => Term::HasNot(key.to_owned()),
        None => Term::Has(text.to_owned()),
    })
}

/// The fields that built-in kinds can be selected by, beside name and namespace.
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

impl Selection {
    /// The first field that objects of this storage cannot be selected by.
    pub(crate) fn unsupported(&self, storage: &str) -> Option<&str> {
        let known = FIELDS
            .iter()
            .find(|(id, _)| *id == storage)
            .map_or(&[][..], |(_, all)| all);
        self.fields
            .iter()
            .filter_map(|term| match term {
                Term::Is(path, _) | Term::IsNot(path, _) => Some(path.as_str()),
                Term::Has(_) | Term::HasNot(_) => None,
            })
            .find(|path| {
                !matches!(*path, "metadata.name" | "metadata.namespace") && !known.contains(path)
            })
    }
}

/// Whether labels match a `LabelSelector`.
pub fn selector_matches(selector: &Value, labels: &Value) -> bool {
    let label = |key: &str| labels.get(key).and_then(Value::as_str);
    object::pairs(selector, "/matchLabels").all(|(key, value)| label(key) == Some(value))
        && object::items(selector, "/matchExpressions").all(|wanted| {
            let found = label(object::text(wanted, "/key"));
            let listed = object::items(wanted, "/values").any(|value| value.as_str() == found);
            match object::text(wanted, "/operator") {
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

    use super::{Selection, selector_matches};

    fn takes(selector: &str) -> bool {
        let pod = json!({"metadata": {"labels": {"app": "pilot", "tier": "a"}}});
        Selection::parse(selector, "").is_ok_and(|selection| selection.takes(&pod))
    }

    #[test]
    fn each_form_of_selector_is_read() {
        for held in [
            "app=pilot",
            "app==pilot,tier!=b",
            "app in (x, pilot)",
            "tier",
            "!gone",
        ] {
            assert!(takes(held), "{held}");
        }
        for missed in [
            "app=x",
            "app notin (pilot)",
            "gone",
            "!app",
            "app in x",
            "a b",
        ] {
            assert!(!takes(missed), "{missed}");
        }
    }

    #[test]
    fn an_empty_selector_takes_all_and_expressions_count() {
        let labels = json!({"app": "pilot"});
        assert!(selector_matches(&json!({}), &labels));
        let absent = json!({"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]});
        assert!(selector_matches(&absent, &labels));
    }
}
