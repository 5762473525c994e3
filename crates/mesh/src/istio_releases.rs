//! What is known about the releases of Istio at a date: how long a minor version is supported, on which
//! Kubernetes, and which release fixes a published vulnerability.
//!
//! The facts grow old, so they have a date, and a file replaces them. Start at [`IstioReleases`].

use crate::versions::{Minor, minor, release};
use jiff::civil::{Date, date};
use serde::Deserialize;
use std::cmp::Ordering;

/// The facts at a date.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IstioReleases {
    /// The date of the facts.
    pub as_of: Date,
    /// The minor versions, the oldest first; older ones are not supported.
    pub minors: Vec<MinorRelease>,
}

/// The facts about a minor version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinorRelease {
    /// The minor version, `1.31`.
    pub minor: String,
    /// The first day without support, if it is known.
    #[serde(default)]
    pub ends: Option<Date>,
    /// The oldest and the newest Kubernetes that its documentation names, such as `1.32` and `1.36`.
    #[serde(default)]
    pub kubernetes: Option<(String, String)>,
    /// The newest release that fixes a published vulnerability.
    #[serde(default)]
    pub security: Option<SecurityRelease>,
}

/// A release that fixes a published vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityRelease {
    /// The release, `1.30.4`.
    pub version: String,
    /// The id of the advisory, `ISTIO-SECURITY-2026-006`.
    pub advisory: String,
}

impl IstioReleases {
    /// The facts of this version of the program.
    ///
    /// Istio, supported releases and release notes up to 1.31.1. The support of a minor version ends about six
    /// weeks after the second one after it is released; for 1.29 that is computed.
    pub fn built_in() -> Self {
        let known = |minor: &str, ends, (oldest, newest): (&str, &str), security| MinorRelease {
            minor: minor.to_owned(),
            ends,
            kubernetes: Some((oldest.to_owned(), newest.to_owned())),
            security,
        };
        let ended = |minor: &str, ends| MinorRelease {
            minor: minor.to_owned(),
            ends: Some(ends),
            kubernetes: None,
            security: None,
        };
        let fix = SecurityRelease {
            version: "1.30.4".to_owned(),
            advisory: "ISTIO-SECURITY-2026-006".to_owned(),
        };
        Self {
            as_of: date(2026, 11, 28),
            minors: vec![
                ended("1.27", date(2026, 4, 7)),
                ended("1.28", date(2026, 7, 1)),
                known("1.29", Some(date(2026, 10, 1)), ("1.31", "1.35"), None),
                known("1.30", None, ("1.31", "1.36"), Some(fix)),
                known("1.31", None, ("1.32", "1.36"), None),
            ],
        }
    }

    /// The facts of a file, as JSON.
    ///
    /// # Errors
    /// What is wrong in it, with line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let minors: Option<Vec<Minor>> =
            parsed.minors.iter().map(|row| minor(&row.minor)).collect();
        match minors {
            None => Err("a minor version is not written as 1.31".to_owned()),
            Some(minors) if minors.is_empty() => Err("it names no minor version".to_owned()),
            Some(minors) if !minors.is_sorted() => {
                Err("its minor versions are not in order, the oldest first".to_owned())
            }
            Some(_) => Ok(parsed),
        }
    }

    /// The facts about the minor version of a release; none when they are not known.
    pub fn of(&self, version: &str) -> Option<&MinorRelease> {
        let wanted = minor(version)?;
        self.minors
            .iter()
            .find(|row| minor(&row.minor) == Some(wanted))
    }

    /// Whether a release has no support on a day; none when that is not known.
    pub fn is_unsupported(&self, version: &str, today: Date) -> Option<bool> {
        let wanted = minor(version)?;
        let oldest = self.minors.first().and_then(|row| minor(&row.minor))?;
        if wanted < oldest {
            return Some(true);
        }
        let row = self.of(version)?;
        Some(row.ends.is_some_and(|ends| ends <= today))
    }

    /// The release that fixes a published vulnerability of a version.
    pub fn security_release(&self, version: &str) -> Option<&SecurityRelease> {
        let fix = self.of(version)?.security.as_ref()?;
        (compare_patches(version, &fix.version)? == Ordering::Less).then_some(fix)
    }
}

/// Compares two releases of one minor version by their patch.
fn compare_patches(left: &str, right: &str) -> Option<Ordering> {
    Some(release(left)?.2.cmp(&release(right)?.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_ends_on_a_day_and_older_versions_have_none() {
        let releases = IstioReleases::built_in();
        let is_unsupported = |version, today| releases.is_unsupported(version, today);
        assert_eq!(is_unsupported("1.28.10", date(2026, 6, 30)), Some(false));
        assert_eq!(is_unsupported("1.28.10", date(2026, 7, 1)), Some(true));
        assert_eq!(is_unsupported("1.6.0", date(2026, 6, 30)), Some(true));
        assert_eq!(is_unsupported("1.31.1", date(2027, 6, 30)), Some(false));
        assert_eq!(is_unsupported("1.99.0", date(2026, 6, 30)), None);
        assert_eq!(is_unsupported("latest", date(2026, 6, 30)), None);
    }

    #[test]
    fn a_release_before_a_security_release_lacks_its_fix() {
        let releases = IstioReleases::built_in();
        let fix = |version| {
            releases
                .security_release(version)
                .map(|fix| fix.version.as_str())
        };
        assert_eq!(fix("1.30.3-distroless"), Some("1.30.4"));
        assert_eq!(fix("1.30.4"), None);
        assert_eq!(fix("1.30.10"), None);
        assert_eq!(fix("1.31.0"), None);
    }

    #[test]
    fn a_file_replaces_the_facts_and_says_what_is_wrong() {
        let text = r#"{"as_of": "2027-02-01", "minors": [
            {"minor": "1.31", "ends": "2027-05-01", "kubernetes": ["1.32", "1.36"],
             "security": {"version": "1.31.4", "advisory": "ISTIO-SECURITY-2027-001"}},
            {"minor": "1.32"}]}"#;
        let releases = IstioReleases::parse(text).expect("facts");
        assert!(releases.security_release("1.31.1").is_some());
        assert_eq!(
            releases.is_unsupported("1.32.0", date(2027, 6, 1)),
            Some(false)
        );
        let unsorted =
            r#"{"as_of": "2027-02-01", "minors": [{"minor": "1.31"}, {"minor": "1.30"}]}"#;
        assert!(
            IstioReleases::parse(unsorted)
                .expect_err("no facts")
                .contains("in order")
        );
        let unknown = IstioReleases::parse("{\n\"date\": 1}").expect_err("no facts");
        assert!(unknown.contains("line 2"), "{unknown}");
    }
}
