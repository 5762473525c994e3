//! Tokens of a registry: short-lived, one a path, kept until the registry does not take them any more.

use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use wire::Secret;

/// How many are kept; when there are more, all are fetched anew.
const MOST: usize = 64;

/// Tokens by the path that they are for.
#[derive(Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, Secret<String>>>);

#[derive(Deserialize)]
struct Answer {
    token: Option<Secret<String>>,
    access_token: Option<Secret<String>>,
}

/// The token in the answer of a token service.
pub(super) fn read(body: &[u8]) -> Option<Secret<String>> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    answer.token.or(answer.access_token)
}

impl Tokens {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Secret<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn kept(&self, path: &str) -> Option<Secret<String>> {
        self.all().get(path).cloned()
    }

    pub(super) fn keep(&self, path: &str, token: Secret<String>) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(path.to_owned(), token);
    }

    pub(super) fn forget(&self, path: &str) {
        self.all().remove(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_of_two_names() {
        for body in [
            r#"{"token":"a"}"#,
            r#"{"access_token":"a","expires_in":60}"#,
        ] {
            let token = read(body.as_bytes());
            assert_eq!(token.map(Secret::into_inner).as_deref(), Some("a"));
        }
        assert!(read(b"{}").is_none() && read(b"<html>").is_none());
    }
}
