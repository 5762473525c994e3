//! Validates objects and arrays.
use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::combined::keep_best;
use super::{Draft, Message, Outcome, SchemaNode, go_json};

/// The steps that a pattern counts for.
const STEPS_OF_A_PATTERN: usize = 16;

impl<'s> SchemaNode<'_, 's, '_> {
    pub(super) fn object(&self, map: &Map<String, Json>, out: &mut Outcome) {
        let size = map.len() as u64;
        if let Some(minimum) = self
            .count("minProperties")
            .filter(|minimum| size < *minimum)
        {
            self.add(out, Message::MinProperties(minimum));
        }
        if let Some(maximum) = self
            .count("maxProperties")
            .filter(|maximum| size > *maximum)
        {
            self.add(out, Message::MaxProperties(maximum));
        }
        if let Some(Json::Array(required)) = self.map.get("required") {
            for key in required.iter().filter_map(Json::as_str) {
                if map.contains_key(key) {
                    out.add_score();
                } else {
                    self.add(out, Message::Required(key.to_owned()));
                }
            }
        }
        for (key, item) in map {
            if self.walk.guard.is_stopped() {
                break;
            }
            self.additional(key, item, out);
        }
        if let Some(schema) = self
            .map
            .get("propertyNames")
            .filter(|_| self.walk.draft >= Draft::Six)
        {
            for key in map.keys() {
                let outcome = self.try_schema(schema, &Json::from(key.as_str()), self.path);
                if !outcome.is_valid() {
                    self.add(out, Message::PropertyName(key.clone()));
                    out.merge(outcome);
                }
            }
        }
        out.add_score();
    }

    fn additional(&self, key: &str, item: &Json, out: &mut Outcome) {
        let known = self
            .map
            .get("properties")
            .is_some_and(|known| known.get(key).is_some());
        let matched = self.by_pattern(key, item, out);
        if known || matched {
            return;
        }
        match self.map.get("additionalProperties") {
            Some(Json::Bool(false)) => {
                self.add(out, Message::AdditionalProperty(key.to_owned()));
            }
            Some(schema @ Json::Object(_)) => {
                out.merge(self.try_schema(schema, item, &self.path.child(key)));
            }
            _ => {}
        }
    }

    fn by_pattern(&self, key: &str, item: &Json, out: &mut Outcome) -> bool {
        let Some(Json::Object(patterns)) = self.map.get("patternProperties") else {
            return false;
        };
        let mut matched = false;
        for (pattern, schema) in patterns {
            // A pattern takes milliseconds to compile.
            self.walk.guard.charge_steps(STEPS_OF_A_PATTERN);
            if self.walk.guard.is_stopped() {
                break;
            }
            let pattern = self.walk.guard.pattern(pattern);
            if pattern.is_some_and(|pattern| pattern.is_match(key)) {
                matched = true;
                out.merge(self.try_schema(schema, item, &self.path.child(key)));
            }
        }
        if matched {
            out.add_score();
        }
        matched
    }

    /// Validates the values of the keys in `properties`.
    pub(super) fn properties(&self, map: &Map<String, Json>, out: &mut Outcome) {
        let Some(Json::Object(known)) = self.map.get("properties") else {
            return;
        };
        for (key, schema) in known {
            if let Some(item) = map.get(key) {
                let path = self.path.child(key);
                self.walk.node(self.schema(schema), item, &path, out);
            }
        }
    }

    pub(super) fn array(&self, items: &[Json], out: &mut Outcome) {
        match self.map.get("items") {
            Some(Json::Array(schemas)) => self.tuple_items(schemas, items, out),
            Some(schema) => self.each(schema, items, 0, out),
            None => {}
        }
        let size = items.len() as u64;
        if let Some(minimum) = self.count("minItems").filter(|minimum| size < *minimum) {
            self.add(out, Message::MinItems(minimum));
        }
        if let Some(maximum) = self.count("maxItems").filter(|maximum| size > *maximum) {
            self.add(out, Message::MaxItems(maximum));
        }
        if self.map.get("uniqueItems") == Some(&Json::Bool(true)) {
            let mut seen = HashMap::new();
            for (index, item) in items.iter().enumerate() {
                self.walk.guard.charge_steps(1);
                if let Some(before) = seen.insert(go_json(item), index) {
                    self.add(out, Message::Unique(before, index));
                }
            }
        }
        if let Some(schema) = self
            .map
            .get("contains")
            .filter(|_| self.walk.draft >= Draft::Six)
        {
            self.contains(schema, items, out);
        }
        out.add_score();
    }

    fn each(&self, schema: &'s Json, items: &[Json], from: usize, out: &mut Outcome) {
        for (index, item) in items.iter().enumerate().skip(from) {
            let key = index.to_string();
            out.merge(self.try_schema(schema, item, &self.path.child(&key)));
        }
    }

    fn tuple_items(&self, schemas: &'s [Json], items: &[Json], out: &mut Outcome) {
        for (index, (schema, item)) in schemas.iter().zip(items).enumerate() {
            let key = index.to_string();
            out.merge(self.try_schema(schema, item, &self.path.child(&key)));
        }
        if schemas.is_empty() || schemas.len() >= items.len() {
            return;
        }
        match self.map.get("additionalItems") {
            Some(Json::Bool(false)) => self.add(out, Message::NoAdditionalItems),
            Some(schema @ Json::Object(_)) => self.each(schema, items, schemas.len(), out),
            _ => {}
        }
    }

    fn contains(&self, schema: &'s Json, items: &[Json], out: &mut Outcome) {
        let mut best = None;
        for (index, item) in items.iter().enumerate() {
            let key = index.to_string();
            let outcome = self.try_schema(schema, item, &self.path.child(&key));
            if outcome.is_valid() {
                return;
            }
            keep_best(&mut best, outcome);
        }
        self.add(out, Message::Contains);
        if let Some(best) = best {
            out.merge(best);
        }
    }
}
