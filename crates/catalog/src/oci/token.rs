//! The tokens of a registry: short-lived, one per path, cached until the registry rejects them.

use parking_lot::{Mutex, MutexGuard};
use serde::Deserialize;
use std::collections::BTreeMap;
use wire::Secret;

/// The size of the cache; a full cache is cleared.
const MAX_TOKENS: usize = 64;

/// The cached tokens by path.
#[derive(Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, Secret<String>>>);

#[derive(Deserialize)]
struct TokenResponse {
    token: Option<Secret<String>>,
    access_token: Option<Secret<String>>,
}

/// The token in the response of a token service.
pub(super) fn parse(body: &[u8]) -> Option<Secret<String>> {
    let response: TokenResponse = serde_json::from_slice(body).ok()?;
    response.token.or(response.access_token)
}

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Secret<String>>> {
        self.0.lock()
    }

    pub(super) fn get(&self, path: &str) -> Option<Secret<String>> {
        self.lock().get(path).cloned()
    }

    pub(super) fn insert(&self, path: &str, token: Secret<String>) {
        let mut tokens = self.lock();
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        tokens.insert(path.to_owned(), token);
    }

    pub(super) fn remove(&self, path: &str) {
        self.lock().remove(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_of_two_field_names() {
        for body in [
            r#"{"token":"a"}"#,
            r#"{"access_token":"a","expires_in":60}"#,
        ] {
            let token = parse(body.as_bytes());
            assert_eq!(
                token.as_ref().map(|token| token.reveal().as_str()),
                Some("a")
            );
        }
        assert!(parse(b"{}").is_none() && parse(b"<html>").is_none());
    }
}
