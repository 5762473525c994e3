//! The function behind `lookup`: objects of the cluster that a template asks for.

use std::sync::Arc;

/// The arguments of `lookup`, as the template wrote them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookupRequest {
    /// The API version, such as `apps/v1`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; "" for objects without one, or for all namespaces.
    pub namespace: String,
    /// The name; "" for a list.
    pub name: String,
}

/// Why a `lookup` has no answer; the rendering fails with this message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LookupError(pub String);

type Answer = dyn Fn(&LookupRequest) -> Result<serde_json::Value, LookupError> + Send + Sync;

/// Answers `lookup` with an object, a list, or an empty object when nothing of that name exists.
#[derive(Clone, Default)]
pub struct Lookup(Option<Arc<Answer>>);

impl Lookup {
    /// No cluster: every answer is empty, as in `helm template`.
    pub fn none() -> Self {
        Self::default()
    }

    /// Answers with a function, which is called on the rendering's thread.
    pub fn new(
        answer: impl Fn(&LookupRequest) -> Result<serde_json::Value, LookupError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Some(Arc::new(answer)))
    }

    pub(crate) fn answer(&self, request: &LookupRequest) -> Result<serde_json::Value, LookupError> {
        match &self.0 {
            Some(answer) => answer(request),
            None => Ok(serde_json::json!({})),
        }
    }
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.0.is_some() { "cluster" } else { "none" };
        write!(formatter, "Lookup({state})")
    }
}
