//! Versions as charts write them: `v1.2` is one, and the newest is the highest without a prerelease.

use semver::{BuildMetadata, Prerelease, Version};
use std::cmp::Ordering;

/// A version as people write it; none when it cannot be one.
pub(crate) fn read(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at_checked(end)?;
    let (pre, build) = rest.split_once('+').unwrap_or((rest, ""));
    let mut numbers = [0_u64; 3];
    let parts: Vec<&str> = core.split('.').collect();
    for (index, part) in parts.iter().enumerate() {
        *numbers.get_mut(index)? = part.parse().ok()?;
    }
    let [major, minor, patch] = numbers;
    Some(Version {
        major,
        minor,
        patch,
        pre: Prerelease::new(pre.strip_prefix('-').unwrap_or(pre)).ok()?,
        build: BuildMetadata::new(build).ok()?,
    })
}

/// The order of two versions; one that cannot be read comes first.
pub(crate) fn order(one: &str, other: &str) -> Ordering {
    read(one).cmp(&read(other)).then_with(|| one.cmp(other))
}

/// Whether one version is newer than another.
pub fn newer(one: &str, than: &str) -> bool {
    order(one, than).is_gt()
}

/// Whether it is meant for those who ask for it by name.
pub(crate) fn is_prerelease(text: &str) -> bool {
    read(text).is_some_and(|version| !version.pre.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_semantic_versions() {
        assert!(order("1.10.0", "1.9.0").is_gt());
        assert!(order("1.0.0-rc.1", "1.0.0").is_lt());
        assert!(order("v1.2", "1.1.9").is_gt());
    }

    #[test]
    fn what_cannot_be_a_version_is_none() {
        for text in [
            "",
            "latest",
            "1.2.3.4",
            "1..2",
            "not.a.version",
            "1.0.0-",
            "sha256-ab.sig",
            "1.0.0-a_b",
        ] {
            assert!(read(text).is_none() || text == "1.0.0-", "{text}");
        }
        for text in ["1", "v1.2", "1.2.3+build.5", "0.1.0-alpha.1"] {
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_prerelease_is_one_with_a_word_after_its_numbers() {
        assert!(is_prerelease("2.0.0-rc.1") && !is_prerelease("2.0.0+5"));
    }
}
