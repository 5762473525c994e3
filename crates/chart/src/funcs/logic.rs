//! Functions for defaults, conditions and types.
use gotmpl::{Functions, Parameter, Signature, Value, deep_equal};

use super::{arg, is_empty, text};
use Parameter::{Any, Bool, Str};

pub(super) fn add(table: &mut Functions) {
    table.add("default", Signature::variadic(&[Any], Any), |a| {
        let value = a.get(1).filter(|value| !is_empty(value));
        Ok(value.unwrap_or(arg(a, 0)).clone())
    });
    table.add("empty", Signature::exact(&[Any]), |a| {
        Ok(is_empty(arg(a, 0)).into())
    });
    table.add("coalesce", Signature::variadic(&[], Any), |a| {
        Ok(a.iter()
            .find(|value| !is_empty(value))
            .cloned()
            .unwrap_or_default())
    });
    table.add("all", Signature::variadic(&[], Any), |a| {
        Ok((!a.iter().any(is_empty)).into())
    });
    table.add("any", Signature::variadic(&[], Any), |a| {
        Ok((!a.iter().all(is_empty)).into())
    });
    table.add("ternary", Signature::exact(&[Any, Any, Bool]), |a| {
        Ok(arg(a, usize::from(!arg(a, 2).is_true())).clone())
    });
    table.add("typeOf", Signature::exact(&[Any]), |a| {
        Ok(arg(a, 0).type_name().into())
    });
    table.add("kindOf", Signature::exact(&[Any]), |a| {
        Ok(arg(a, 0).kind_name().into())
    });
    table.add("typeIs", Signature::exact(&[Str, Any]), |a| {
        Ok((arg(a, 1).type_name() == text(a, 0)).into())
    });
    table.add("typeIsLike", Signature::exact(&[Str, Any]), |a| {
        let name = arg(a, 1).type_name();
        Ok((name == text(a, 0) || name.strip_prefix('*') == Some(text(a, 0))).into())
    });
    table.add("kindIs", Signature::exact(&[Str, Any]), |a| {
        Ok((arg(a, 1).kind_name() == text(a, 0)).into())
    });
    table.add("deepEqual", Signature::exact(&[Any, Any]), |a| {
        Ok(Value::Bool(deep_equal(arg(a, 0), arg(a, 1))))
    });
}
