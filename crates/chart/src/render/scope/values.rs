//! Go's `chartutil.Values`: a map with methods such as `.Values.AsMap`.
use gotmpl::{ElementType, FunctionError, Map, NamedMap, Parameter, Signature, Value};

/// The type of `.Values` and of the root scope of a template.
pub(super) const VALUES: ElementType = ElementType::NamedMap(&TYPE);

static TYPE: NamedMap = NamedMap {
    name: "chartutil.Values",
    signature,
    call,
};

fn signature(name: &str) -> Option<Signature> {
    match name {
        "AsMap" | "YAML" => Some(Signature::exact(&[])),
        "Table" | "PathValue" => Some(Signature::exact(&[Parameter::Str])),
        _ => None,
    }
}

fn call(map: &Map, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
    let path = arguments
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default();
    match name {
        "AsMap" => Ok(map.with_element_type(ElementType::Any).into()),
        "YAML" => Ok(crate::yaml::write(&map.clone().into())
            .unwrap_or_default()
            .into()),
        "Table" => Ok(table(map, path)?.with_element_type(VALUES).into()),
        _ => value_at(map, path),
    }
}

fn table(map: &Map, path: &str) -> Result<Map, FunctionError> {
    path.split('.').try_fold(map.clone(), |map, key| {
        map.get(key)
            .and_then(|value| value.as_map())
            .ok_or_else(|| FunctionError::new(format!("{} is not a table", gotmpl::quote(key))))
    })
}

fn value_at(map: &Map, path: &str) -> Result<Value, FunctionError> {
    let (parent, last) = match path.rsplit_once('.') {
        Some((before, last)) => (table(map, before)?, last),
        None => (map.clone(), path),
    };
    match parent.get(last) {
        Some(value) if value.as_map().is_none() => Ok(value),
        _ => Err(FunctionError::new(format!(
            "{} is not a value",
            gotmpl::quote(path)
        ))),
    }
}
