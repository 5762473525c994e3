//! Values with fields and methods, such as a time or the files of a chart.
use std::any::Any;
use std::fmt;

use super::Value;
use crate::error::FunctionError;
use crate::signature::Signature;

/// A value with fields and methods, such as a time or the files of a chart.
pub trait Object: Send + Sync + fmt::Debug {
    /// The name of the Go type, for error messages.
    fn type_name(&self) -> &str;

    /// The field with this name.
    fn field(&self, name: &str) -> Option<Value> {
        let _ = name;
        None
    }

    /// The signature of the method with this name; `None` when the type has no such method.
    fn signature(&self, name: &str) -> Option<Signature> {
        let _ = name;
        None
    }

    /// Calls the method with this name; the arguments match its signature. `None` when the type has
    /// no such method.
    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        let _ = (name, arguments);
        None
    }

    /// The underlying list, map or number, for `range`, `index`, `len` and similar functions.
    fn underlying(&self) -> Option<Value> {
        None
    }

    /// The bytes, if the Go type is `[]byte`.
    fn bytes(&self) -> Option<&[u8]> {
        None
    }

    /// The result of Go's `String` method, if the type has one.
    fn string(&self) -> Option<String> {
        None
    }

    /// The printed form of an object with neither a `String` method nor an underlying value.
    fn display(&self) -> String {
        self.type_name().to_owned()
    }

    /// The output of an action, for which Go calls `String` on the value's address.
    fn action_text(&self) -> Option<String> {
        None
    }

    /// The fields of the JSON form, in order.
    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// The JSON and YAML form of the object.
    fn json(&self) -> Value {
        if let Some(fields) = self.json_fields() {
            return Value::Map(fields.into_iter().collect());
        }
        self.underlying()
            .unwrap_or_else(|| self.string().unwrap_or_else(|| self.display()).into())
    }

    /// The object as `Any`, for functions that know its type.
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }
}
