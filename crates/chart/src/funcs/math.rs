//! Numbers.
use gotmpl::{Fault, Functions, Kinds, List, Machine, Of, Param, Value};

use super::decimal::{Sum, sum};
use super::number::{float, whole};
use super::{Answer, arg, int};
use Param::{Any, Int};

pub(super) fn add(table: &mut Functions) {
    kinds(table);
    wholes(table);
    floats(table);
    decimals(table);
    series(table);
}

/// Numbers of another kind.
fn kinds(table: &mut Functions) {
    table.add("int", Kinds::exactly(&[Any]), |a| {
        Ok(Value::Int(whole(arg(a, 0))))
    });
    table.add("int64", Kinds::exactly(&[Any]), |a| {
        Ok(Value::Int64(whole(arg(a, 0))))
    });
    table.add("float64", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).into())
    });
    table.add("atoi", Kinds::exactly(&[Param::Str]), |a| {
        Ok(Value::Int(super::text(a, 0).parse::<i64>().unwrap_or(0)))
    });
    table.add("toDecimal", Kinds::exactly(&[Any]), |a| {
        let octal = super::shown(arg(a, 0));
        Ok(Value::Int64(i64::from_str_radix(&octal, 8).unwrap_or(0)))
    });
}

fn wholes(table: &mut Functions) {
    table.add("add1", Kinds::exactly(&[Any]), |a| {
        Ok(Value::Int64(whole(arg(a, 0)).wrapping_add(1)))
    });
    table.add("add", Kinds::then(&[], Any), |a| {
        Ok(Value::Int64(a.iter().map(whole).fold(0, i64::wrapping_add)))
    });
    table.add("sub", Kinds::exactly(&[Any, Any]), |a| {
        Ok(Value::Int64(
            whole(arg(a, 0)).wrapping_sub(whole(arg(a, 1))),
        ))
    });
    table.add("mul", Kinds::then(&[Any], Any), |a| {
        Ok(Value::Int64(a.iter().map(whole).fold(1, i64::wrapping_mul)))
    });
    table.add("div", Kinds::exactly(&[Any, Any]), |a| {
        divided(a, i64::wrapping_div)
    });
    table.add("mod", Kinds::exactly(&[Any, Any]), |a| {
        divided(a, i64::wrapping_rem)
    });
    for name in ["max", "biggest"] {
        table.add(name, Kinds::then(&[Any], Any), |a| {
            Ok(Value::Int64(a.iter().map(whole).max().unwrap_or(0)))
        });
    }
    table.add("min", Kinds::then(&[Any], Any), |a| {
        Ok(Value::Int64(a.iter().map(whole).min().unwrap_or(0)))
    });
}

fn divided(a: &[Value], run: fn(i64, i64) -> i64) -> Answer {
    match whole(arg(a, 1)) {
        0 => Err(Fault::new("runtime error: integer divide by zero")),
        by => Ok(Value::Int64(run(whole(arg(a, 0)), by))),
    }
}

fn floats(table: &mut Functions) {
    table.add("floor", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).floor().into())
    });
    table.add("ceil", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).ceil().into())
    });
    table.add("round", Kinds::then(&[Any, Int], Param::Float), |a| {
        let half = a.get(2).map_or(0.5, float);
        let scale = 10f64.powf(int(a, 1) as f64);
        let scaled = float(arg(a, 0)) * scale;
        let up = scaled.fract() >= half;
        Ok(((if up { scaled.ceil() } else { scaled.floor() }) / scale).into())
    });
    let fold = |table: &mut Functions, name, run: fn(f64, f64) -> f64| {
        table.add(name, Kinds::then(&[Any], Any), move |a| {
            Ok(a.iter().map(float).reduce(run).unwrap_or(0.0).into())
        });
    };
    fold(table, "maxf", f64::max);
    fold(table, "minf", f64::min);
}

fn decimals(table: &mut Functions) {
    for (name, kind) in [
        ("subf", Sum::Subtract),
        ("mulf", Sum::Multiply),
        ("divf", Sum::Divide),
    ] {
        table.add(name, Kinds::then(&[Any], Any), move |a| {
            let rest = a.get(1..).unwrap_or_default();
            let first = float(arg(a, 0));
            let result = rest
                .iter()
                .try_fold(first, |all, next| sum(kind, all, float(next)));
            Ok(result?.into())
        });
    }
    table.add("addf", Kinds::then(&[], Any), |a| {
        let result = a
            .iter()
            .try_fold(0.0, |all, next| sum(Sum::Add, all, float(next)));
        Ok(result?.into())
    });
    table.add("add1f", Kinds::exactly(&[Any]), |a| {
        Ok(sum(Sum::Add, float(arg(a, 0)), 1.0)?.into())
    });
}

/// Rows of numbers.
fn series(table: &mut Functions) {
    table.add_with("until", Kinds::exactly(&[Int]), |machine, a| {
        let end = int(a, 0);
        Ok(steps(machine, 0, end, if end < 0 { -1 } else { 1 })?.into())
    });
    table.add_with(
        "untilStep",
        Kinds::exactly(&[Int, Int, Int]),
        |machine, a| Ok(steps(machine, int(a, 0), int(a, 1), int(a, 2))?.into()),
    );
    table.add_with("seq", Kinds::then(&[], Int), |machine, a| {
        let direction = |from: i64, to: i64| if to < from { -1 } else { 1 };
        let (from, by, to) = match a.len() {
            1 => (1, direction(1, int(a, 0)), int(a, 0)),
            2 => (int(a, 0), direction(int(a, 0), int(a, 1)), int(a, 1)),
            3 => (int(a, 0), int(a, 1), int(a, 2)),
            _ => return Ok("".into()),
        };
        let list = steps(machine, from, to.saturating_add(direction(from, to)), by)?;
        let texts: Vec<String> = list.iter().map(gotmpl::text).collect();
        Ok(texts.join(" ").into())
    });
}

fn steps(machine: &mut Machine, from: i64, to: i64, by: i64) -> Result<List, Fault> {
    if by == 0 || from == to || (by > 0) != (to > from) {
        return Ok(List::new(Vec::new(), Of::Int));
    }
    let count = to.abs_diff(from).div_ceil(by.unsigned_abs());
    machine.charge_items(usize::try_from(count).unwrap_or(usize::MAX))?;
    let all = (0..count as i64).map(|step| Value::Int(from.wrapping_add(step.wrapping_mul(by))));
    Ok(List::new(all.collect(), Of::Int))
}
