//! How to log in at a repository. A login belongs to one scheme, host and port and goes nowhere else.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use wire::Secret;

/// How to log in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Login {
    /// Not at all.
    #[default]
    Nobody,
    /// By user and password.
    Password {
        /// The user's name.
        user: String,
        /// The password.
        password: Secret<String>,
    },
    /// By a token, sent as `Bearer`.
    Token(Secret<String>),
}

impl Login {
    /// The header that says it; none for nobody.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        match self {
            Self::Nobody => None,
            Self::Password { user, password } => {
                let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
                hidden(&format!("Basic {pair}"))
            }
            Self::Token(token) => bearer(token),
        }
    }
}

/// The header of a token.
pub(crate) fn bearer(token: &Secret<String>) -> Option<HeaderValue> {
    hidden(&format!("Bearer {}", token.reveal()))
}

/// A header value that prints nothing.
fn hidden(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_not_printed() {
        let login = Login::Password {
            user: "ann".into(),
            password: Secret::new("correct-horse".into()),
        };
        let header = login.header().expect("a header");
        let shown = format!(
            "{login:?} {header:?} {:?}",
            Login::Token(Secret::new("battery".into()))
        );
        assert!(
            !shown.contains("horse") && !shown.contains("battery"),
            "{shown}"
        );
        assert!(
            !shown.contains(&STANDARD.encode("ann:correct-horse")),
            "{shown}"
        );
    }
}
