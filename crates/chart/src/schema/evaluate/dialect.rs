//! The drafts of JSON Schema, and their names.

use serde_json::Value as Json;

/// The names of the types, in the order of the validator.
pub(super) const TYPES: [&str; 7] = [
    "null", "boolean", "number", "integer", "string", "array", "object",
];

/// A draft of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    Draft4,
    Draft6,
    Draft7,
    Draft2019,
    Draft2020,
}

impl Dialect {
    /// The draft of a name in `$schema`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.trim_end_matches('#');
        let path = name
            .strip_prefix("http://")
            .or_else(|| name.strip_prefix("https://"))
            .unwrap_or(name);
        Some(match path {
            "json-schema.org/draft-04/schema" => Self::Draft4,
            "json-schema.org/draft-06/schema" => Self::Draft6,
            "json-schema.org/draft-07/schema" => Self::Draft7,
            "json-schema.org/draft/2019-09/schema" => Self::Draft2019,
            "json-schema.org/draft/2020-12/schema" | "json-schema.org/schema" => Self::Draft2020,
            _ => return None,
        })
    }

    /// The draft of a document: the newest one when it names none.
    pub(super) fn of_document(document: &Json) -> Result<Self, String> {
        match document.get("$schema") {
            None => Ok(Self::Draft2020),
            Some(Json::String(name)) => Self::named(name)
                .ok_or_else(|| format!("the draft {name:?} of the schema is not supported")),
            Some(_) => Err("$schema must be of type string".to_owned()),
        }
    }

    /// The keyword of ids.
    pub(super) fn id_key(self) -> &'static str {
        match self {
            Self::Draft4 => "id",
            _ => "$id",
        }
    }

    /// Whether a schema has an id of its own, so that references below begin at it.
    pub(super) fn has_id(self, schema: &Json) -> bool {
        let id = schema.get(self.id_key()).and_then(Json::as_str);
        let is_id = id.is_some_and(|id| !id.is_empty() && !id.starts_with('#'));
        is_id && (self >= Self::Draft2019 || schema.get("$ref").is_none())
    }
}
