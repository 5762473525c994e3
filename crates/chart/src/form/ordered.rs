//! The JSON of a schema, with keys in their original order. Start at [`Ordered`].

use indexmap::IndexMap;
use serde::Deserialize;

use crate::yaml::Scalar;

/// JSON with keys in their original order, independent of the features of `serde_json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Ordered {
    Null(()),
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Ordered>),
    Object(IndexMap<String, Ordered>),
}

impl Ordered {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(map) => map.get(key),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn scalar(&self) -> Option<Scalar> {
        Some(match self {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Integer(value) => Scalar::Integer(*value),
            Self::Number(value) => Scalar::Number(*value),
            Self::Text(value) => Scalar::Text(value.clone()),
            Self::Null(()) | Self::List(_) | Self::Object(_) => return None,
        })
    }
}
