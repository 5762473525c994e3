//! A value that must not be shown: it prints dots, and it stands in requests only, and in the one answer that
//! a person asks for by name ([`crate::mesh::Revealed`]).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that no log, view, error or page may show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Puts `value` under the cover.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; whoever calls this keeps it out of sight.
    pub fn reveal(&self) -> &T {
        &self.0
    }

    /// The value itself, taken out.
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
        let shown = format!("{:?}", Secret::new("token-of-the-admin"));
        assert_eq!(shown, "••••");
    }
}
