//! A value that must not be printed: its `Debug` shows dots. It is in requests only, and in the one view that
//! reveals a kubeconfig on request ([`crate::mesh::Revealed`]).

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that no log, view, error or page may contain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value; callers keep it out of logs and views.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value, by value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("••••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_dots() {
        let text = format!("{:?}", Secret::new("token-of-the-admin"));
        assert_eq!(text, "••••");
    }
}
