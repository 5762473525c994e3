//! What Helm looks at in each object: what it is, what it is called, what its annotations say.
use std::collections::BTreeMap;

use gotmpl::Value;

use crate::decode::Decoder;

/// The parts of an object that decide what becomes of it.
pub(super) struct Head {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) annotations: BTreeMap<String, String>,
}

impl Head {
    /// Whether a key of an object says something of this.
    pub(super) fn keeps(key: &str) -> bool {
        let known = ["apiVersion", "kind", "metadata"];
        // Go finds a key whatever its case, and some letters beyond ASCII are a case of those in
        // it.
        !key.is_ascii() || known.iter().any(|known| key.eq_ignore_ascii_case(known))
    }

    /// Reads them; the failure is Go's complaint.
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let mut decoder = Decoder::of(value, "SimpleHead");
        let api_version = decoder.text("apiVersion");
        let kind = decoder.text("kind");
        let (name, annotations) = decoder.record("metadata", |metadata| {
            (metadata.text("name"), metadata.text_map("annotations"))
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
