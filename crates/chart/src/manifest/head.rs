//! The fields of an object that Helm reads: version, kind, name and annotations.
use std::collections::BTreeMap;

use gotmpl::Value;

use crate::decode::Decoder;

/// The fields that decide how Helm handles an object.
pub(crate) struct ObjectHead {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) annotations: BTreeMap<String, String>,
}

impl ObjectHead {
    /// Whether a key of an object contains one of these fields.
    pub(crate) fn includes_key(key: &str) -> bool {
        let known = ["apiVersion", "kind", "metadata"];
        // Go's keys are case-insensitive, and some non-ASCII letters fold to ASCII letters.
        !key.is_ascii() || known.iter().any(|known| key.eq_ignore_ascii_case(known))
    }

    /// Reads the fields; the error is Go's message.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let mut decoder = Decoder::from_value(value, "SimpleHead");
        let api_version = decoder.string("apiVersion");
        let kind = decoder.string("kind");
        let (name, annotations) = decoder.nested_struct("metadata", |metadata| {
            (metadata.string("name"), metadata.string_map("annotations"))
        });
        decoder.finish()?;
        Ok(Self {
            api_version,
            kind,
            name,
            annotations,
        })
    }
}
