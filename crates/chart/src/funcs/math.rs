//! Numbers.
use gotmpl::{Fault, Functions, Kinds, Machine, Param, Value};

use super::{Answer, arg, int};
use Param::{Any, Int};

pub(super) fn add(table: &mut Functions) {
    table.add("int", Kinds::exactly(&[Any]), |a| {
        Ok(whole(arg(a, 0)).into())
    });
    table.add("int64", Kinds::exactly(&[Any]), |a| {
        Ok(whole(arg(a, 0)).into())
    });
    table.add("float64", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).into())
    });
    table.add("atoi", Kinds::exactly(&[Param::Str]), |a| {
        Ok(super::text(a, 0).parse::<i64>().unwrap_or(0).into())
    });
    table.add("toDecimal", Kinds::exactly(&[Any]), |a| {
        let octal = super::shown(arg(a, 0));
        Ok(i64::from_str_radix(&octal, 8).unwrap_or(0).into())
    });
    table.add("add1", Kinds::exactly(&[Any]), |a| {
        Ok(whole(arg(a, 0)).wrapping_add(1).into())
    });
    table.add("add", Kinds::then(&[], Any), |a| {
        Ok(a.iter().map(whole).fold(0, i64::wrapping_add).into())
    });
    table.add("sub", Kinds::exactly(&[Any, Any]), |a| {
        Ok(whole(arg(a, 0)).wrapping_sub(whole(arg(a, 1))).into())
    });
    table.add("mul", Kinds::then(&[Any], Any), |a| {
        Ok(a.iter().map(whole).fold(1, i64::wrapping_mul).into())
    });
    table.add("div", Kinds::exactly(&[Any, Any]), |a| {
        divided(a, i64::wrapping_div)
    });
    table.add("mod", Kinds::exactly(&[Any, Any]), |a| {
        divided(a, i64::wrapping_rem)
    });
    for name in ["max", "biggest"] {
        table.add(name, Kinds::then(&[Any], Any), |a| {
            Ok(a.iter().map(whole).max().unwrap_or(0).into())
        });
    }
    table.add("min", Kinds::then(&[Any], Any), |a| {
        Ok(a.iter().map(whole).min().unwrap_or(0).into())
    });
    table.add("floor", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).floor().into())
    });
    table.add("ceil", Kinds::exactly(&[Any]), |a| {
        Ok(float(arg(a, 0)).ceil().into())
    });
    table.add("round", Kinds::then(&[Any, Int], Any), |a| {
        let scale = 10f64.powi(i32::try_from(int(a, 1)).unwrap_or(0));
        let scaled = float(arg(a, 0)) * scale;
        let low = scaled.trunc();
        let up = (scaled - low).abs() >= 0.5;
        Ok(((if up { low + scaled.signum() } else { low }) / scale).into())
    });
    floats(table);
    series(table);
}

/// Rows of numbers.
fn series(table: &mut Functions) {
    table.add_with("until", Kinds::exactly(&[Int]), |machine, a| {
        let end = int(a, 0);
        steps(machine, 0, end, if end < 0 { -1 } else { 1 })
    });
    table.add_with(
        "untilStep",
        Kinds::exactly(&[Int, Int, Int]),
        |machine, a| steps(machine, int(a, 0), int(a, 1), int(a, 2)),
    );
    table.add_with("seq", Kinds::then(&[], Int), |machine, a| {
        let (from, by, to) = match a.len() {
            0 => return Ok("".into()),
            1 => (1, if int(a, 0) < 1 { -1 } else { 1 }, int(a, 0)),
            2 => (
                int(a, 0),
                if int(a, 1) < int(a, 0) { -1 } else { 1 },
                int(a, 1),
            ),
            3 => (int(a, 0), int(a, 1), int(a, 2)),
            _ => return Ok("".into()),
        };
        let list = steps(machine, from, to.saturating_add(by.signum()), by)?;
        Ok(super::string::strings(&list).join(" ").into())
    });
}

fn floats(table: &mut Functions) {
    let fold = |table: &mut Functions, name, run: fn(f64, f64) -> f64| {
        table.add(name, Kinds::then(&[Any], Any), move |a| {
            let mut numbers = a.iter().map(float);
            let first = numbers.next().unwrap_or(0.0);
            Ok(numbers.fold(first, run).into())
        });
    };
    fold(table, "addf", |a, b| a + b);
    fold(table, "subf", |a, b| a - b);
    fold(table, "mulf", |a, b| a * b);
    fold(table, "divf", |a, b| a / b);
    fold(table, "maxf", f64::max);
    fold(table, "minf", f64::min);
    table.add("add1f", Kinds::exactly(&[Any]), |a| {
        Ok((float(arg(a, 0)) + 1.0).into())
    });
}

fn divided(a: &[Value], run: fn(i64, i64) -> i64) -> Answer {
    match whole(arg(a, 1)) {
        0 => Err(Fault::new("runtime error: integer divide by zero")),
        by => Ok(run(whole(arg(a, 0)), by).into()),
    }
}

fn steps(machine: &mut Machine, from: i64, to: i64, by: i64) -> Answer {
    if by == 0 || (by > 0) != (to > from) {
        return Ok(Value::list([]));
    }
    let count = to.abs_diff(from).div_ceil(by.unsigned_abs());
    machine.charge_items(usize::try_from(count).unwrap_or(usize::MAX))?;
    let all = (0..).map(|step: i64| from + step * by).take(count as usize);
    Ok(Value::list(all.map(Value::Int)))
}

/// Sprig's whole number of anything; what is none is 0.
pub(super) fn whole(value: &Value) -> i64 {
    match value {
        Value::Int(number) => *number,
        Value::Float(number) => *number as i64,
        Value::Bool(truth) => i64::from(*truth),
        Value::Str(text) => {
            let (number, zeros) = text.split_once('.').unwrap_or((text, ""));
            if !zeros.bytes().all(|byte| byte == b'0') {
                return 0;
            }
            written(number).unwrap_or(0)
        }
        _ => 0,
    }
}

/// A whole number as Go's ParseInt reads it with base 0.
fn written(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, lower.get(2..)?),
        Some("0o") => (8, lower.get(2..)?),
        Some("0b") => (2, lower.get(2..)?),
        Some(two) if two.starts_with('0') => (8, lower.get(1..)?),
        _ => (10, lower.as_str()),
    };
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).ok()
}

/// Sprig's float of anything; what is none is 0.
pub(super) fn float(value: &Value) -> f64 {
    match value {
        Value::Int(number) => *number as f64,
        Value::Float(number) => *number,
        Value::Bool(truth) => f64::from(u8::from(*truth)),
        Value::Str(text) => text.parse().unwrap_or(0.0),
        _ => 0.0,
    }
}
