//! Checks that a schema is valid, before values are validated.
//!
//! The keywords have the same order as in Helm's validator, so that the first error is the same.
//! Start at [`schema`].
use std::collections::BTreeSet;

use gotmpl::Budget;
use serde_json::{Map, Value as Json};

use super::number::is_whole;
use super::{Draft, refs};
use crate::funcs::go_regex;

/// The maximum nesting depth of a schema.
const MAX_DEPTH: usize = 200;

/// Checks a schema document.
pub(super) fn schema(document: &Json, draft: Draft, budget: &Budget) -> Result<(), String> {
    let check = Check {
        document,
        draft,
        budget,
    };
    check.schema(document, document, MAX_DEPTH)
}

struct Check<'s> {
    document: &'s Json,
    draft: Draft,
    budget: &'s Budget,
}

type Outcome = Result<(), String>;
type Object = Map<String, Json>;

impl<'s> Check<'s> {
    fn schema(&self, schema: &'s Json, root: &'s Json, remaining_depth: usize) -> Outcome {
        let remaining_depth = remaining_depth
            .checked_sub(1)
            .ok_or("schema is nested too deeply")?;
        // A pattern takes milliseconds to compile, so the deadline is checked at every schema.
        let deadline = self.budget.check_deadline();
        deadline.map_err(|limit| limit.to_string())?;
        let map = match schema {
            Json::Bool(_) if self.draft >= Draft::Six => return Ok(()),
            Json::Object(map) => map,
            _ => return Err("Expected: valid schema, given: Invalid JSON".to_owned()),
        };
        let has_id = refs::id(schema).is_some_and(|id| !id.starts_with('#'));
        let root = if has_id { schema } else { root };
        let visit = |item: &'s Json| self.schema(item, root, remaining_depth);
        for key in ["$id", "id"] {
            let heeded = match (key, self.draft) {
                ("id", Draft::Four | Draft::Mixed) => true,
                ("$id", Draft::Six | Draft::Seven) => true,
                ("$id", Draft::Mixed) => !map.contains_key("id"),
                _ => false,
            };
            if heeded && map.get(key).is_some_and(|item| !item.is_string()) {
                return Err(format!("Invalid type. Expected: string, given: {key}"));
            }
        }
        if map.get("definitions").is_some_and(|item| !item.is_object()) {
            return Err("Invalid type. Expected: array of schemas, given: definitions".to_owned());
        }
        each(map, "definitions", &visit)?;
        for key in ["title", "description", "$ref"] {
            if map.get(key).is_some_and(|item| !item.is_string()) {
                return Err(format!("Invalid type. Expected: string, given: {key}"));
            }
        }
        if let Some(reference) = map.get("$ref").and_then(Json::as_str) {
            return refs::resolve(root, self.document, reference, self.budget).map(drop);
        }
        types(map)?;
        self.object(map, &visit)?;
        self.array(map, &visit)?;
        self.number(map)?;
        string(map)?;
        counts(map)?;
        self.combined(map, &visit)
    }

    fn is_schema(&self, item: &Json) -> bool {
        item.is_object() || (item.is_boolean() && self.draft >= Draft::Six)
    }

    fn object(&self, map: &'s Object, visit: &dyn Fn(&'s Json) -> Outcome) -> Outcome {
        each(map, "properties", visit)?;
        match map.get("additionalProperties") {
            None | Some(Json::Bool(_)) => {}
            Some(item @ Json::Object(_)) => visit(item)?,
            Some(_) => {
                return Err("Invalid type. Expected: boolean/valid schema, given: \
                            additionalProperties"
                    .to_owned());
            }
        }
        if let Some(Json::Object(patterns)) = map.get("patternProperties") {
            for (pattern, item) in patterns {
                go_regex(pattern).map_err(|_| format!("Invalid regex pattern '{pattern}'"))?;
                visit(item)?;
            }
        }
        if let Some(item) = map
            .get("propertyNames")
            .filter(|_| self.draft >= Draft::Six)
        {
            visit(item)?;
        }
        let Some(Json::Object(dependencies)) = map.get("dependencies") else {
            return Ok(());
        };
        let texts = |item: &Json| {
            item.as_array()
                .is_some_and(|a| a.iter().all(Json::is_string))
        };
        for item in dependencies.values() {
            if self.is_schema(item) {
                visit(item)?;
            } else if !texts(item) {
                return Err("dependency must be of type schema or array of strings".to_owned());
            }
        }
        Ok(())
    }

    fn array(&self, map: &'s Object, visit: &dyn Fn(&'s Json) -> Outcome) -> Outcome {
        match map.get("items") {
            None => {}
            Some(Json::Array(items)) => items.iter().try_for_each(visit)?,
            Some(item) if self.is_schema(item) => visit(item)?,
            Some(_) => {
                return Err(
                    "Invalid type. Expected: valid schema/array of schemas, given: items"
                        .to_owned(),
                );
            }
        }
        match map.get("additionalItems") {
            None | Some(Json::Bool(_)) => Ok(()),
            Some(item @ Json::Object(_)) => visit(item),
            Some(_) => Err(
                "Invalid type. Expected: boolean/valid schema, given: additionalItems".to_owned(),
            ),
        }
    }

    fn number(&self, map: &Object) -> Outcome {
        for key in ["multipleOf", "minimum", "maximum"] {
            if map.get(key).is_some_and(|item| !item.is_number()) {
                return Err(format!("{key} must be of a number"));
            }
        }
        let multiple = map.get("multipleOf").and_then(Json::as_f64);
        if multiple.is_some_and(|number| number <= 0.0) {
            return Err("multipleOf must be strictly greater than 0".to_owned());
        }
        for (key, with) in [
            ("exclusiveMinimum", "minimum"),
            ("exclusiveMaximum", "maximum"),
        ] {
            let expected = match (map.get(key), self.draft) {
                (None, _) => continue,
                (Some(Json::Bool(_)), Draft::Four | Draft::Mixed) => {
                    if !map.contains_key(with) {
                        return Err(format!("{key} cannot be used without {with}"));
                    }
                    continue;
                }
                (Some(Json::Number(_)), Draft::Six | Draft::Seven | Draft::Mixed) => continue,
                (Some(_), Draft::Four) => "boolean",
                (Some(_), Draft::Six | Draft::Seven) => "number",
                (Some(_), Draft::Mixed) => "boolean/number",
            };
            return Err(format!("Invalid type. Expected: {expected}, given: {key}"));
        }
        Ok(())
    }

    fn combined(&self, map: &'s Object, visit: &dyn Fn(&'s Json) -> Outcome) -> Outcome {
        if let Some(item) = map.get("contains").filter(|_| self.draft >= Draft::Six) {
            visit(item)?;
        }
        if let Some(items) = map.get("enum") {
            let Json::Array(items) = items else {
                return Err("enum must be of an array".to_owned());
            };
            let mut seen = BTreeSet::new();
            if !items
                .iter()
                .all(|item| seen.insert(super::go_json::go_json(item)))
            {
                return Err("enum items must be unique".to_owned());
            }
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            match map.get(key) {
                None => {}
                Some(Json::Array(items)) => items.iter().try_for_each(visit)?,
                Some(_) => return Err(format!("{key} must be of an array")),
            }
        }
        if let Some(item) = map.get("not") {
            if !self.is_schema(item) {
                return Err("not must be of an object".to_owned());
            }
            visit(item)?;
        }
        for key in ["if", "then", "else"] {
            if let Some(item) = map.get(key).filter(|_| self.draft >= Draft::Seven) {
                visit(item)?;
            }
        }
        Ok(())
    }
}

