//! The form for a chart's values, as data: the scalars of its schema, in the order of the schema.
//!
//! The form and the YAML text are two views of the same values: a field shows the value in the
//! text, and [`yaml::edit`](crate::yaml::edit) writes a change to the text. Start at [`form`].
use gotmpl::Value;
use indexmap::IndexMap;
use serde::Deserialize;

use crate::error::Error;
use crate::model::Chart;
use crate::yaml::edit::value_at;
use crate::yaml::{self, Scalar};

/// The maximum depth of a field; deeper values are edited in the text.
const MAX_DEPTH: usize = 20;

/// A field of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The path of the value.
    pub path: Vec<String>,
    /// The title in the schema.
    pub title: Option<String>,
    /// The description in the schema.
    pub description: Option<String>,
    /// The type of the value.
    pub kind: FieldKind,
    /// The default value.
    pub default: Option<Scalar>,
    /// The value in the text.
    pub value: Option<Scalar>,
    /// Whether the schema requires the value.
    pub required: bool,
}

impl Field {
    /// The path of the parent map, which is the group of the field.
    pub fn group(&self) -> &[String] {
        self.path.split_last().map_or(&[], |(_, group)| group)
    }
}

/// The type of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// Any number.
    Number,
    /// An integer.
    Integer,
    /// A boolean.
    Boolean,
    /// One of these.
    Enum(Vec<String>),
}

/// The fields of a chart's schema, with the values in the user's text.
///
/// # Errors
/// [`Error::BadSchema`] when the schema is not JSON, [`Error::Yaml`] when the text is not YAML.
pub fn form(chart: &Chart, text: &str) -> Result<Vec<Field>, Error> {
    let Some(schema) = chart.schema_text() else {
        return Ok(Vec::new());
    };
    let root: Ordered = serde_json::from_str(schema).map_err(|error| Error::BadSchema {
        chart: chart.name().to_owned(),
        reason: error.to_string(),
    })?;
    let user_values = yaml::read_first(text).map_err(|source| Error::Yaml {
        file: "values".to_owned(),
        source,
    })?;
    let form = FieldCollector {
        root: &root,
        user_values: &user_values,
        defaults: chart.values(),
    };
    let mut fields = Vec::new();
    form.object(&root, &mut Vec::new(), &mut fields);
    Ok(fields)
}

/// JSON with keys in their original order, independent of the features of `serde_json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Ordered {
    Null(()),
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Ordered>),
    Object(IndexMap<String, Ordered>),
}

impl Ordered {
    fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(map) => map.get(key),
            _ => None,
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    fn scalar(&self) -> Option<Scalar> {
        Some(match self {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Integer(value) => Scalar::Integer(*value),
            Self::Number(value) => Scalar::Number(*value),
            Self::Text(value) => Scalar::Text(value.clone()),
            Self::Null(()) | Self::List(_) | Self::Object(_) => return None,
        })
    }
}

struct FieldCollector<'a> {
    root: &'a Ordered,
    user_values: &'a Value,
    defaults: &'a Value,
}

impl FieldCollector<'_> {
    fn object(&self, schema: &Ordered, path: &mut Vec<String>, fields: &mut Vec<Field>) {
        let Some(Ordered::Object(properties)) = schema.get("properties") else {
            return;
        };
        if path.len() >= MAX_DEPTH {
            return;
        }
        let required: Vec<String> = schema
            .get("required")
            .map_or(&[][..], Ordered::items)
            .iter()
            .filter_map(Ordered::text)
            .collect();
        for (name, schema) in properties {
            let schema = self.resolve_ref(schema);
            path.push(name.clone());
            match kind(schema) {
                Some(kind) => fields.push(self.field(schema, kind, path, required.contains(name))),
                None => self.object(schema, path, fields),
            }
            path.pop();
        }
    }

    /// Resolves a `$ref` within the same file.
    fn resolve_ref<'s>(&'s self, schema: &'s Ordered) -> &'s Ordered {
        let mut schema = schema;
        for _ in 0..MAX_DEPTH {
            let Some(Ordered::Text(pointer)) = schema.get("$ref") else {
                break;
            };
            let Some(pointer) = pointer.strip_prefix("#/") else {
                break;
            };
            let found = pointer
                .split('/')
                .try_fold(self.root, |schema, key| schema.get(key));
            let Some(found) = found else { break };
            schema = found;
        }
        schema
    }

    fn field(&self, schema: &Ordered, kind: FieldKind, path: &[String], required: bool) -> Field {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let scalar_at =
            |value: &Value| value_at(value, &keys).and_then(|value| Scalar::from_value(&value));
        Field {
            path: path.to_vec(),
            title: schema.get("title").and_then(Ordered::text),
            description: schema.get("description").and_then(Ordered::text),
            kind,
            default: scalar_at(self.defaults)
                .or_else(|| schema.get("default").and_then(Ordered::scalar)),
            value: scalar_at(self.user_values),
            required,
        }
    }
}

/// The field type for a schema; `None` when the value is not a scalar.
fn kind(schema: &Ordered) -> Option<FieldKind> {
    let options: Vec<String> = schema
        .get("enum")
        .map_or(&[][..], Ordered::items)
        .iter()
        .filter_map(Ordered::text)
        .collect();
    if !options.is_empty() {
        return Some(FieldKind::Enum(options));
    }
    let name = match schema.get("type")? {
        Ordered::Text(name) => name.clone(),
        Ordered::List(names) => {
            let mut names = names
                .iter()
                .filter_map(Ordered::text)
                .filter(|name| name != "null");
            names.next()?
        }
        _ => return None,
    };
    match name.as_str() {
        "string" => Some(FieldKind::Text),
        "number" => Some(FieldKind::Number),
        "integer" => Some(FieldKind::Integer),
        "boolean" => Some(FieldKind::Boolean),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::{FieldKind, form};
    use crate::model::Chart;
    use crate::yaml::Scalar;

    const SCHEMA: &str = r##"{"type": "object", "required": ["zone"], "properties": {
        "zone": {"type": "string", "title": "Zone"},
        "size": {"$ref": "#/definitions/size"},
        "mesh": {"type": "object", "properties": {
            "join": {"type": ["boolean", "null"], "description": "Join it"},
            "mode": {"enum": ["strict", "open"]}}},
        "alpha": {"type": "integer", "default": 3},
        "list": {"type": "array"}},
        "definitions": {"size": {"type": "number"}}}"##;

    fn chart() -> Chart {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        Chart::from_files([
            file("Chart.yaml", "name: a\nversion: 0.1.0"),
            file("values.yaml", "size: 1.5\n"),
            file("values.schema.json", SCHEMA),
        ])
        .unwrap()
    }

    #[test]
    fn fields_have_the_order_of_the_schema() {
        let fields = form(&chart(), "mesh: {join: true}\n").unwrap();
        let paths: Vec<String> = fields.iter().map(|field| field.path.join(".")).collect();
        assert_eq!(paths, ["zone", "size", "mesh.join", "mesh.mode", "alpha"]);
        assert!(fields[0].required && fields[0].title.as_deref() == Some("Zone"));
        assert_eq!(fields[1].default, Some(Scalar::Number(1.5)));
        assert_eq!(
            (&fields[2].kind, &fields[2].value),
            (&FieldKind::Boolean, &Some(Scalar::Bool(true)))
        );
        assert_eq!(fields[2].group(), ["mesh"]);
        assert_eq!(
            fields[3].kind,
            FieldKind::Enum(vec!["strict".into(), "open".into()])
        );
        assert_eq!(fields[4].default, Some(Scalar::Integer(3)));
    }
}
