//! Resolves `$ref`, `$recursiveRef` and `$dynamicRef` within the same schema.

use serde_json::Value as Json;

use super::dialect::Dialect;
use super::problem::{Kind, Problem};
use super::{Evaluation, Node, Schema};
use crate::schema::guard::Guard;
use crate::schema::refs;

/// The maximum depth of the search for an anchor.
const MAX_DEPTH: usize = 60;

impl<'s> Evaluation<'s> {
    /// The schema that a reference names.
    pub(super) fn resolve(&self, from: Schema<'s>, reference: &str) -> Result<Schema<'s>, String> {
        let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let is_pointer = fragment.is_empty() || fragment.starts_with('/');
        let target = if is_pointer { reference } else { document };
        let budget = self.guard.budget();
        let resolved = refs::resolve(from.resource, self.document, target, budget);
        let (json, resource) = resolved.map_err(|reason| {
            if reference.starts_with("#/") {
                let place = format!("file:///values.schema.json{reference}");
                format!("json-pointer in \"{place}\" not found")
            } else {
                reason
            }
        })?;
        let schema = if std::ptr::eq(resource, from.resource) {
            Schema { json, ..from }
        } else {
            let name = resource.get("$schema").and_then(Json::as_str);
            Schema {
                json,
                resource,
                dialect: name.and_then(Dialect::named).unwrap_or(from.dialect),
            }
        };
        if is_pointer {
            return Ok(schema.child(schema.json));
        }
        let found = anchor(
            schema.resource,
            fragment,
            schema.dialect,
            &self.guard,
            MAX_DEPTH,
        );
        let json = found.ok_or_else(|| format!("anchor in {reference:?} not found"))?;
        Ok(schema.child(json))
    }
}

/// The schema with an anchor, below a resource and not inside another one.
fn anchor<'s>(
    schema: &'s Json,
    name: &str,
    dialect: Dialect,
    guard: &Guard<'_>,
    depth: usize,
) -> Option<&'s Json> {
    guard.charge_steps(1);
    if depth == 0 || guard.is_stopped() {
        return None;
    }
    let is_named = |key: &str, name: &str| schema.get(key).and_then(Json::as_str) == Some(name);
    let found = if dialect < Dialect::Draft2019 {
        is_named(dialect.id_key(), &format!("#{name}"))
    } else {
        is_named("$anchor", name) || is_named("$dynamicAnchor", name)
    };
    if found {
        return Some(schema);
    }
    let below: Box<dyn Iterator<Item = &Json>> = match schema {
        Json::Object(map) => Box::new(map.values()),
        Json::Array(items) => Box::new(items.iter()),
        _ => return None,
    };
    let own = below.filter(|json| !dialect.has_id(json));
    own.into_iter()
        .find_map(|json| anchor(json, name, dialect, guard, depth - 1))
}

impl<'s> Node<'_, 's, '_, '_> {
    /// Evaluates the schema that a reference names.
    pub(super) fn follow(&mut self, reference: &str) -> Result<(), Problem> {
        match self.evaluation.resolve(self.schema, reference) {
            Ok(target) => self.referenced(target),
            Err(reason) => {
                self.evaluation.guard.stop(&reason);
                Ok(())
            }
        }
    }

    fn referenced(&mut self, target: Schema<'s>) -> Result<(), Problem> {
        self.same(target).map_err(|problem| {
            let causes = match problem.kind {
                Kind::Group => problem.causes,
                _ => vec![problem],
            };
            Problem {
                causes,
                ..self.problem(Kind::Reference)
            }
        })
    }

    /// The references whose target depends on the resources that were entered before.
    pub(super) fn dynamic_references(&mut self) {
        for keyword in ["$recursiveRef", "$dynamicRef"] {
            let Some(reference) = self.schema.get(keyword).and_then(Json::as_str) else {
                continue;
            };
            match self.evaluation.resolve(self.schema, reference) {
                Ok(target) => {
                    let target = self.outermost(target, keyword, reference);
                    if let Err(problem) = self.referenced(target) {
                        self.problems.push(problem);
                    }
                }
                Err(reason) => self.evaluation.guard.stop(&reason),
            }
        }
    }

    /// The schema of the outermost resource that replaces the target.
    fn outermost(&self, target: Schema<'s>, keyword: &str, reference: &str) -> Schema<'s> {
        let name = reference.rsplit_once('#').map_or("", |(_, name)| name);
        let is_recursive = keyword == "$recursiveRef";
        let is_dynamic = if is_recursive {
            target.get("$recursiveAnchor") == Some(&Json::Bool(true))
        } else {
            target.get("$dynamicAnchor").and_then(Json::as_str) == Some(name)
        };
        if !is_dynamic {
            return target;
        }
        let mut found = target;
        let mut scope = Some(self.scope);
        while let Some(entered) = scope {
            let resource = entered.resource;
            let json = if is_recursive {
                let is_anchor = resource.get("$recursiveAnchor") == Some(&Json::Bool(true));
                is_anchor.then_some(resource)
            } else {
                let guard = &self.evaluation.guard;
                let json = anchor(resource, name, target.dialect, guard, MAX_DEPTH);
                json.filter(|json| json.get("$dynamicAnchor").is_some())
            };
            if let Some(json) = json {
                found = Schema {
                    json,
                    resource,
                    dialect: target.dialect,
                };
            }
            scope = entered.above;
        }
        found
    }
}
