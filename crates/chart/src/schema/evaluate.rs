//! Validates values as Helm 4 does: drafts 4 to 2020-12, and 2020-12 when a schema names none.
//!
//! The keywords have the order of Helm 4's validator, and the problems form a tree. Start at
//! [`Evaluation::run`]; [`check`] checks the schema before, [`dialect`] knows the drafts, [`reference`]
//! resolves references, [`problem`] words the problems, and the other modules evaluate the keywords.
mod check;
mod combined;
mod containers;
mod dialect;
mod problem;
mod reference;
mod scalar;

use std::collections::BTreeSet;

use gotmpl::Budget;
use serde_json::{Map, Value as Json};

use super::guard::Guard;
use super::path::Path;
pub(super) use check::check;
use dialect::Dialect;
pub(super) use problem::Problem;
use problem::{Kind, primitive};

/// A schema, with the resource that its references begin at.
#[derive(Clone, Copy)]
struct Schema<'s> {
    json: &'s Json,
    resource: &'s Json,
    dialect: Dialect,
}

impl<'s> Schema<'s> {
    /// A schema below this one.
    fn child(self, json: &'s Json) -> Self {
        match json.get("$schema").and_then(Json::as_str) {
            _ if !self.dialect.has_id(json) => Self { json, ..self },
            name => Self {
                json,
                resource: json,
                dialect: name.and_then(Dialect::named).unwrap_or(self.dialect),
            },
        }
    }

    fn get(self, key: &str) -> Option<&'s Json> {
        self.json.get(key)
    }

    fn schemas(self, key: &str) -> &'s [Json] {
        self.get(key)
            .and_then(Json::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn map(self, key: &str) -> Option<&'s Map<String, Json>> {
        self.get(key).and_then(Json::as_object)
    }

    fn count(self, key: &str) -> Option<u64> {
        let count = self.get(key).and_then(Json::as_f64);
        count
            .filter(|count| count.fract() == 0.0)
            .map(|count| count as u64)
    }
}

/// The resources that were entered on the way to a schema.
struct Scope<'c, 's> {
    above: Option<&'c Scope<'c, 's>>,
    resource: &'s Json,
}

/// What no keyword has evaluated yet, as far as a schema needs to know it.
#[derive(Clone, Debug, Default)]
struct Unevaluated {
    keys: BTreeSet<String>,
    items: BTreeSet<usize>,
}

impl Unevaluated {
    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.items.is_empty()
    }

    /// Keeps what another schema for the same value has not evaluated either.
    fn merge(&mut self, other: &Self) {
        self.keys.retain(|key| other.keys.contains(key));
        self.items.retain(|item| other.items.contains(item));
    }

    /// What a schema may leave unevaluated in a value.
    fn new(schema: Schema<'_>, value: &Json, is_needed: bool) -> Self {
        let has = |key: &str| schema.get(key).is_some();
        let modern = schema.dialect >= Dialect::Draft2019;
        let mut unevaluated = Self::default();
        match value {
            Json::Object(map)
                if !has("additionalProperties")
                    && (is_needed || modern && has("unevaluatedProperties")) =>
            {
                unevaluated.keys = map.keys().cloned().collect();
            }
            Json::Array(items) if is_needed || modern && has("unevaluatedItems") => {
                let is_tuple = schema.get("items").is_some_and(Json::is_array);
                let (evaluates_all, evaluated) = if schema.dialect < Dialect::Draft2020 {
                    let all = has("items") && !is_tuple || is_tuple && has("additionalItems");
                    (all, schema.schemas("items").len())
                } else {
                    (has("items"), schema.schemas("prefixItems").len())
                };
                if !evaluates_all {
                    unevaluated.items = (evaluated..items.len()).collect();
                }
            }
            _ => {}
        }
        unevaluated
    }
}

/// The state of one validation.
pub(super) struct Evaluation<'s> {
    document: &'s Json,
    guard: Guard<'s>,
}

impl<'s> Evaluation<'s> {
    pub(super) fn new(document: &'s Json, budget: &'s Budget) -> Self {
        Self {
            document,
            guard: Guard::new(budget),
        }
    }

    /// All problems; the error is a schema that refers to itself endlessly.
    pub(super) fn run(&self, values: &Json) -> Result<Vec<Problem>, String> {
        let schema = Schema {
            json: self.document,
            resource: self.document,
            dialect: Dialect::of_document(self.document)?,
        };
        let empty = Json::Object(Map::new());
        let values = if values.is_null() { &empty } else { values };
        let scope = Scope {
            above: None,
            resource: self.document,
        };
        let result = self.evaluate(schema, values, &Path::ROOT, &scope, false);
        match (self.guard.take_reason(), result) {
            (Some(reason), _) => Err(reason),
            (None, Ok(_)) => Ok(Vec::new()),
            (None, Err(problem)) if matches!(problem.kind, Kind::Group) => Ok(problem.causes),
            (None, Err(problem)) => Ok(vec![problem]),
        }
    }

