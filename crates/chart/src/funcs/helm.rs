//! Helm's own: `include`, `tpl`, `required`, `fail`, `lookup`.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use gotmpl::{Fault, Functions, Kinds, Machine, Map, Param, Value};

use super::{Answer, arg, text};
use Param::{Any, Str};

/// How often a template may be inside of itself.
const DEEPEST: usize = 1000;

pub(super) fn add(table: &mut Functions) {
    let within = Arc::new(Mutex::new(HashMap::new()));
    table.add_with("include", Kinds::exactly(&[Str, Any]), move |machine, a| {
        include(machine, &within, text(a, 0), arg(a, 1))
    });
    table.add_with("tpl", Kinds::exactly(&[Str, Any]), |machine, a| {
        tpl(machine, text(a, 0), arg(a, 1))
    });
    table.add("required", Kinds::exactly(&[Str, Any]), |a| {
        match arg(a, 1) {
            Value::Nil => Err(Fault::Refused(text(a, 0).to_owned())),
            Value::Str(given) if given.is_empty() => Err(Fault::Refused(text(a, 0).to_owned())),
            given => Ok(given.clone()),
        }
    });
    table.add("fail", Kinds::exactly(&[Str]), |a| {
        Err(Fault::Refused(text(a, 0).to_owned()))
    });
    table.add("lookup", Kinds::exactly(&[Str, Str, Str, Str]), |_| {
        Ok(Map::new().into())
    });
    table.add("getHostByName", Kinds::exactly(&[Str]), |_| Ok("".into()));
}

fn include(
    machine: &mut Machine,
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
    if change(1) > DEEPEST || machine.depth() > machine.deepest() {
        return Err(Fault::Limit(format!(
            "rendering template has a nested reference name: {name}: unable to execute template"
        )));
    }
    let result = machine.execute(name, data);
    change(-1);
    Ok(result?.into())
}

fn tpl(machine: &mut Machine, source: &str, data: &Value) -> Answer {
    if machine.depth() > machine.deepest() {
        return Err(Fault::Limit("tpl calls itself too deeply".to_owned()));
    }
    let quoted = gotmpl::quote(source);
    let result = machine
        .execute_text("gotpl", source, data)
        .map_err(|error| match error.kind {
            gotmpl::Kind::Parse => error.wrapped(&format!("cannot parse template {quoted}")),
            _ => error.wrapped(&format!("error during tpl function execution for {quoted}")),
        })?;
    Ok(result.replace("<no value>", "").into())
}
