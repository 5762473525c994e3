//! Evaluates combined schemas: not, allOf, anyOf, oneOf, if, and what is left unevaluated.

use serde_json::Value as Json;

use super::Node;
use super::dialect::Dialect;
use super::problem::Kind;

impl<'s> Node<'_, 's, '_, '_> {
    pub(super) fn combined(&mut self) {
        if let Some(schema) = self.schema.get("not")
            && self.same(self.schema.child(schema)).is_ok()
        {
            self.add(Kind::Not);
        }
        let mut problems = Vec::new();
        for schema in self.schema.schemas("allOf") {
            problems.extend(self.same(self.schema.child(schema)).err());
        }
        if !problems.is_empty() {
            self.add_with_causes(Kind::AllOf, problems);
        }
        self.any_of();
        self.one_of();
        if self.schema.dialect >= Dialect::Draft7
            && let Some(condition) = self.schema.get("if")
        {
            self.condition(condition);
        }
    }

    fn any_of(&mut self) {
        let schemas = self.schema.schemas("anyOf");
        let mut problems = Vec::new();
        let mut is_matched = schemas.is_empty();
        for schema in schemas {
            match self.same(self.schema.child(schema)) {
                Err(problem) => problems.push(problem),
                Ok(()) => {
                    is_matched = true;
                    // The other schemas may evaluate more.
                    if self.unevaluated.is_empty() {
                        break;
                    }
                }
            }
        }
        if !is_matched {
            self.add_with_causes(Kind::AnyOf, problems);
        }
    }

    fn one_of(&mut self) {
        let schemas = self.schema.schemas("oneOf");
        let mut problems = Vec::new();
        let mut matched = None;
        for (index, schema) in schemas.iter().enumerate() {
            match (self.same(self.schema.child(schema)), matched) {
                (Err(problem), None) => problems.push(problem),
                (Err(_), Some(_)) => {}
                (Ok(()), None) => matched = Some(index),
                (Ok(()), Some(first)) => {
                    self.add(Kind::OneOf(Some((first, index))));
                    return;
                }
            }
        }
        if matched.is_none() && !schemas.is_empty() {
            self.add_with_causes(Kind::OneOf(None), problems);
        }
    }

    fn condition(&mut self, condition: &'s Json) {
        let is_met = self.same(self.schema.child(condition)).is_ok();
        let key = if is_met { "then" } else { "else" };
        if let Some(schema) = self.schema.get(key) {
            self.add_result(schema);
        }
    }

    pub(super) fn unevaluated(&mut self) {
        if let (Json::Object(map), Some(schema)) =
            (self.value, self.schema.get("unevaluatedProperties"))
        {
            for key in std::mem::take(&mut self.unevaluated.keys) {
                if let Some(value) = map.get(&key) {
                    self.below(schema, value, &key);
                }
            }
        }
        if let (Json::Array(items), Some(schema)) =
            (self.value, self.schema.get("unevaluatedItems"))
        {
            for index in std::mem::take(&mut self.unevaluated.items) {
                if let Some(item) = items.get(index) {
                    self.below(schema, item, &index.to_string());
                }
            }
        }
    }
}
