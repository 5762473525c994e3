//! The version of Helm whose behavior a release follows.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The version of Helm whose behavior a rendering or a release follows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub enum HelmVersion {
    /// Helm 3.17.
    #[default]
    V3,
    /// Helm 4.1.
    V4,
}

impl HelmVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 2] = [Self::V3, Self::V4];

    /// The major version.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3 => "3",
            Self::V4 => "4",
        }
    }
}

/// A text that is not a known version of Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the version of Helm must be 3 or 4")]
pub struct UnknownHelmVersion;

impl FromStr for HelmVersion {
    type Err = UnknownHelmVersion;

    fn from_str(text: &str) -> Result<Self, UnknownHelmVersion> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or(UnknownHelmVersion)
    }
}

impl TryFrom<String> for HelmVersion {
    type Error = UnknownHelmVersion;

    fn try_from(text: String) -> Result<Self, UnknownHelmVersion> {
        text.parse()
    }
}

impl From<HelmVersion> for String {
    fn from(version: HelmVersion) -> Self {
        version.as_str().to_owned()
    }
}

impl fmt::Display for HelmVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
