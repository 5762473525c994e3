//! Validates combined schemas: anyOf, oneOf, allOf, not, dependencies, if.
use serde_json::Value as Json;

use super::{Draft, Message, Outcome, SchemaNode};

impl<'s> SchemaNode<'_, 's, '_> {
    pub(super) fn combined(&self, node: &Json, out: &mut Outcome) {
        self.any_of(node, out);
        self.one_of(node, out);
        self.all_of(node, out);
        if let Some(schema) = self.map.get("not")
            && self.try_schema(schema, node, self.path).is_valid()
        {
            self.add(out, Message::Not);
        }
        self.dependencies(node, out);
        if self.walk.draft >= Draft::Seven {
            self.condition(node, out);
        }
        out.add_score();
    }

    fn list(&self, key: &str) -> &'s [Json] {
        match self.map.get(key) {
            Some(Json::Array(items)) => items,
            _ => &[],
        }
    }

    fn any_of(&self, node: &Json, out: &mut Outcome) {
        let mut best = None;
        for schema in self.list("anyOf") {
            let outcome = self.try_schema(schema, node, self.path);
            if outcome.is_valid() {
                return;
            }
            keep_best(&mut best, outcome);
        }
        if let Some(best) = best {
            self.add(out, Message::AnyOf);
            out.merge(best);
        }
    }

    fn one_of(&self, node: &Json, out: &mut Outcome) {
        let mut valid_count = 0;
        let mut best = None;
        for schema in self.list("oneOf") {
            let outcome = self.try_schema(schema, node, self.path);
            if outcome.is_valid() {
                valid_count += 1;
            } else if valid_count == 0 {
                keep_best(&mut best, outcome);
            }
        }
        if valid_count == 1 || self.list("oneOf").is_empty() {
            return;
        }
        self.add(out, Message::OneOf);
        if let Some(best) = best.filter(|_| valid_count == 0) {
            out.merge(best);
        }
    }

    fn all_of(&self, node: &Json, out: &mut Outcome) {
        let mut all_valid = true;
        for schema in self.list("allOf") {
            let outcome = self.try_schema(schema, node, self.path);
            if !outcome.is_valid() {
                all_valid = false;
                out.merge(outcome);
            }
        }
        if !all_valid {
            self.add(out, Message::AllOf);
        }
    }

    fn dependencies(&self, node: &Json, out: &mut Outcome) {
        let (Some(Json::Object(expected)), Json::Object(map)) =
            (self.map.get("dependencies"), node)
        else {
            return;
        };
        for key in map.keys() {
            match expected.get(key) {
                Some(Json::Array(keys)) => {
                    let keys = keys.iter().filter_map(Json::as_str);
                    for missing in keys.filter(|key| !map.contains_key(*key)) {
                        self.add(out, Message::Dependency(missing.to_owned()));
                    }
                }
                Some(schema) => self.walk.node(self.schema(schema), node, self.path, out),
                None => {}
            }
        }
    }

    fn condition(&self, node: &Json, out: &mut Outcome) {
        let Some(condition) = self.map.get("if") else {
            return;
        };
        let condition_met = self.try_schema(condition, node, self.path).is_valid();
        let (key, message) = if condition_met {
            ("then", Message::Then)
        } else {
            ("else", Message::Else)
        };
        let Some(schema) = self.map.get(key) else {
            return;
        };
        let outcome = self.try_schema(schema, node, self.path);
        if !outcome.is_valid() {
            self.add(out, message);
            out.merge(outcome);
        }
    }
}

/// Keeps the first outcome with the highest score.
pub(super) fn keep_best(best: &mut Option<Outcome>, other: Outcome) {
    if best.as_ref().is_none_or(|best| other.score > best.score) {
        *best = Some(other);
    }
}
