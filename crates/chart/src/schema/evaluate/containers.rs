//! Evaluates objects and arrays.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::Node;
use super::dialect::Dialect;
use super::problem::{Kind, Problem, grouped};
use crate::schema::go_json::go_json;

/// The steps that a pattern counts for.
const STEPS_OF_A_PATTERN: usize = 16;

impl<'s> Node<'_, 's, '_, '_> {
    pub(super) fn object(&mut self, map: &Map<String, Json>) {
        self.size(map.len(), ["minProperties", "maxProperties"]);
        if let Some(missing) = self
            .schema
            .get("required")
            .and_then(|all| missing(map, all))
        {
            self.add(Kind::Required(missing));
        }
        self.dependencies(map);
        let mut additional = Vec::new();
        for (key, value) in map {
            if self.is_stopped() {
                return;
            }
            self.property(key, value, &mut additional);
        }
        if !additional.is_empty() {
            self.add(Kind::AdditionalProperties(additional));
        }
        if self.schema.dialect >= Dialect::Draft6
            && let Some(names) = self.schema.get("propertyNames")
        {
            self.property_names(names, map);
        }
        if self.schema.dialect >= Dialect::Draft2019 {
            self.dependents(map);
        }
    }

    /// A minimum and a maximum of a size.
    pub(super) fn size(&mut self, size: usize, [minimum, maximum]: [&'static str; 2]) {
        let text = |number: u64| grouped(&number.to_string());
        let size = size as u64;
        for (keyword, fails) in [
            (
                minimum,
                self.schema.count(minimum).filter(|limit| size < *limit),
            ),
            (
                maximum,
                self.schema.count(maximum).filter(|limit| size > *limit),
            ),
        ] {
            if let Some(limit) = fails {
                self.add(Kind::Limit(keyword, text(size), text(limit)));
            }
        }
    }

    fn property(&mut self, key: &str, value: &Json, additional: &mut Vec<String>) {
        let mut is_evaluated = false;
        if let Some(schema) = self
            .schema
            .map("properties")
            .and_then(|known| known.get(key))
        {
            is_evaluated = true;
            self.below(schema, value, key);
        }
        for (pattern, schema) in self.schema.map("patternProperties").into_iter().flatten() {
            self.evaluation.guard.charge_steps(STEPS_OF_A_PATTERN);
            let pattern = self.evaluation.guard.pattern(pattern);
            if pattern.is_some_and(|pattern| pattern.is_match(key)) {
                is_evaluated = true;
                self.below(schema, value, key);
            }
        }
        if !is_evaluated && let Some(schema) = self.schema.get("additionalProperties") {
            is_evaluated = true;
            match schema {
                Json::Bool(false) => additional.push(key.to_owned()),
                Json::Object(_) => self.below(schema, value, key),
                _ => {}
            }
        }
        if is_evaluated {
            self.unevaluated.keys.remove(key);
        }
    }

    fn property_names(&mut self, names: &'s Json, map: &Map<String, Json>) {
        for key in map.keys() {
            let schema = self.schema.child(names);
            let value = Json::from(key.as_str());
            let (path, scope) = (self.path, self.scope);
            let result = self.evaluation.evaluate(schema, &value, path, scope, false);
            if let Err(problem) = result {
                let causes = match problem.kind {
                    Kind::Group => problem.causes,
                    _ => vec![problem],
                };
                self.add_with_causes(Kind::PropertyName(key.clone()), causes);
            }
        }
    }

    /// The keyword `dependencies` of the older drafts, which the validator accepts in all.
    fn dependencies(&mut self, map: &Map<String, Json>) {
        for (property, dependency) in self.schema.map("dependencies").into_iter().flatten() {
            if !map.contains_key(property) {
                continue;
            }
            match dependency {
                Json::Array(_) => self.dependency(map, property, dependency),
                schema => self.add_result(schema),
            }
        }
    }

    fn dependents(&mut self, map: &Map<String, Json>) {
        for (property, schema) in self.schema.map("dependentSchemas").into_iter().flatten() {
            if map.contains_key(property) {
                self.add_result(schema);
            }
        }
        for (property, names) in self.schema.map("dependentRequired").into_iter().flatten() {
            if map.contains_key(property) {
                self.dependency(map, property, names);
            }
        }
    }

    fn dependency(&mut self, map: &Map<String, Json>, property: &str, names: &Json) {
        if let Some(missing) = missing(map, names) {
            self.add(Kind::Dependency {
                property: property.to_owned(),
                missing,
            });
        }
    }

    /// Evaluates a schema below this one for the same value, and keeps its problem.
    pub(super) fn add_result(&mut self, json: &'s Json) {
        if let Err(problem) = self.same(self.schema.child(json)) {
            self.problems.push(problem);
        }
    }

    pub(super) fn array(&mut self, items: &[Json]) {
        self.size(items.len(), ["minItems", "maxItems"]);
        if self.schema.get("uniqueItems") == Some(&Json::Bool(true)) {
            self.unique(items);
        }
        if self.schema.dialect < Dialect::Draft2020 {
            self.items(items);
        } else {
            let first = self.schema.schemas("prefixItems");
            self.each(first.iter(), items, 0);
            if let Some(schema) = self.schema.get("items") {
                // The validator counts these from 0 again.
                let rest = items.get(first.len()..).unwrap_or_default();
                self.each(std::iter::repeat(schema), rest, 0);
            }
        }
        if self.schema.dialect >= Dialect::Draft6
            && let Some(schema) = self.schema.get("contains")
        {
            self.contains(schema, items);
        }
    }

    fn each(&mut self, schemas: impl Iterator<Item = &'s Json>, items: &[Json], first: usize) {
        for (index, (schema, item)) in schemas.zip(items).enumerate() {
            if self.is_stopped() {
                return;
            }
            self.below(schema, item, &(first + index).to_string());
        }
    }

    /// `items` and `additionalItems` of the drafts before 2020-12.
    fn items(&mut self, items: &[Json]) {
        let schemas = match self.schema.get("items") {
            Some(Json::Array(schemas)) => schemas,
            Some(schema) => return self.each(std::iter::repeat(schema), items, 0),
            None => return,
        };
        self.each(schemas.iter(), items, 0);
        let rest = items.get(schemas.len()..).unwrap_or_default();
        match self.schema.get("additionalItems") {
            Some(Json::Bool(false)) if !rest.is_empty() => {
                self.add(Kind::AdditionalItems(rest.len()));
            }
            Some(schema @ Json::Object(_)) => self.each(std::iter::repeat(schema), rest, 0),
            _ => {}
        }
    }

    fn unique(&mut self, items: &[Json]) {
        let mut seen = HashMap::new();
        for (index, item) in items.iter().enumerate() {
            self.evaluation.guard.charge_steps(1);
            if let Some(before) = seen.insert(go_json(item), index) {
                return self.add(Kind::Unique(before, index));
            }
        }
    }

    fn contains(&mut self, schema: &'s Json, items: &[Json]) {
        let mut problems: Vec<Problem> = Vec::new();
        let mut matched = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match self.try_below(schema, item, &index.to_string()) {
                Err(problem) => problems.push(problem),
                Ok(()) => {
                    matched.push(index);
                    if self.schema.dialect >= Dialect::Draft2020 {
                        self.unevaluated.items.remove(&index);
                    }
                }
            }
        }
        let modern = self.schema.dialect >= Dialect::Draft2019;
        let bound = |key| self.schema.count(key).filter(|_| modern);
        let (minimum, maximum) = (bound("minContains"), bound("maxContains"));
        let count = matched.len() as u64;
        match minimum {
            Some(want) if count < want => {
                let matched = matched.clone();
                self.add_with_causes(Kind::MinContains { matched, want }, problems);
            }
            None if matched.is_empty() => self.add_with_causes(Kind::Contains, problems),
            _ => {}
        }
        if let Some(want) = maximum.filter(|want| count > *want) {
            self.add(Kind::MaxContains { matched, want });
        }
    }
}

/// The names of a list that a map does not have; none when it has all.
fn missing(map: &Map<String, Json>, names: &Json) -> Option<Vec<String>> {
    let names = names.as_array()?.iter().filter_map(Json::as_str);
    let missing: Vec<String> = names
        .filter(|name| !map.contains_key(*name))
        .map(str::to_owned)
        .collect();
    (!missing.is_empty()).then_some(missing)
}
