//! Validates values against a schema.
//!
//! Each evaluated schema has a score. When all alternatives fail, the violations of the best one
//! are reported, as in Helm's validator. Start at [`Walk::run`].
mod combined;
mod object;
mod scalar;

use gotmpl::Budget;
use serde_json::{Map, Value as Json};

use super::go_json::go_json;
use super::guard::Guard;
use super::message::Message;
use super::number::is_whole;
use super::path::Path;
use super::violation::Violation;
use super::{Draft, refs};

/// The result of evaluating a schema.
#[derive(Debug, Default)]
struct Outcome {
    violations: Vec<Violation>,
    score: i64,
}

impl Outcome {
    fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }

    fn add(&mut self, path: &Path<'_>, message: Message) {
        self.violations.push(Violation {
            path: path.keys(),
            message,
        });
        self.score -= 2;
    }

    fn merge(&mut self, other: Self) {
        self.violations.extend(other.violations);
        self.score += other.score;
    }

    fn add_score(&mut self) {
        self.score += 1;
    }
}

/// A schema and the root for references inside it.
#[derive(Clone, Copy)]
struct Schema<'s> {
    json: &'s Json,
    root: &'s Json,
}

/// The state of one validation.
pub(super) struct Walk<'s> {
    document: &'s Json,
    draft: Draft,
    guard: Guard<'s>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(document: &'s Json, draft: Draft, budget: &'s Budget) -> Self {
        Self {
            document,
            draft,
            guard: Guard::new(budget),
        }
    }

    /// All violations; the error is a schema that refers to itself endlessly.
    pub(super) fn run(&self, values: &Json) -> Result<Vec<Violation>, String> {
        let schema = Schema {
            json: self.document,
            root: self.document,
        };
        let empty = Json::Object(Map::new());
        let values = if values.is_null() { &empty } else { values };
        let outcome = self.try_schema(schema, values, &Path::ROOT);
        match self.guard.take_reason() {
            Some(reason) => Err(reason),
            None => Ok(outcome.violations),
        }
    }

    /// Evaluates a schema with a separate outcome.
    fn try_schema(&self, schema: Schema<'s>, node: &Json, path: &Path<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        self.node(schema, node, path, &mut outcome);
        outcome
    }

    fn node(&self, schema: Schema<'s>, node: &Json, path: &Path<'_>, out: &mut Outcome) {
        if self.guard.enter() {
            self.evaluate(schema, node, path, out);
            self.guard.leave();
        }
    }

    fn evaluate(&self, schema: Schema<'s>, node: &Json, path: &Path<'_>, out: &mut Outcome) {
        let map = match schema.json {
            Json::Bool(true) => return,
            Json::Bool(false) => return out.add(path, Message::Never),
            Json::Object(map) => map,
            _ => return,
        };
        let has_id = refs::id(schema.json).is_some_and(|id| !id.starts_with('#'));
        let root = if has_id { schema.json } else { schema.root };
        if let Some(Json::String(reference)) = map.get("$ref") {
            match refs::resolve(root, self.document, reference, self.guard.budget()) {
                Ok((json, root)) => self.node(Schema { json, root }, node, path, out),
                Err(reason) => self.guard.stop(&reason),
            }
            return;
        }
        let node_schema = SchemaNode {
            walk: self,
            map,
            root,
            path,
        };
        node_schema.check(node, out);
        out.add_score();
    }
}

/// A schema at one path in the values.
struct SchemaNode<'w, 's, 'p> {
    walk: &'w Walk<'s>,
    map: &'s Map<String, Json>,
    root: &'s Json,
    path: &'p Path<'p>,
}

impl<'s> SchemaNode<'_, 's, '_> {
    fn schema(&self, json: &'s Json) -> Schema<'s> {
        Schema {
            json,
            root: self.root,
        }
    }

    fn try_schema(&self, json: &'s Json, node: &Json, path: &Path<'_>) -> Outcome {
        self.walk.try_schema(self.schema(json), node, path)
    }

    fn add(&self, out: &mut Outcome, message: Message) {
        self.walk.guard.charge_violation(self.path, message.len());
        out.add(self.path, message);
    }

    fn text(&self, key: &str) -> Option<&'s str> {
        self.map.get(key).and_then(Json::as_str)
    }

    fn count(&self, key: &str) -> Option<u64> {
        self.map.get(key).and_then(Json::as_f64).map(|n| n as u64)
    }

    fn check(&self, node: &Json, out: &mut Outcome) {
        let (given, wider_type) = type_of(node);
        if let Some(expected) = self.types()
            && !expected.contains(&given)
            && !wider_type.is_some_and(|wider_type| expected.contains(&wider_type))
        {
            let expected = match expected.as_slice() {
                [name] => (*name).to_owned(),
                names => format!("[{}]", names.join(",")),
            };
            // Go stops evaluating the schema here, without counting it.
            self.add(out, Message::Type { expected, given });
            out.score -= 1;
            return;
        }
        self.combined(node, out);
        match node {
            Json::Array(items) => self.array(items, out),
            Json::Object(map) => self.object(map, out),
            Json::Number(number) => self.number(number, out),
            Json::String(text) => self.string(text, out),
            Json::Null | Json::Bool(_) => {}
        }
        self.common(node, out);
        if let Json::Object(map) = node {
            self.properties(map, out);
        }
    }

    fn types(&self) -> Option<Vec<&'s str>> {
        let names: Vec<&str> = match self.map.get("type")? {
            Json::String(name) => vec![name],
            Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
            _ => return None,
        };
        (!names.is_empty()).then_some(names)
    }

    fn common(&self, node: &Json, out: &mut Outcome) {
        if let Some(allowed) = self
            .map
            .get("const")
            .filter(|_| self.walk.draft >= Draft::Six)
        {
            let allowed = go_json(allowed);
            if allowed != go_json(node) {
                self.add(out, Message::Const(allowed));
            }
        }
        if let Some(Json::Array(allowed)) = self.map.get("enum") {
            self.walk.guard.charge_steps(allowed.len());
            let allowed: Vec<String> = allowed.iter().map(go_json).collect();
            if !allowed.is_empty() && !allowed.contains(&go_json(node)) {
                self.add(out, Message::Enum(allowed.join(", ")));
            }
        }
        out.add_score();
    }
}

/// The JSON type of a value, and the wider type that also matches.
fn type_of(node: &Json) -> (&'static str, Option<&'static str>) {
    match node {
        Json::Null => ("null", None),
        Json::Bool(_) => ("boolean", None),
        Json::Number(number) if is_whole(number) => ("integer", Some("number")),
        Json::Number(_) => ("number", None),
        Json::String(_) => ("string", None),
        Json::Array(_) => ("array", None),
        Json::Object(_) => ("object", None),
    }
}
