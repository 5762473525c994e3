//! Go's `[]byte`: what a file holds.
use std::sync::Arc;

use super::{List, Object, Of, Value};

/// Go's `[]byte`.
#[derive(Debug)]
struct Bytes(Arc<[u8]>);

impl Value {
    /// Go's `[]byte`, which prints as numbers and can be made a string.
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
        Some(List::new(bytes, Of::Byte).into())
    }
}
