//! Values with methods, such as a point in time or the files of a chart.
use std::any::Any;
use std::fmt;

use super::Value;
use crate::function::{Fault, Kinds};

/// A value with fields and methods, such as a point in time or the files of a chart.
pub trait Object: Send + Sync + fmt::Debug {
    /// Go's name of the type, for messages.
    fn type_name(&self) -> &str;

    /// The field of that name.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// What the method of that name takes; `None` when there is no such method.
    fn takes(&self, name: &str) -> Option<Kinds> {
        let _ = name;
        None
    }

    /// Calls the method of that name with arguments that were checked; `None` when there is none.
    fn method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let _ = (name, arguments);
        None
    }

    /// The list, map or number this object is underneath, for range, index, len and the like.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// The bytes, of Go's `[]byte`.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// What Go's `String` method says, where the type has one.
    fn string(&self) -> Option<String> {
        None
    }

    /// How it prints, when it has neither a `String` method nor anything underneath.
    fn display(&self) -> String {
        self.type_name().to_owned()
    }

    /// What an action writes, which Go asks the value's address for.
    fn written(&self) -> Option<String> {
        None
    }

    /// The fields that JSON shows, in their order.
    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// What JSON and YAML show of it.
    fn json(&self) -> Value {
        if let Some(fields) = self.json_fields() {
            return Value::Map(fields.into_iter().collect());
        }
        self.underlying()
            .unwrap_or_else(|| self.string().unwrap_or_else(|| self.display()).into())
    }

    /// The object itself, for functions that know its type.
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }
}
