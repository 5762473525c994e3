//! Go's `[]byte`: the contents of a file.
use std::sync::Arc;

use super::{ElementType, List, Object, Value};

/// Go's `[]byte`.
#[derive(Debug)]
struct Bytes(Arc<[u8]>);

impl Value {
    /// Go's `[]byte`, which prints as numbers and can be converted to a string.
    pub fn bytes(data: impl Into<Arc<[u8]>>) -> Self {
        Self::Object(Arc::new(Bytes(data.into())))
    }
}

impl Object for Bytes {
    fn type_name(&self) -> &'static str {
        "[]uint8"
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(&self.0)
    }

    fn underlying(&self) -> Option<Value> {
        let bytes = self.0.iter().copied().map(Value::Byte).collect();
        Some(List::new(bytes, ElementType::Byte).into())
    }
}
