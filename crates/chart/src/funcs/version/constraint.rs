//! Version ranges, as Masterminds semver 3.3.0 judges them: `>=1.2 <2 || ^3.1`.
mod simple;

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::semantic::Version;
use simple::simple_alternatives;

/// A version whose components may be missing or wildcards: major, minor, patch, pre-release.
const PARTIAL: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?";
const OPERATOR: &str = r"=<|=>|<=|>=|!=|~>|=|<|>|~|\^|";

/// `1.2 - 1.4`, anywhere in a range.
static HYPHEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"\s*({PARTIAL})\s+-\s+({PARTIAL})\s*")).ok());
/// The constraints of one alternative, separated by spaces or commas.
static ALTERNATIVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let constraint = format!(r"(?:{OPERATOR})\s*(?:{PARTIAL})\s*");
    Regex::new(&format!(r"^\s*{constraint}(?:(?:\s+|,\s*){constraint})*$")).ok()
});
static CONSTRAINT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"({OPERATOR})\s*({PARTIAL})")).ok());

/// Whether a version matches a range.
///
/// # Errors
/// Sprig's message, when the range or the version is invalid.
pub(crate) fn matches(range: &str, version: &str) -> Result<bool, String> {
    let alternatives = match simple_alternatives(range) {
        Some(alternatives) => alternatives,
        None => without_hyphens(range)
            .split("||")
            .map(alternative)
            .collect::<Result<_, _>>()?,
    };
    let version = Version::parse(version)?;
    Ok(alternatives.iter().any(|constraints| {
        constraints
            .iter()
            .all(|constraint| constraint.matches_version(&version))
    }))
}

/// The range with each `1.2 - 1.4` written as two constraints.
fn without_hyphens(range: &str) -> String {
    let Some(hyphen) = HYPHEN.as_ref() else {
        return range.to_owned();
    };
    let replaced = hyphen.replace_all(range, |found: &Captures| {
        let version = |at| {
            found
                .get(at)
                .map_or("", |version: regex::Match| version.as_str())
        };
        format!(">= {}, <= {} ", version(1), version(6))
    });
    replaced.into_owned()
}

fn alternative(text: &str) -> Result<Vec<Constraint>, String> {
    let improper = || format!("improper constraint: {text}");
    let (Some(valid), Some(constraint)) = (ALTERNATIVE.as_ref(), CONSTRAINT.as_ref()) else {
        return Err(improper());
    };
    if !valid.is_match(text) {
        return Err(improper());
    }
    constraint
        .captures_iter(text)
        .map(|found| parse(&found).ok_or_else(|| "constraint Parser Error".to_owned()))
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    AtLeast,
    AtMost,
    Tilde,
    Caret,
}

/// The first component that is missing or a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wildcard {
    None,
    Major,
    Minor,
    Patch,
}

#[derive(Clone, Debug, PartialEq)]
struct Constraint {
    operator: Operator,
    version: Version,
    wildcard: Wildcard,
}

fn operator_named(name: &str) -> Operator {
    match name {
        "!=" => Operator::NotEqual,
        ">=" | "=>" => Operator::AtLeast,
        "<=" | "=<" => Operator::AtMost,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        "~" | "~>" => Operator::Tilde,
        "^" => Operator::Caret,
        _ => Operator::Equal,
    }
}

fn parse(found: &Captures) -> Option<Constraint> {
    let group = |at| found.get(at).map_or("", |text: regex::Match| text.as_str());
    let operator = operator_named(group(1));
    let (major, minor, patch, prerelease) = (group(3), group(4), group(5), group(6));
    let is_any = |component: &str| matches!(component, "" | "x" | "X" | "*" | ".x" | ".X" | ".*");
    let (wildcard, version) = if is_any(major) {
        (Wildcard::Major, format!("0.0.0{prerelease}"))
    } else if is_any(minor) {
        (Wildcard::Minor, format!("{major}.0.0{prerelease}"))
    } else if is_any(patch) {
        (Wildcard::Patch, format!("{major}{minor}.0{prerelease}"))
    } else {
        (Wildcard::None, format!("{major}{minor}{patch}{prerelease}"))
    };
    Some(Constraint {
        operator,
        version: Version::parse(&version).ok()?,
        wildcard,
    })
}

