//! Lists; each function makes a new one.
use gotmpl::{Fault, Functions, Kinds, Param, Value, deep_equal};

use super::{Answer, arg, int, is_empty, items};
use Param::{Any, Int};

pub(super) fn add(table: &mut Functions) {
    parts(table);
    wholes(table);
    longer(table);
    membership(table);
}

/// What makes a list, and what takes a part of one.
fn parts(table: &mut Functions) {
    for name in ["list", "tuple"] {
        table.add(name, Kinds::then(&[], Any), |a| {
            Ok(Value::list(a.iter().cloned()))
        });
    }
    one(table, ["first", "mustFirst"], |a| {
        Ok(items(a, 0, "find first")?
            .first()
            .cloned()
            .unwrap_or_default())
    });
    one(table, ["last", "mustLast"], |a| {
        Ok(items(a, 0, "find last")?
            .last()
            .cloned()
            .unwrap_or_default())
    });
    one(table, ["rest", "mustRest"], |a| {
        Ok(Value::list(
            items(a, 0, "find rest")?.iter().skip(1).cloned(),
        ))
    });
    one(table, ["initial", "mustInitial"], |a| {
        let items = items(a, 0, "find initial")?;
        Ok(Value::list(
            items.iter().take(items.len().saturating_sub(1)).cloned(),
        ))
    });
    for name in ["slice", "mustSlice"] {
        table.add(name, Kinds::then(&[Any], Any), slice);
    }
    for name in ["chunk", "mustChunk"] {
        table.add(name, Kinds::exactly(&[Int, Any]), |a| {
            let size = usize::try_from(int(a, 0)).unwrap_or(0).max(1);
            let items = items(a, 1, "chunk")?;
            Ok(Value::list(
                items.chunks(size).map(|part| Value::from(part.to_vec())),
            ))
        });
    }
}

/// What looks at a list as a whole.
fn wholes(table: &mut Functions) {
    one(table, ["reverse", "mustReverse"], |a| {
        Ok(Value::list(
            items(a, 0, "find reverse")?.iter().rev().cloned(),
        ))
    });
    one(table, ["compact", "mustCompact"], |a| {
        Ok(Value::list(
            items(a, 0, "compact")?
                .iter()
                .filter(|item| !is_empty(item))
                .cloned(),
        ))
    });
    one(table, ["uniq", "mustUniq"], |a| {
        let mut unique: Vec<Value> = Vec::new();
        for item in items(a, 0, "find uniq")?.iter() {
            if !unique.iter().any(|seen| deep_equal(seen, item)) {
                unique.push(item.clone());
            }
        }
        Ok(unique.into())
    });
}

/// What makes a list longer.
fn longer(table: &mut Functions) {
    two(table, ["append", "push", "mustAppend", "mustPush"], |a| {
        let mut longer = items(a, 0, "push")?.to_vec();
        longer.push(arg(a, 1).clone());
        Ok(longer.into())
    });
    two(table, ["prepend", "mustPrepend"], |a| {
        let items = items(a, 0, "prepend")?;
        Ok(Value::list(
            std::iter::once(arg(a, 1)).chain(items.iter()).cloned(),
        ))
    });
    table.add_with("concat", Kinds::then(&[], Any), |machine, a| {
        let mut all = Vec::new();
        for index in 0..a.len() {
            let items = items(a, index, "concat")?;
            machine.charge_items(items.len())?;
            all.extend(items.iter().cloned());
        }
        Ok(all.into())
    });
}

/// What asks whether an item is there.
fn membership(table: &mut Functions) {
    two(table, ["has", "mustHas"], |a| {
        if matches!(arg(a, 1), Value::Nil) {
            return Ok(false.into());
        }
        let items = items(a, 1, "find has")?;
        Ok(items.iter().any(|item| deep_equal(item, arg(a, 0))).into())
    });
    for name in ["without", "mustWithout"] {
        table.add(name, Kinds::then(&[Any], Any), |a| {
            let unwanted = a.get(1..).unwrap_or_default();
            let items = items(a, 0, "find without")?;
            let kept = items
                .iter()
                .filter(|item| !unwanted.iter().any(|one| deep_equal(one, item)));
            Ok(Value::list(kept.cloned()))
        });
    }
}

fn one<const N: usize>(
    table: &mut Functions,
    names: [&'static str; N],
    run: fn(&[Value]) -> Answer,
) {
    for name in names {
        table.add(name, Kinds::exactly(&[Any]), run);
    }
}

fn two<const N: usize>(
    table: &mut Functions,
    names: [&'static str; N],
    run: fn(&[Value]) -> Answer,
) {
    for name in names {
        table.add(name, Kinds::exactly(&[Any, Any]), run);
    }
}

fn slice(a: &[Value]) -> Answer {
    let Some(items) = arg(a, 0).as_list() else {
        let kind = arg(a, 0).kind_name();
        return Err(Fault::new(format!(
            "list should be type of slice or array but {kind}"
        )));
    };
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let at = |index: usize, otherwise: usize| {
        a.get(index).map_or(otherwise, |value| {
            usize::try_from(super::math::whole(value)).unwrap_or(0)
        })
    };
    let (from, to) = (at(1, 0), at(2, items.len()));
    match items.get(from..to) {
        Some(part) => Ok(part.to_vec().into()),
        None => Err(Fault::new("reflect.Value.Slice: slice index out of bounds")),
    }
}
