//! Resolves `$ref` within the same schema.
use gotmpl::Budget;
use serde_json::Value as Json;

/// The referenced schema, and the root for references inside it.
pub(super) fn resolve<'s>(
    root: &'s Json,
    schema: &'s Json,
    reference: &str,
    budget: &Budget,
) -> Result<(&'s Json, &'s Json), String> {
    let (document, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let root = if document.is_empty() {
        root
    } else {
        let found = Search::new(document, budget).run(schema)?;
        found.ok_or_else(|| format!("reference {reference} leads out of the schema"))?
    };
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let found = Search::new(&format!("#{pointer}"), budget).run(schema)?;
        let found = found.ok_or_else(|| format!("Object has no key '{pointer}'"))?;
        return Ok((found, root));
    }
    let mut current = root;
    for token in pointer.split('/').skip(1) {
        let key = decode_pointer_token(token);
        current = match current {
            Json::Array(items) => {
                let index: Result<usize, _> = key.parse();
                let item = index.ok().and_then(|index| items.get(index));
                item.ok_or_else(|| format!("Out of bound array[0,{}] index '{key}'", items.len()))?
            }
            Json::Object(map) => map
                .get(&key)
                .ok_or_else(|| format!("Object has no key '{key}'"))?,
            _ => return Err(format!("Invalid token reference '{key}'")),
        };
    }
    Ok((current, root))
}

/// The id of a schema.
pub(super) fn id(schema: &Json) -> Option<&str> {
    let id = schema.get("$id").or_else(|| schema.get("id"))?;
    id.as_str()
}

/// The search for a schema by its id; each visited node is a step.
struct Search<'a> {
    id: &'a str,
    budget: &'a Budget,
}

impl<'a> Search<'a> {
    fn new(id: &'a str, budget: &'a Budget) -> Self {
        Self { id, budget }
    }

    fn run<'s>(&self, schema: &'s Json) -> Result<Option<&'s Json>, String> {
        self.below(schema, 0)
    }

    fn below<'s>(&self, schema: &'s Json, depth: usize) -> Result<Option<&'s Json>, String> {
        if depth > 60 {
            return Ok(None);
        }
        let step = self.budget.charge_step();
        step.map_err(|limit| limit.to_string())?;
        if let Some(id) = id(schema) {
            let plain = id.trim_end_matches('#');
            let ends = plain.rsplit('/').next() == Some(self.id);
            if plain == self.id || ends {
                return Ok(Some(schema));
            }
        }
        let nested: Box<dyn Iterator<Item = &Json>> = match schema {
            Json::Object(map) => Box::new(map.values()),
            Json::Array(items) => Box::new(items.iter()),
            _ => return Ok(None),
        };
        for item in nested {
            if let Some(found) = self.below(item, depth + 1)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn decode_pointer_token(token: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex: Vec<u8> = rest.by_ref().take(2).collect();
            let hex = std::str::from_utf8(&hex).unwrap_or_default();
            bytes.extend(u8::from_str_radix(hex, 16).ok());
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace("~1", "/").replace("~0", "~")
}
