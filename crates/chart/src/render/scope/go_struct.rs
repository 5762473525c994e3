//! A Go struct of Helm: fields with their Go names and JSON names.
use std::sync::Arc;

use gotmpl::{FunctionError, Object, Signature, Value};

/// A Go struct of Helm.
#[derive(Debug)]
pub(super) struct GoStruct {
    type_name: &'static str,
    /// The Go name, the JSON name (empty when JSON omits the field) and the value.
    fields: Vec<(&'static str, &'static str, Value)>,
    /// Methods without arguments and their results; an action writes that of the first one.
    methods: Option<[(&'static str, Value); 2]>,
}

impl GoStruct {
    pub(super) fn new(
        type_name: &'static str,
        fields: impl IntoIterator<Item = (&'static str, &'static str, Value)>,
    ) -> Self {
        Self {
            type_name,
            fields: fields.into_iter().collect(),
            methods: None,
        }
    }

    pub(super) fn with_methods(mut self, methods: [(&'static str, Value); 2]) -> Self {
        self.methods = Some(methods);
        self
    }
}

impl GoStruct {
    /// The result of a method.
    fn method(&self, name: &str) -> Option<&Value> {
        let methods = self.methods.iter().flatten();
        let mut named = methods.filter(|(known, _)| *known == name);
        named.next().map(|(_, result)| result)
    }
}

impl From<GoStruct> for Value {
    fn from(record: GoStruct) -> Self {
        Value::Object(Arc::new(record))
    }
}

impl Object for GoStruct {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn field(&self, name: &str) -> Option<Value> {
        let found = self.fields.iter().find(|(go, _, _)| *go == name);
        found.map(|(_, _, value)| value.clone())
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        self.method(name).map(|_| Signature::exact(&[]))
    }

    fn call_method(&self, name: &str, _: &[Value]) -> Option<Result<Value, FunctionError>> {
        self.method(name).map(|result| Ok(result.clone()))
    }

    fn action_text(&self) -> Option<String> {
        let [(_, result), _] = self.methods.as_ref()?;
        Some(gotmpl::text(result))
    }

    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let json_fields = self.fields.iter().filter(|(_, json, _)| !json.is_empty());
        Some(
            json_fields
                .map(|(_, json, value)| (*json, value.clone()))
                .collect(),
        )
    }

    fn display(&self) -> String {
        let values: Vec<String> = self
            .fields
            .iter()
            .map(|(_, _, value)| gotmpl::text(value))
            .collect();
        let address = if self.type_name.starts_with('*') {
            "&"
        } else {
            ""
        };
        format!("{address}{{{}}}", values.join(" "))
    }
}
