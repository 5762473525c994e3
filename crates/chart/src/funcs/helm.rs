//! Helm's own: `include`, `tpl`, `required`, `fail`, `lookup`.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gotmpl::{FunctionError, Functions, Signature, Evaluator, Map, Parameter, Value};

use super::{Answer, arg, text};
use Parameter::{Any, Str};

/// How often a template may be inside of itself.
const DEEPEST: usize = 1000;

pub(super) fn add(table: &mut Functions) {
    let within = Arc::new(Mutex::new(HashMap::new()));
    table.add_with_evaluator("include", Signature::exact(&[Str, Any]), move |evaluator, a| {
        include(evaluator, &within, text(a, 0), arg(a, 1))
    });
    table.add_with_evaluator("tpl", Signature::exact(&[Str, Any]), |evaluator, a| {
        tpl(evaluator, text(a, 0), arg(a, 1))
    });
    table.add("required", Signature::exact(&[Str, Any]), |a| {
        match arg(a, 1) {
            Value::Nil => Err(FunctionError::Refused(text(a, 0).to_owned())),
            Value::Str(given) if given.is_empty() => Err(FunctionError::Refused(text(a, 0).to_owned())),
            given => Ok(given.clone()),
        }
    });
    table.add("fail", Signature::exact(&[Str]), |a| {
        Err(FunctionError::Refused(text(a, 0).to_owned()))
    });
    table.add("lookup", Signature::exact(&[Str, Str, Str, Str]), |_| {
        Ok(Map::new().into())
    });
    table.add("getHostByName", Signature::exact(&[Str]), |_| Ok("".into()));
}

fn include(
    evaluator: &mut Evaluator,
    within: &Mutex<HashMap<String, usize>>,
    name: &str,
    data: &Value,
) -> Answer {
    let change = |by: isize| {
        let mut within = within.lock().unwrap_or_else(PoisonError::into_inner);
        let count = within.entry(name.to_owned()).or_default();
        *count = count.saturating_add_signed(by);
        *count
    };
    if change(1) > DEEPEST || evaluator.depth() > evaluator.max_depth() {
        return Err(FunctionError::Limit(format!(
            "rendering template has a nested reference name: {name}: unable to execute template"
        )));
    }
    let result = evaluator.execute(name, data);
    change(-1);
    Ok(result?.into())
}

fn tpl(evaluator: &mut Evaluator, source: &str, data: &Value) -> Answer {
    if evaluator.depth() > evaluator.max_depth() {
        return Err(FunctionError::Limit("tpl calls itself too deeply".to_owned()));
    }
    let quoted = gotmpl::quote(source);
    let result = evaluator
        .execute_text("gotpl", source, data)
        .map_err(|error| match error.kind {
            gotmpl::Kind::Parse => error.wrapped(&format!("cannot parse template {quoted}")),
            _ => error.wrapped(&format!("error during tpl function execution for {quoted}")),
        })?;
    Ok(result.replace("<no value>", "").into())
}