fn each<'s>(map: &'s Object, key: &str, act: &dyn Fn(&'s Json) -> Outcome) -> Outcome {
    match map.get(key) {
        None => Ok(()),
        Some(Json::Object(items)) => items.values().try_for_each(act),
        Some(_) => Err(format!("{key} must be of type object")),
    }
}

fn types(map: &Object) -> Outcome {
    const PRIMITIVE_TYPES: [&str; 7] = [
        "array", "boolean", "integer", "number", "null", "object", "string",
    ];
    let names: Vec<&Json> = match map.get("type") {
        None => return Ok(()),
        Some(Json::Array(names)) => names.iter().collect(),
        Some(name @ Json::String(_)) => vec![name],
        Some(_) => {
            return Err("Invalid type. Expected: string/array of strings, given: type".to_owned());
        }
    };
    let mut seen = BTreeSet::new();
    for name in names {
        let Some(name) = name.as_str() else {
            return Err("Invalid type. Expected: string, given: type".to_owned());
        };
        if !PRIMITIVE_TYPES.contains(&name) {
            return Err(format!(
                "has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values \
                 are:[{}]",
                PRIMITIVE_TYPES.join(" ")
            ));
        }
        if !seen.insert(name) {
            return Err(format!("{name} type is duplicated"));
        }
    }
    Ok(())
}

fn string(map: &Object) -> Outcome {
    count(map, "minLength")?;
    count(map, "maxLength")?;
    in_order(map, "minLength", "maxLength")?;
    if let Some(pattern) = map.get("pattern") {
        let Some(pattern) = pattern.as_str() else {
            return Err("pattern must be of a string".to_owned());
        };
        go_regex(pattern).map_err(|_| "pattern must be a valid regex".to_owned())?;
    }
    if map.get("format").is_some_and(|item| !item.is_string()) {
        return Err("format must be of type string".to_owned());
    }
    Ok(())
}

fn counts(map: &Object) -> Outcome {
    count(map, "minProperties")?;
    count(map, "maxProperties")?;
    in_order(map, "minProperties", "maxProperties")?;
    if let Some(required) = map.get("required") {
        let Json::Array(names) = required else {
            return Err("required must be of an array".to_owned());
        };
        let mut seen = BTreeSet::new();
        for name in names {
            let Some(name) = name.as_str() else {
                return Err("required items must be string".to_owned());
            };
            if !seen.insert(name) {
                return Err("required items must be unique".to_owned());
            }
        }
    }
    count(map, "minItems")?;
    count(map, "maxItems")?;
    if map
        .get("uniqueItems")
        .is_some_and(|item| !item.is_boolean())
    {
        return Err("uniqueItems must be of a boolean".to_owned());
    }
    Ok(())
}

fn count(map: &Object, key: &str) -> Outcome {
    let Some(item) = map.get(key) else {
        return Ok(());
    };
    match item {
        Json::Number(number) if is_whole(number) => {
            if number.as_f64().is_some_and(|number| number < 0.0) {
                return Err(format!("{key} must be greater than or equal to 0"));
            }
            Ok(())
        }
        _ => Err(format!("{key} must be of an integer")),
    }
}

fn in_order(map: &Object, minimum: &str, maximum: &str) -> Outcome {
    let number = |key: &str| map.get(key).and_then(Json::as_f64);
    match (number(minimum), number(maximum)) {
        (Some(a), Some(b)) if a > b => Err(format!("{minimum} cannot be greater than {maximum}")),
        _ => Ok(()),
    }
}
