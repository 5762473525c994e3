//! Validated names, one type per kind of name.
//!
//! The rules are those of Kubernetes (RFC 1123 labels and subdomains) and of Helm (53 characters).

use serde::{Deserialize, Serialize};
use std::fmt;

/// The reason why a text is not a valid name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum BadName {
    /// The text is empty.
    #[error("a name is required")]
    Empty,
    /// The text is too long.
    #[error("{length} characters, at most {max}")]
    TooLong {
        /// The number of characters.
        length: u32,
        /// The allowed number of characters.
        max: u32,
    },
    /// A character is not allowed, or not at its position.
    #[error("lower-case letters, digits and '-', beginning and ending with a letter or digit")]
    Shape,
    /// A character that the name of a chart does not allow.
    #[error("letters, digits, '-', '_' and '.', and neither '.' nor '..'")]
    Chart,
    /// A character that the key of a Secret does not allow.
    #[error("letters, digits, '-', '_' and '.', and neither '.' nor a leading '..'")]
    SecretKey,
}

fn label(text: &str, max: usize, dots: bool) -> Result<(), BadName> {
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() > max {
        return Err(BadName::TooLong {
            length: text.len() as u32,
            max: max as u32,
        });
    }
    let valid = |part: &str| {
        let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = part.as_bytes();
        bytes.first().is_some_and(|byte| alphanumeric(*byte))
            && bytes.last().is_some_and(|byte| alphanumeric(*byte))
            && bytes
                .iter()
                .all(|byte| alphanumeric(*byte) || *byte == b'-')
    };
    let is_valid = if dots {
        text.split('.').all(valid)
    } else {
        valid(text)
    };
    if is_valid {
        Ok(())
    } else {
        Err(BadName::Shape)
    }
}

/// Whether a text is a valid key of a Secret, by the rules of Kubernetes.
fn secret_key(text: &str) -> Result<(), BadName> {
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() > MAX_SECRET_KEY {
        return Err(BadName::TooLong {
            length: text.len() as u32,
            max: MAX_SECRET_KEY as u32,
        });
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text == "." || text.starts_with("..") || !text.bytes().all(is_allowed) {
        return Err(BadName::SecretKey);
    }
    Ok(())
}

/// Whether a text is a valid name of a chart, by the rules of Helm's loaders and `helm lint`.
fn chart_name(text: &str) -> Result<(), BadName> {
    if text.is_empty() {
        return Err(BadName::Empty);
    }
    if text.len() > MAX_CHART_NAME {
        return Err(BadName::TooLong {
            length: text.len() as u32,
            max: MAX_CHART_NAME as u32,
        });
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if matches!(text, "." | "..") || !text.bytes().all(is_allowed) {
        return Err(BadName::Chart);
    }
    Ok(())
}

/// The longest name of a chart.
const MAX_CHART_NAME: usize = 250;

/// The longest key of a Secret.
const MAX_SECRET_KEY: usize = 253;

macro_rules! name {
    ($(#[$about:meta])* $name:ident, $max:expr, $dots:expr) => {
        name!($(#[$about])* $name, |text: &str| label(text, $max, $dots));
    };
    ($(#[$about:meta])* $name:ident, $check:expr) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Validates `text`.
            ///
            /// # Errors
            /// [`BadName`] when it is empty, too long, or has a character that is not allowed.
            pub fn new(text: impl Into<String>) -> Result<Self, BadName> {
                let text = text.into();
                ($check)(&text)?;
                Ok(Self(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadName;
            fn try_from(text: String) -> Result<Self, BadName> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = BadName;
            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

name!(
    /// A cluster's name in this console: an RFC 1123 label.
    ClusterName, 63, false
);
name!(
    /// A cluster's ID in a mesh, as its control plane knows it: any valid key of a Secret.
    ClusterId, secret_key
);
name!(
    /// A namespace: an RFC 1123 label.
    Namespace, 63, false
);
name!(
    /// The name of a Service: an RFC 1123 label.
    ServiceName, 63, false
);
name!(
    /// The name of a release: at most 53 characters, as Helm allows.
    ReleaseName, ReleaseName::MAX, true
);
name!(
    /// The name of a chart, as Helm takes it in indexes and archives.
    ChartName, chart_name
);
name!(
    /// A chart repository of this console, such as `built-in`.
    Repository, 63, false
);
name!(
    /// A mesh of this console: an RFC 1123 label.
    MeshName, 63, false
);
name!(
    /// The id of a job: a number or a random text.
    JobId, 36, false
);
name!(
    /// The id of a draft: a random text.
    DraftId, 36, false
);
name!(
    /// The id of a plan that an operator was shown: a random text.
    ReviewId, 36, false
);

impl ReleaseName {
    /// The longest name, in characters.
    const MAX: usize = 53;

    /// The name that is proposed for a release of this chart: in lower case, with `-` for other characters,
    /// cut at 53 characters.
    pub fn proposed(chart: &ChartName) -> Self {
        let allowed = |c: char| match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => c,
            _ => '-',
        };
        let name: String = chart.0.chars().map(allowed).collect();
        let name = name.trim_start_matches('-');
        let name = name.get(..Self::MAX).unwrap_or(name).trim_end_matches('-');
        Self::new(name).unwrap_or_else(|_| Self("release".to_owned()))
    }
}

impl ClusterId {
    /// The ID that a control plane gives its own cluster unless another one is set.
    pub fn kubernetes() -> Self {
        Self("Kubernetes".to_owned())
    }
}

impl From<&ClusterName> for ClusterId {
    /// Every name of a cluster is a valid ID.
    fn from(name: &ClusterName) -> Self {
        Self(name.0.clone())
    }
}

/// The number of a release's revision, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Revision(pub u32);

impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

/// One version of one chart of one repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChartRef {
    /// The repository.
    pub repository: Repository,
    /// The name.
    pub chart: ChartName,
    /// The exact version, such as `1.0.0`.
    pub version: String,
}

impl fmt::Display for ChartRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{} {}", self.repository, self.chart, self.version)
    }
}

/// A reference to an object of a cluster: `Deployment istio-system/istio-pilot`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectName {
    /// The kind.
    pub kind: String,
    /// The API version, such as `apps/v1`.
    pub api_version: String,
    /// The namespace; none for a cluster-scoped object.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl fmt::Display for ObjectName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(out, "{} {namespace}/{}", self.kind, self.name),
            None => write!(out, "{} {}", self.kind, self.name),
        }
    }
}

#[cfg(test)]
mod tests;
