//! Go's `chartutil.Values`: a map with a few methods, such as `.Values.AsMap`.
use gotmpl::{Fault, Kinds, Map, Named, Of, Param, Value};

/// The type of `.Values` and of all that a template sees.
pub(super) const VALUES: Of = Of::Named(&TYPE);

static TYPE: Named = Named {
    name: "chartutil.Values",
    takes,
    call,
};

fn takes(name: &str) -> Option<Kinds> {
    match name {
        "AsMap" | "YAML" => Some(Kinds::exactly(&[])),
        "Table" | "PathValue" => Some(Kinds::exactly(&[Param::Str])),
        _ => None,
    }
}

fn call(map: &Map, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
    let path = arguments
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default();
    match name {
        "AsMap" => Ok(map.typed(Of::Any).into()),
        "YAML" => Ok(crate::yaml::write(&map.clone().into())
            .unwrap_or_default()
            .into()),
        "Table" => Ok(table(map, path)?.typed(VALUES).into()),
        _ => value_at(map, path),
    }
}

fn table(map: &Map, path: &str) -> Result<Map, Fault> {
    path.split('.').try_fold(map.clone(), |map, key| {
        map.get(key)
            .and_then(|value| value.as_map())
            .ok_or_else(|| Fault::new(format!("{} is not a table", gotmpl::quote(key))))
    })
}

fn value_at(map: &Map, path: &str) -> Result<Value, Fault> {
    let (below, last) = match path.rsplit_once('.') {
        Some((before, last)) => (table(map, before)?, last),
        None => (map.clone(), path),
    };
    match below.get(last) {
        Some(value) if value.as_map().is_none() => Ok(value),
        _ => Err(Fault::new(format!(
            "{} is not a value",
            gotmpl::quote(path)
        ))),
    }
}
