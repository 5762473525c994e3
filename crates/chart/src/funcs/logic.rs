//! Defaults, choices and kinds.
use gotmpl::{Functions, Kinds, Param, Value, deep_equal};

use super::{arg, is_empty, text};
use Param::{Any, Bool, Str};

pub(super) fn add(table: &mut Functions) {
    table.add("default", Kinds::then(&[Any], Any), |a| {
        let given = a.get(1).filter(|given| !is_empty(given));
        Ok(given.unwrap_or(arg(a, 0)).clone())
    });
    table.add("empty", Kinds::exactly(&[Any]), |a| {
        Ok(is_empty(arg(a, 0)).into())
    });
    table.add("coalesce", Kinds::then(&[], Any), |a| {
        Ok(a.iter()
            .find(|value| !is_empty(value))
            .cloned()
            .unwrap_or_default())
    });
    table.add("all", Kinds::then(&[], Any), |a| {
        Ok((!a.iter().any(is_empty)).into())
    });
    table.add("any", Kinds::then(&[], Any), |a| {
        Ok((!a.iter().all(is_empty)).into())
    });
    table.add("ternary", Kinds::exactly(&[Any, Any, Bool]), |a| {
        Ok(arg(a, usize::from(!arg(a, 2).is_true())).clone())
    });
    table.add("typeOf", Kinds::exactly(&[Any]), |a| {
        Ok(arg(a, 0).type_name().into())
    });
    table.add("kindOf", Kinds::exactly(&[Any]), |a| {
        Ok(arg(a, 0).kind_name().into())
    });
    table.add("typeIs", Kinds::exactly(&[Str, Any]), |a| {
        Ok((arg(a, 1).type_name() == text(a, 0)).into())
    });
    table.add("typeIsLike", Kinds::exactly(&[Str, Any]), |a| {
        let name = arg(a, 1).type_name();
        Ok((name == text(a, 0) || name.strip_prefix('*') == Some(text(a, 0))).into())
    });
    table.add("kindIs", Kinds::exactly(&[Str, Any]), |a| {
        Ok((arg(a, 1).kind_name() == text(a, 0)).into())
    });
    table.add("deepEqual", Kinds::exactly(&[Any, Any]), |a| {
        Ok(Value::Bool(deep_equal(arg(a, 0), arg(a, 1))))
    });
}