impl Constraint {
    fn matches_version(&self, version: &Version) -> bool {
        let has_wildcard = self.wildcard != Wildcard::None;
        // A pre-release matches only a constraint with a pre-release; `!=` of a complete version is
        // the exception.
        let is_plain_inequality = self.operator == Operator::NotEqual && !has_wildcard;
        if !version.prerelease.is_empty()
            && self.version.prerelease.is_empty()
            && !is_plain_inequality
        {
            return false;
        }
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal if has_wildcard => self.matches_tilde(version),
            Operator::Equal => order == Ordering::Equal,
            Operator::NotEqual => self.differs(version),
            Operator::Greater if has_wildcard => self.is_exceeded_by(version),
            Operator::Greater => order == Ordering::Greater,
            Operator::Less => order == Ordering::Less,
            Operator::AtLeast => order != Ordering::Less,
            Operator::AtMost if has_wildcard => self.is_not_exceeded_by(version),
            Operator::AtMost => order != Ordering::Greater,
            Operator::Tilde => self.matches_tilde(version),
            Operator::Caret => self.matches_caret(version),
        }
    }

    /// Whether a version is not any of those that the constraint describes.
    fn differs(&self, version: &Version) -> bool {
        let [major, minor, patch] = self.version.numbers;
        if self.wildcard == Wildcard::None {
            return version.compare(&self.version) != Ordering::Equal;
        }
        if version.numbers[0] != major {
            return true;
        }
        match self.wildcard {
            Wildcard::Minor => false,
            _ if version.numbers[1] != minor => true,
            Wildcard::Patch => version.compare_prerelease(&self.version) != Ordering::Equal,
            _ => version.numbers[2] != patch || version.compare(&self.version) != Ordering::Equal,
        }
    }

    /// Whether a version is greater than all of those that the constraint describes.
    fn is_exceeded_by(&self, version: &Version) -> bool {
        let [major, minor, _] = self.version.numbers;
        match version.numbers[0].cmp(&major) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => match self.wildcard {
                Wildcard::Minor => false,
                Wildcard::Patch => version.numbers[1] > minor,
                _ => version.compare(&self.version) == Ordering::Greater,
            },
        }
    }

    /// Whether a version is not greater than all of those that the constraint describes.
    fn is_not_exceeded_by(&self, version: &Version) -> bool {
        let [major, minor, _] = self.version.numbers;
        version.numbers[0] < major
            || version.numbers[0] == major
                && (version.numbers[1] <= minor || self.wildcard == Wildcard::Minor)
    }

    /// `~1.2.3` fixes the major and the minor component; `~0.0.0` fixes nothing.
    fn matches_tilde(&self, version: &Version) -> bool {
        if version.compare(&self.version) == Ordering::Less {
            return false;
        }
        let [major, minor, _] = self.version.numbers;
        let fixes_nothing = self.version.numbers == [0, 0, 0]
            && matches!(self.wildcard, Wildcard::None | Wildcard::Major);
        fixes_nothing
            || version.numbers[0] == major
                && (version.numbers[1] == minor || self.wildcard == Wildcard::Minor)
    }

    /// `^1.2.3` fixes the components up to the first one that is not zero.
    fn matches_caret(&self, version: &Version) -> bool {
        if version.compare(&self.version) == Ordering::Less {
            return false;
        }
        let [major, minor, patch] = self.version.numbers;
        let [version_major, version_minor, version_patch] = version.numbers;
        if major > 0 || self.wildcard == Wildcard::Minor || version_major > 0 {
            return version_major == major;
        }
        if minor > 0 || self.wildcard == Wildcard::Patch || version_minor > 0 {
            return version_minor == minor;
        }
        version_patch == patch
    }
}
