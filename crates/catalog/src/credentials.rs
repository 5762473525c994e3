//! The credentials of a repository. They belong to one origin and are sent nowhere else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use wire::Secret;

/// The credentials of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credentials {
    /// No credentials.
    #[default]
    #[serde(alias = "Nobody")]
    Anonymous,
    /// User and password.
    Password {
        /// The user name.
        user: String,
        /// The password.
        password: Secret<String>,
    },
    /// A token, sent as `Bearer`.
    Token(Secret<String>),
}

impl Credentials {
    /// The authorization header; none without credentials.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Anonymous => None,
            Self::Password { user, password } => {
                let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
                sensitive(&format!("Basic {pair}"))
            }
            Self::Token(token) => bearer(token),
        }
    }
}

/// The header of a token.
pub(crate) fn bearer(token: &Secret<String>) -> Option<HeaderValue> {
    sensitive(&format!("Bearer {}", token.reveal()))
}

/// A header value that is not printed.
fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_printed() {
        let credentials = Credentials::Password {
            user: "ann".into(),
            password: Secret::new("correct-horse".into()),
        };
        let header = credentials.header().expect("a header");
        let text = format!(
            "{credentials:?} {header:?} {:?}",
            Credentials::Token(Secret::new("battery".into()))
        );
        assert!(
            !text.contains("horse") && !text.contains("battery"),
            "{text}"
        );
        assert!(
            !text.contains(&STANDARD.encode("ann:correct-horse")),
            "{text}"
        );
    }
}
