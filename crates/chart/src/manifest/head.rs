//! What Helm looks at in each object: what it is, what it is called, what its annotations say.
use std::collections::BTreeMap;

use gotmpl::Value;

use crate::decode::Decoder;

/// The parts of an object that decide what becomes of it.
pub(super) struct SimpleHead {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) annotations: BTreeMap<String, String>,
}

impl SimpleHead {
    /// Whether a key of an object says something of this.
    pub(super) fn includes_key(key: &str) -> bool {
        let known = ["apiVersion", "kind", "metadata"];
        // Go finds a key whatever its case, and some letters beyond ASCII are a case of those in
        // it.
        !key.is_ascii() || known.iter().any(|known| key.eq_ignore_ascii_case(known))
    }

    /// Reads them; the failure is Go's complaint.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
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
