//! Helm's functions: `include`, `tpl`, `required`, `fail`, `lookup`.
use std::collections::HashMap;
use std::sync::Arc;

use gotmpl::{ENTRY_SIZE, Evaluator, FunctionError, Functions, Parameter, Signature, Value};
use parking_lot::Mutex;

use super::{CallResult, Observed, arg, text};
use crate::facts::{Lookup, LookupRequest};
use crate::json::object_from_json;
use Parameter::{Any, Str};

/// The maximum number of nested includes of the same template.
const MAX_INCLUDE_DEPTH: usize = 1000;

pub(super) fn add(table: &mut Functions, lookup: &Lookup, observed: &Observed, is_lint: bool) {
    let active_includes = Arc::new(Mutex::new(HashMap::new()));
    table.add_with_evaluator(
        "include",
        Signature::exact(&[Str, Any]),
        move |evaluator, a| include(evaluator, &active_includes, text(a, 0), arg(a, 1)),
    );
    table.add_with_evaluator("tpl", Signature::exact(&[Str, Any]), |evaluator, a| {
        tpl(evaluator, text(a, 0), arg(a, 1))
    });
    add_failures(table, is_lint);
    let (lookup, observed) = (lookup.clone(), observed.clone());
    table.add_with_evaluator(
        "lookup",
        Signature::exact(&[Str, Str, Str, Str]),
        move |evaluator, a| {
            evaluator.check_deadline()?;
            let request = LookupRequest {
                api_version: text(a, 0).to_owned(),
                kind: text(a, 1).to_owned(),
                namespace: text(a, 2).to_owned(),
                name: text(a, 3).to_owned(),
            };
            let answer = lookup.answer(&request);
            let answer = answer.map_err(|error| FunctionError::Message(error.0))?;
            observed.record_lookup(&request.kind, &answer);
            let object = object_from_json(&answer);
            evaluator.charge_memory(object.value_count().saturating_mul(ENTRY_SIZE))?;
            Ok(object)
        },
    );
    table.add("getHostByName", Signature::exact(&[Str]), |_| Ok("".into()));
}

/// `required` and `fail`; for the linter neither fails, since a missing value is no fault of the chart.
fn add_failures(table: &mut Functions, is_lint: bool) {
    let fail = move |message: &str| {
        if is_lint {
            return Ok("".into());
        }
        Err(FunctionError::Fail(message.to_owned()))
    };
    table.add(
        "required",
        Signature::exact(&[Str, Any]),
        move |a| match arg(a, 1) {
            Value::Nil => fail(text(a, 0)),
            Value::Str(value) if value.is_empty() => fail(text(a, 0)),
            value => Ok(value.clone()),
        },
    );
    table.add("fail", Signature::exact(&[Str]), move |a| fail(text(a, 0)));
}

fn include(
    evaluator: &mut Evaluator,
    active_includes: &Mutex<HashMap<String, usize>>,
    name: &str,
    data: &Value,
) -> CallResult {
    let adjust_count = |by: isize| {
        let mut active_includes = active_includes.lock();
        let count = active_includes.entry(name.to_owned()).or_default();
        *count = count.saturating_add_signed(by);
        *count
    };
    if adjust_count(1) > MAX_INCLUDE_DEPTH || evaluator.depth() > evaluator.max_depth() {
        return Err(FunctionError::Limit(format!(
            "rendering template has a nested reference name: {name}: unable to execute template"
        )));
    }
    let result = evaluator.execute(name, data);
    adjust_count(-1);
    Ok(result?.into())
}

fn tpl(evaluator: &mut Evaluator, source: &str, data: &Value) -> CallResult {
    if evaluator.depth() > evaluator.max_depth() {
        return Err(FunctionError::Limit(
            "tpl calls itself too deeply".to_owned(),
        ));
    }
    let result = evaluator
        .execute_text("gotpl", source, data)
        .map_err(|error| {
            let failed = match error.kind {
                gotmpl::ErrorKind::Parse => "cannot parse template",
                _ => "error during tpl function execution for",
            };
            error.with_prefix(&format!("{failed} {}", gotmpl::quote(source)))
        })?;
    Ok(if result.contains("<no value>") {
        result.replace("<no value>", "").into()
    } else {
        result.into()
    })
}