    /// Evaluates a schema; the result is what it leaves unevaluated.
    fn evaluate(
        &self,
        schema: Schema<'s>,
        value: &Json,
        path: &Path<'_>,
        scope: &Scope<'_, 's>,
        is_needed: bool,
    ) -> Result<Unevaluated, Problem> {
        let inner;
        let scope = if std::ptr::eq(scope.resource, schema.resource) {
            scope
        } else {
            inner = Scope {
                above: Some(scope),
                resource: schema.resource,
            };
            &inner
        };
        let mut node = Node {
            evaluation: self,
            schema,
            value,
            path,
            scope,
            problems: Vec::new(),
            unevaluated: Unevaluated::new(schema, value, is_needed),
        };
        match schema.json {
            Json::Bool(false) => return Err(node.problem(Kind::FalseSchema)),
            Json::Object(map) if !map.is_empty() => {}
            _ => return Ok(node.unevaluated),
        }
        if !self.guard.enter() {
            return Ok(node.unevaluated);
        }
        let early = node.check();
        self.guard.leave();
        if let Some(problem) = early {
            return Err(problem);
        }
        match node.problems.len() {
            0 => Ok(node.unevaluated),
            1 => Err(node.problems.remove(0)),
            _ => {
                let causes = std::mem::take(&mut node.problems);
                Err(Problem {
                    causes,
                    ..node.problem(Kind::Group)
                })
            }
        }
    }
}

/// A schema at one path in the values.
struct Node<'e, 's, 'v, 'p> {
    evaluation: &'e Evaluation<'s>,
    schema: Schema<'s>,
    value: &'v Json,
    path: &'p Path<'p>,
    scope: &'p Scope<'p, 's>,
    problems: Vec<Problem>,
    unevaluated: Unevaluated,
}

impl<'s> Node<'_, 's, '_, '_> {
    /// A problem of this schema.
    fn problem(&self, kind: Kind) -> Problem {
        self.evaluation
            .guard
            .charge_violation(self.path, kind.len());
        Problem {
            path: self.path.keys(),
            kind,
            causes: Vec::new(),
        }
    }

    fn add(&mut self, kind: Kind) {
        self.add_with_causes(kind, Vec::new());
    }

    fn add_with_causes(&mut self, kind: Kind, causes: Vec<Problem>) {
        let problem = Problem {
            causes,
            ..self.problem(kind)
        };
        self.problems.push(problem);
    }

    fn is_stopped(&self) -> bool {
        self.evaluation.guard.is_stopped()
    }

    /// Evaluates a schema for the same value.
    fn same(&mut self, schema: Schema<'s>) -> Result<(), Problem> {
        let is_needed = !self.unevaluated.is_empty();
        let (value, path, scope) = (self.value, self.path, self.scope);
        let left = self
            .evaluation
            .evaluate(schema, value, path, scope, is_needed)?;
        self.unevaluated.merge(&left);
        Ok(())
    }

    /// Evaluates a schema below this one for a value below this one.
    fn below(&mut self, json: &'s Json, value: &Json, key: &str) {
        if let Err(problem) = self.try_below(json, value, key) {
            self.problems.push(problem);
        }
    }

    fn try_below(&self, json: &'s Json, value: &Json, key: &str) -> Result<(), Problem> {
        let schema = self.schema.child(json);
        let path = self.path.child(key);
        let result = self
            .evaluation
            .evaluate(schema, value, &path, self.scope, false);
        result.map(drop)
    }

    /// Evaluates all keywords; a problem of the type or of the whole value ends the evaluation.
    fn check(&mut self) -> Option<Problem> {
        let dialect = self.schema.dialect;
        let reference = self.schema.get("$ref").and_then(Json::as_str);
        if let Some(reference) = reference.filter(|_| dialect < Dialect::Draft2019) {
            return self.follow(reference).err();
        }
        let early = self.whole_value();
        if early.is_some() {
            return early;
        }
        if let Some(reference) = reference
            && let Err(problem) = self.follow(reference)
        {
            self.problems.push(problem);
        }
        match self.value {
            Json::Object(map) => self.object(map),
            Json::Array(items) => self.array(items),
            Json::String(text) => self.string(text),
            Json::Number(number) => self.number(number),
            Json::Null | Json::Bool(_) => {}
        }
        if dialect >= Dialect::Draft2019 {
            self.dynamic_references();
        }
        self.combined();
        if dialect >= Dialect::Draft2019 {
            self.unevaluated();
        }
        None
    }

    /// The keywords `type`, `const`, `enum` and `format`.
    fn whole_value(&self) -> Option<Problem> {
        if let Some(want) = self.types() {
            let (got, is_whole) = scalar::type_of(self.value);
            let is_wanted = want.contains(&got) || is_whole && want.contains(&"integer");
            if !is_wanted {
                return Some(self.problem(Kind::Type { got, want }));
            }
        }
        if let Some(allowed) = self.schema.get("const")
            && self.schema.dialect >= Dialect::Draft6
            && !scalar::equal(self.value, allowed)
        {
            return Some(self.problem(Kind::Const(primitive(allowed))));
        }
        if let Some(Json::Array(allowed)) = self.schema.get("enum") {
            self.evaluation.guard.charge_steps(allowed.len());
            if !allowed.iter().any(|item| scalar::equal(self.value, item)) {
                return Some(self.problem(Kind::Enum(allowed.iter().map(primitive).collect())));
            }
        }
        self.format()
    }

    /// The types of the schema, in the order of the validator.
    fn types(&self) -> Option<Vec<&'static str>> {
        let names: Vec<&str> = match self.schema.get("type")? {
            Json::String(name) => vec![name],
            Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
            _ => return None,
        };
        let known = dialect::TYPES
            .into_iter()
            .filter(|name| names.contains(name));
        let known: Vec<&'static str> = known.collect();
        (!known.is_empty()).then_some(known)
    }
}
