//! Checks that a schema is valid, before values are validated.

use gotmpl::Budget;
use serde_json::{Map, Value as Json};

use super::dialect::{Dialect, TYPES};
use super::problem::{escape, quote};
use super::scalar::type_of;
use super::{Evaluation, Schema};

/// The maximum nesting depth of a schema.
const MAX_DEPTH: usize = 200;

/// The keywords with one schema, with lists of schemas, and with maps of schemas.
const SINGLE: [&str; 12] = [
    "not",
    "if",
    "then",
    "else",
    "additionalProperties",
    "additionalItems",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "items",
    "contentSchema",
];
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS: [&str; 5] = [
    "properties",
    "patternProperties",
    "definitions",
    "$defs",
    "dependentSchemas",
];
const COUNTS: [&str; 8] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];
const NUMBERS: [&str; 3] = ["minimum", "maximum", "multipleOf"];

/// Checks a schema document.
pub(in crate::schema) fn check(document: &Json, budget: &Budget) -> Result<(), String> {
    let evaluation = Evaluation::new(document, budget);
    let schema = Schema {
        json: document,
        resource: document,
        dialect: Dialect::of_document(document)?,
    };
    let mut path = Vec::new();
    let check = Check { evaluation };
    check.schema(schema, &mut path)
}

struct Check<'s> {
    evaluation: Evaluation<'s>,
}

type Outcome = Result<(), String>;

impl<'s> Check<'s> {
    fn schema(&self, schema: Schema<'s>, path: &mut Vec<String>) -> Outcome {
        // A pattern takes milliseconds to compile, so the deadline is checked at every schema.
        let deadline = self.evaluation.guard.budget().check_deadline();
        deadline.map_err(|limit| limit.to_string())?;
        if path.len() > MAX_DEPTH {
            return Err("schema is nested too deeply".to_owned());
        }
        let map = match schema.json {
            Json::Bool(_) if schema.dialect >= Dialect::Draft6 => return Ok(()),
            Json::Object(map) => map,
            other => {
                let (got, _) = type_of(other);
                let want = match schema.dialect {
                    Dialect::Draft4 => "object",
                    _ => "boolean or object",
                };
                return invalid(path, &format!("got {got}, want {want}"));
            }
        };
        self.reference(schema)?;
        self.keywords(map, path)?;
        self.nested(schema, map, path)
    }

    fn reference(&self, schema: Schema<'s>) -> Outcome {
        for keyword in ["$ref", "$recursiveRef", "$dynamicRef"] {
            if let Some(reference) = schema.get(keyword).and_then(Json::as_str) {
                self.evaluation.resolve(schema, reference)?;
            }
        }
        Ok(())
    }

    fn nested(
        &self,
        schema: Schema<'s>,
        map: &'s Map<String, Json>,
        path: &mut Vec<String>,
    ) -> Outcome {
        let visit = |keys: [&str; 2], json: &'s Json, path: &mut Vec<String>| {
            let before = path.len();
            path.extend(
                keys.iter()
                    .filter(|key| !key.is_empty())
                    .map(|key| escape(key)),
            );
            let outcome = self.schema(schema.child(json), path);
            path.truncate(before);
            outcome
        };
        let is_tuple = |key: &str, json: &Json| {
            key == "items" && json.is_array() && schema.dialect < Dialect::Draft2020
        };
        for (key, json) in map {
            let name = key.as_str();
            if LISTS.contains(&name) || is_tuple(name, json) {
                let items = json
                    .as_array()
                    .ok_or_else(|| format_invalid(path, name, json, "array"))?;
                for (index, item) in items.iter().enumerate() {
                    visit([name, &index.to_string()], item, path)?;
                }
            } else if SINGLE.contains(&name) {
                visit([name, ""], json, path)?;
            } else if MAPS.contains(&name) {
                let map = json
                    .as_object()
                    .ok_or_else(|| format_invalid(path, name, json, "object"))?;
                for (key, item) in map {
                    visit([name, key], item, path)?;
                }
            } else if name == "dependencies" {
                let schemas = json.as_object().into_iter().flatten();
                for (key, item) in schemas.filter(|(_, item)| !item.is_array()) {
                    visit([name, key], item, path)?;
                }
            }
        }
        Ok(())
    }

    fn keywords(&self, map: &'s Map<String, Json>, path: &[String]) -> Outcome {
        for key in COUNTS.into_iter().chain(NUMBERS) {
            match map.get(key) {
                None => {}
                Some(Json::Number(number)) => {
                    let value = number.as_f64().unwrap_or_default();
                    if COUNTS.contains(&key) && (value < 0.0 || value.fract() != 0.0) {
                        let reason = format!("{key} must be a non-negative integer");
                        return invalid(path, &reason);
                    }
                    if key == "multipleOf" && value <= 0.0 {
                        return invalid(path, "multipleOf must be greater than 0");
                    }
                }
                Some(other) => return Err(format_invalid(path, key, other, "number")),
            }
        }
        if let Some(required) = map.get("required")
            && !required
                .as_array()
                .is_some_and(|all| all.iter().all(Json::is_string))
        {
            return invalid(path, "required must be a list of strings");
        }
        types(map, path)?;
        let patterns = map.get("pattern").and_then(Json::as_str).into_iter();
        let keys = map.get("patternProperties").and_then(Json::as_object);
        let keys = keys.into_iter().flat_map(Map::keys).map(String::as_str);
        for pattern in patterns.chain(keys) {
            if self.evaluation.guard.pattern(pattern).is_none() {
                return invalid(path, &format!("{} is not valid regex", quote(pattern)));
            }
        }
        Ok(())
    }
}

fn types(map: &Map<String, Json>, path: &[String]) -> Outcome {
    let names: Vec<&Json> = match map.get("type") {
        None => return Ok(()),
        Some(Json::Array(names)) => names.iter().collect(),
        Some(name) => vec![name],
    };
    let known = |name: &&Json| name.as_str().is_some_and(|name| TYPES.contains(&name));
    if names.iter().all(known) {
        return Ok(());
    }
    let mut all = TYPES.map(quote);
    all.sort();
    invalid(path, &format!("type must be one of {}", all.join(", ")))
}

fn format_invalid(path: &[String], key: &str, json: &Json, want: &str) -> String {
    let (got, _) = type_of(json);
    let path: Vec<String> = path.iter().cloned().chain([escape(key)]).collect();
    let invalid = invalid(&path, &format!("got {got}, want {want}"));
    invalid.err().unwrap_or_default()
}

/// The error of an invalid schema, with the place in it.
fn invalid(path: &[String], reason: &str) -> Outcome {
    let keys = path.iter().flat_map(|key| ["/", key]);
    let pointer: String = keys.collect();
    Err(format!(
        "\"file:///values.schema.json#\" is not valid against metaschema: at '{pointer}': {reason}"
    ))
}
