//! The OpenAPI documents, as far as clients need them.
//!
//! Start at [`v3`].

use serde_json::{Value, json};

use crate::kinds::Kinds;

/// The document at a path below `/openapi/v3`.
pub(crate) fn v3(_kinds: &Kinds, _path: &str) -> Option<Value> {
    Some(json!({"paths": {}}))
}
