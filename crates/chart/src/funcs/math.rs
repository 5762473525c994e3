//! Functions for numbers.
use gotmpl::{
    ElementType, Evaluator, FunctionError, Functions, ITEM_SIZE, List, Parameter, Signature, Value,
};

use super::decimal::{Operation, apply};
use super::number::{float, integer};
use super::{CallResult, arg, int};
use Parameter::{Any, Int};

pub(super) fn add(table: &mut Functions) {
    add_conversions(table);
    add_integer_functions(table);
    add_float_functions(table);
    add_decimal_functions(table);
    add_sequences(table);
}

/// Adds conversions between number types.
fn add_conversions(table: &mut Functions) {
    table.add("int", Signature::exact(&[Any]), |a| {
        Ok(Value::Int(integer(arg(a, 0))))
    });
    table.add("int64", Signature::exact(&[Any]), |a| {
        Ok(Value::Int64(integer(arg(a, 0))))
    });
    table.add("float64", Signature::exact(&[Any]), |a| {
        Ok(float(arg(a, 0)).into())
    });
    table.add("atoi", Signature::exact(&[Parameter::Str]), |a| {
        Ok(Value::Int(super::go_number::atoi(super::text(a, 0))))
    });
    table.add_with_evaluator("toDecimal", Signature::exact(&[Any]), |evaluator, a| {
        let octal = super::strval(evaluator, arg(a, 0), 0)?;
        Ok(Value::Int64(i64::from_str_radix(&octal, 8).unwrap_or(0)))
    });
}

fn add_integer_functions(table: &mut Functions) {
    table.add("add1", Signature::exact(&[Any]), |a| {
        Ok(Value::Int64(integer(arg(a, 0)).wrapping_add(1)))
    });
    table.add("add", Signature::variadic(&[], Any), |a| {
        Ok(Value::Int64(
            a.iter().map(integer).fold(0, i64::wrapping_add),
        ))
    });
    table.add("sub", Signature::exact(&[Any, Any]), |a| {
        Ok(Value::Int64(
            integer(arg(a, 0)).wrapping_sub(integer(arg(a, 1))),
        ))
    });
    table.add("mul", Signature::variadic(&[Any], Any), |a| {
        Ok(Value::Int64(
            a.iter().map(integer).fold(1, i64::wrapping_mul),
        ))
    });
    table.add("div", Signature::exact(&[Any, Any]), |a| {
        divide(a, i64::wrapping_div)
    });
    table.add("mod", Signature::exact(&[Any, Any]), |a| {
        divide(a, i64::wrapping_rem)
    });
    for name in ["max", "biggest"] {
        table.add(name, Signature::variadic(&[Any], Any), |a| {
            Ok(Value::Int64(a.iter().map(integer).max().unwrap_or(0)))
        });
    }
    table.add("min", Signature::variadic(&[Any], Any), |a| {
        Ok(Value::Int64(a.iter().map(integer).min().unwrap_or(0)))
    });
}

fn divide(a: &[Value], run: fn(i64, i64) -> i64) -> CallResult {
    match integer(arg(a, 1)) {
        0 => Err(FunctionError::new("runtime error: integer divide by zero")),
        by => Ok(Value::Int64(run(integer(arg(a, 0)), by))),
    }
}

fn add_float_functions(table: &mut Functions) {
    table.add("floor", Signature::exact(&[Any]), |a| {
        Ok(float(arg(a, 0)).floor().into())
    });
    table.add("ceil", Signature::exact(&[Any]), |a| {
        Ok(float(arg(a, 0)).ceil().into())
    });
    table.add(
        "round",
        Signature::variadic(&[Any, Int], Parameter::Float),
        |a| {
            let half = a.get(2).map_or(0.5, float);
            let scale = 10f64.powf(int(a, 1) as f64);
            let scaled = float(arg(a, 0)) * scale;
            let up = scaled.fract() >= half;
            Ok(((if up { scaled.ceil() } else { scaled.floor() }) / scale).into())
        },
    );
    let fold = |table: &mut Functions, name, run: fn(f64, f64) -> f64| {
        table.add(name, Signature::variadic(&[Any], Any), move |a| {
            Ok(a.iter().map(float).reduce(run).unwrap_or(0.0).into())
        });
    };
    fold(table, "maxf", f64::max);
    fold(table, "minf", f64::min);
}

fn add_decimal_functions(table: &mut Functions) {
    for (name, operation) in [
        ("subf", Operation::Subtract),
        ("mulf", Operation::Multiply),
        ("divf", Operation::Divide),
    ] {
        table.add(name, Signature::variadic(&[Any], Any), move |a| {
            let rest = a.get(1..).unwrap_or_default();
            let first = float(arg(a, 0));
            let result = rest
                .iter()
                .try_fold(first, |all, next| apply(operation, all, float(next)));
            Ok(result?.into())
        });
    }
    table.add("addf", Signature::variadic(&[], Any), |a| {
        let result = a
            .iter()
            .try_fold(0.0, |all, next| apply(Operation::Add, all, float(next)));
        Ok(result?.into())
    });
    table.add("add1f", Signature::exact(&[Any]), |a| {
        Ok(apply(Operation::Add, float(arg(a, 0)), 1.0)?.into())
    });
}

/// Adds functions that return number sequences.
fn add_sequences(table: &mut Functions) {
    table.add_with_evaluator("until", Signature::exact(&[Int]), |evaluator, a| {
        let end = int(a, 0);
        Ok(sequence(evaluator, 0, end, if end < 0 { -1 } else { 1 })?.into())
    });
    table.add_with_evaluator(
        "untilStep",
        Signature::exact(&[Int, Int, Int]),
        |evaluator, a| Ok(sequence(evaluator, int(a, 0), int(a, 1), int(a, 2))?.into()),
    );
    table.add_with_evaluator("seq", Signature::variadic(&[], Int), |evaluator, a| {
        let direction = |from: i64, to: i64| if to < from { -1 } else { 1 };
        let (from, by, to) = match a.len() {
            1 => (1, direction(1, int(a, 0)), int(a, 0)),
            2 => (int(a, 0), direction(int(a, 0), int(a, 1)), int(a, 1)),
            3 => (int(a, 0), int(a, 1), int(a, 2)),
            _ => return Ok("".into()),
        };
        let list = sequence(evaluator, from, to.saturating_add(direction(from, to)), by)?;
        let texts: Vec<String> = list.iter().map(gotmpl::text).collect();
        Ok(texts.join(" ").into())
    });
}

fn sequence(evaluator: &mut Evaluator, from: i64, to: i64, by: i64) -> Result<List, FunctionError> {
    if by == 0 || from == to || (by > 0) != (to > from) {
        return Ok(List::new(Vec::new(), ElementType::Int));
    }
    let count = to.abs_diff(from).div_ceil(by.unsigned_abs());
    let items = usize::try_from(count).unwrap_or(usize::MAX);
    evaluator.charge_items(items)?;
    evaluator.reserve_memory(items.saturating_mul(ITEM_SIZE))?;
    let all = (0..count as i64).map(|step| Value::Int(from.wrapping_add(step.wrapping_mul(by))));
    Ok(List::new(all.collect(), ElementType::Int))
}
