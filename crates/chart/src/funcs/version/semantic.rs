//! Semantic versions with lenient parsing.
use std::cmp::Ordering;
use std::fmt;

/// A version; omitted components are 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) numbers: [u64; 3],
    pub(super) prerelease: String,
    pub(super) build: String,
}

impl Version {
    /// Parses a version leniently: `v1.2` is valid.
    ///
    /// # Errors
    /// The message of Go's library.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let none = "Invalid Semantic Version";
        let rest = text.strip_prefix('v').unwrap_or(text);
        let (rest, build) = split_identifiers(rest, '+').ok_or(none)?;
        let (rest, prerelease) = split_identifiers(rest, '-').ok_or(none)?;
        let parts: Vec<&str> = rest.split('.').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if parts.len() > 3 || !parts.iter().all(digits) {
            return Err(none);
        }
        if prerelease
            .split('.')
            .any(|part| part.len() > 1 && part.starts_with('0') && digits(&part))
        {
            return Err("Version segment starts with 0");
        }
        let mut numbers = [0; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = part.parse().map_err(|_| none)?;
        }
        Ok(Self {
            numbers,
            prerelease: prerelease.to_owned(),
            build: build.to_owned(),
        })
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| self.compare_prerelease(other))
    }

    pub(super) fn compare_prerelease(&self, other: &Self) -> Ordering {
        compare_prerelease(&self.prerelease, &other.prerelease)
    }
}

/// The text before a separator and the identifiers after it; `None` when an identifier is invalid.
fn split_identifiers(text: &str, separator: char) -> Option<(&str, &str)> {
    let Some((before, after)) = text.split_once(separator) else {
        return Some((text, ""));
    };
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_valid = after
        .split('.')
        .all(|identifier| !identifier.is_empty() && identifier.chars().all(is_allowed));
    is_valid.then_some((before, after))
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        for (separator, text) in [('-', &self.prerelease), ('+', &self.build)] {
            if !text.is_empty() {
                write!(f, "{separator}{text}")?;
            }
        }
        Ok(())
    }
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => {}
    }
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, _) => Ordering::Less,
            (_, None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                _ => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}
