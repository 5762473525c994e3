//! Schemas that are combined by `allOf`, `anyOf`, `oneOf` and `not`.
//!
//! Start at [`check`].

use serde_json::Value;

use super::validator::{Place, check as check_value};
use crate::api_status::Cause;
use crate::problems::Problems;

/// Checks a value by the combined schemas of a schema.
pub(super) fn check(schema: &Value, value: &Value, place: &Place, problems: &mut Problems) {
    let evaluate = |keyword: &str| -> Vec<Vec<Cause>> {
        let schemas = schema.get(keyword).and_then(Value::as_array);
        let each = schemas.into_iter().flatten().map(|schema| {
            let mut found = Problems::default();
            check_value(schema, value, place, &mut found);
            found.causes
        });
        each.collect()
    };
    let name = place.name();
    let any = evaluate("anyOf");
    if !any.is_empty() && !any.iter().any(Vec::is_empty) {
        let message = format!("\"{name}\" must validate at least one schema (anyOf)");
        problems.causes.push(whole(&message));
        problems
            .causes
            .extend(any.into_iter().next().unwrap_or_default());
    }
    let alternatives = evaluate("oneOf");
    let valid = alternatives
        .iter()
        .filter(|causes| causes.is_empty())
        .count();
    if !alternatives.is_empty() && valid != 1 {
        let found = if valid == 0 {
            "Found none valid".to_owned()
        } else {
            format!("Found {valid} valid alternatives")
        };
        let message = format!("\"{name}\" must validate one and only one schema (oneOf). {found}");
        problems.causes.push(whole(&message));
        if valid == 0 {
            problems
                .causes
                .extend(alternatives.into_iter().next().unwrap_or_default());
        }
    }
    let all = evaluate("allOf");
    let valid = all.iter().filter(|causes| causes.is_empty()).count();
    if valid < all.len() {
        problems.causes.extend(all.into_iter().flatten());
        let none = if valid == 0 { ". None validated" } else { "" };
        let message = format!("\"{name}\" must validate all the schemas (allOf){none}");
        problems.causes.push(whole(&message));
    }
    if let Some(schema) = schema.get("not") {
        let mut found = Problems::default();
        check_value(schema, value, place, &mut found);
        if found.causes.is_empty() {
            let message = format!("\"{name}\" must not validate the schema (not)");
            problems.causes.push(whole(&message));
        }
    }
}

/// A problem for which the API server names no field.
pub(super) fn whole(message: &str) -> Cause {
    Cause::invalid("<nil>", &Value::String(String::new()), message)
}
