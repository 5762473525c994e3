//! The representations of objects: full, metadata only, or a table.
//!
//! Start at [`Representation::from_accept`].

use serde_json::{Value, json};

use crate::api_status::ApiStatus;
use crate::request::ApiRequest;

/// The representation of objects in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Full,
    Metadata,
    Table,
}

impl Representation {
    /// The first supported representation of the `Accept` header.
    pub(crate) fn from_accept(request: &ApiRequest) -> Result<Self, ApiStatus> {
        let accept = request.header("accept");
        if accept.is_empty() {
            return Ok(Self::Full);
        }
        for offer in accept.split(',') {
            let mut parts = offer.split(';').map(str::trim);
            let is_json = matches!(
                parts.next(),
                Some("application/json" | "*/*" | "application/*")
            );
            if !is_json {
                continue;
            }
            let representation = parts.find_map(|part| part.strip_prefix("as="));
            match representation {
                Some("Table") => return Ok(Self::Table),
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => {
                    return Ok(Self::Metadata);
                }
                Some(_) => {}
                None => return Ok(Self::Full),
            }
        }
        Err(ApiStatus::not_acceptable())
    }
}

/// The metadata of an object.
pub(crate) fn partial_metadata(found: &Value) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": found["metadata"],
    })
}
