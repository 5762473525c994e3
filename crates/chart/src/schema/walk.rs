//! Validates values against a schema.
//!
//! Each evaluated schema has a score. When all alternatives fail, the violations of the best one
//! are reported, as in Helm's validator. Start at [`Walk::run`].
mod combined;
mod object;
mod scalar;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use gotmpl::Budget;
use regex::Regex;
use serde_json::{Map, Value as Json};

use super::go_json::go_json;
use super::message::Message;
use super::number::is_whole;
use super::violation::Violation;
use super::{Draft, refs};
use crate::funcs::go_regex;

/// The maximum number of evaluated schemas; a schema that refers to itself many times reaches it.
const MAX_EVALUATIONS: usize = 2_000_000;
/// The maximum nesting depth; a schema that refers to itself for the same value reaches it.
const MAX_DEPTH: usize = 500;

/// The maximum number of compiled patterns that are kept.
const MAX_PATTERNS: usize = 100;
/// The size of a violation without its texts, in bytes, by estimate.
const VIOLATION_SIZE: usize = 128;

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

/// The path of a node in the values.
#[derive(Clone, Copy)]
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    key: &'p str,
}

impl<'p> Path<'p> {
    fn child(&'p self, key: &'p str) -> Self {
        Path {
            above: Some(self),
            key,
        }
    }

    /// The size of the keys in bytes, by estimate.
    fn len(&self) -> usize {
        let above = self.above.map_or(0, Path::len);
        above.saturating_add(self.key.len()).saturating_add(32)
    }

    fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        let mut current = Some(self);
        while let Some(path) = current {
            if path.above.is_some() {
                keys.push(path.key.to_owned());
            }
            current = path.above;
        }
        keys.reverse();
        keys
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
    budget: &'s Budget,
    remaining: Cell<usize>,
    depth: Cell<usize>,
    stopped: RefCell<Option<String>>,
    patterns: RefCell<HashMap<String, Option<Rc<Regex>>>>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(document: &'s Json, draft: Draft, budget: &'s Budget) -> Self {
        Self {
            document,
            draft,
            budget,
            remaining: Cell::new(MAX_EVALUATIONS),
            depth: Cell::new(0),
            stopped: RefCell::new(None),
            patterns: RefCell::new(HashMap::new()),
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
        let path = Path {
            above: None,
            key: "",
        };
        let outcome = self.try_schema(schema, values, &path);
        match self.stopped.take() {
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
        if self.depth.get() > MAX_DEPTH || self.remaining.get() == 0 || self.is_stopped() {
            self.stop("schema refers to itself without an end");
            return;
        }
        self.charge_steps(1);
        self.remaining.set(self.remaining.get() - 1);
        self.depth.set(self.depth.get() + 1);
        self.evaluate(schema, node, path, out);
        self.depth.set(self.depth.get() - 1);
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
            match refs::resolve(root, self.document, reference, self.budget) {
                Ok((json, root)) => self.node(Schema { json, root }, node, path, out),
                Err(reason) => self.stop(&reason),
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

    /// Counts steps; the validation stops at the deadline.
    fn charge_steps(&self, count: usize) {
        if let Err(limit) = self.budget.charge_steps(count) {
            self.stop(&limit.to_string());
        }
    }

    /// Charges a violation; the validation stops at the memory limit.
    fn charge_violation(&self, path: &Path<'_>, message: &Message) {
        let bytes = path.len().saturating_add(message.len());
        if let Err(limit) = self
            .budget
            .charge_memory(bytes.saturating_add(VIOLATION_SIZE))
        {
            self.stop(&limit.to_string());
        }
    }

    /// Whether the validation stops, so that loops end.
    fn is_stopped(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    fn stop(&self, reason: &str) {
        let mut stopped = self.stopped.borrow_mut();
        stopped.get_or_insert_with(|| reason.to_owned());
    }

    fn pattern(&self, pattern: &str) -> Option<Rc<Regex>> {
        let mut patterns = self.patterns.borrow_mut();
        if let Some(known) = patterns.get(pattern) {
            return known.clone();
        }
        if patterns.len() >= MAX_PATTERNS {
            patterns.clear();
        }
        let compiled = go_regex(pattern).ok().map(Rc::new);
        patterns.insert(pattern.to_owned(), compiled.clone());
        compiled
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
        self.walk.charge_violation(self.path, &message);
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
            self.walk.charge_steps(allowed.len());
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
