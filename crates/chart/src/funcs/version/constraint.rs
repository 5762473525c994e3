//! Version ranges: `>=1.2 <2 || ^3.1`.
use std::cmp::Ordering;

use super::semantic::Version;

/// Whether a version matches a range.
///
/// # Errors
/// Sprig's message, when the range or the version is invalid.
pub(crate) fn matches(range: &str, version: &str) -> Result<bool, String> {
    let alternatives: Vec<Vec<Constraint>> = range
        .split("||")
        .map(|part| parse_range(part).ok_or_else(|| format!("improper constraint: {part}")))
        .collect::<Result<_, _>>()?;
    let version = Version::parse(version)?;
    Ok(alternatives.iter().any(|constraints| {
        constraints
            .iter()
            .all(|constraint| constraint.matches_version(&version))
    }))
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

#[derive(Clone, Debug)]
struct Constraint {
    operator: Operator,
    version: Version,
    /// The number of given components; the others match any number.
    components: usize,
}

const OPERATORS: [(&str, Operator); 11] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::AtLeast),
    ("=>", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("=<", Operator::AtMost),
    ("~>", Operator::Tilde),
    ("=", Operator::Equal),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

fn parse_range(text: &str) -> Option<Vec<Constraint>> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once(" - ") {
        return Some(vec![
            parse(Operator::AtLeast, from.trim())?,
            parse(Operator::AtMost, to.trim())?,
        ]);
    }
    let mut constraints = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if rest.is_empty() {
            return if constraints.is_empty() {
                None
            } else {
                Some(constraints)
            };
        }
        let (operator, after) = OPERATORS
            .iter()
            .find_map(|(word, operator)| Some((*operator, rest.strip_prefix(word)?)))
            .unwrap_or((Operator::Equal, rest));
        let after = after.trim_start();
        let end = after.find([' ', ',']).unwrap_or(after.len());
        constraints.push(parse(operator, after.get(..end)?)?);
        rest = after.get(end..)?;
    }
}

fn parse(operator: Operator, text: &str) -> Option<Constraint> {
    let (version, components) = parse_partial(text)?;
    Some(Constraint {
        operator,
        version,
        components,
    })
}

impl Constraint {
    fn matches_version(&self, version: &Version) -> bool {
        // A prerelease matches only a constraint with a prerelease.
        if !version.prerelease.is_empty()
            && self.version.prerelease.is_empty()
            && self.operator != Operator::NotEqual
        {
            return false;
        }
        let order = version.compare(&self.version);
        let same_prefix = |count: usize| {
            version
                .numbers
                .iter()
                .zip(&self.version.numbers)
                .take(count)
                .all(|(a, b)| a == b)
        };
        match self.operator {
            Operator::Equal if self.components < 3 => same_prefix(self.components),
            Operator::Equal => order == Ordering::Equal,
            Operator::NotEqual if self.components < 3 => !same_prefix(self.components),
            Operator::NotEqual => order != Ordering::Equal,
            Operator::Greater if self.components < 3 => {
                order == Ordering::Greater && !same_prefix(self.components)
            }
            Operator::Greater => order == Ordering::Greater,
            Operator::Less => order == Ordering::Less,
            Operator::AtLeast => order != Ordering::Less,
            Operator::AtMost if self.components < 3 => {
                order == Ordering::Less || same_prefix(self.components)
            }
            Operator::AtMost => order != Ordering::Greater,
            Operator::Tilde => order != Ordering::Less && same_prefix(self.components.min(2)),
            Operator::Caret => order != Ordering::Less && self.matches_caret(version),
        }
    }

    /// `^1.2.3` fixes the components up to the first one that is not zero.
    fn matches_caret(&self, version: &Version) -> bool {
        let first = self.version.numbers.iter().position(|number| *number != 0);
        let prefix_length = first
            .map_or(self.components, |at| at + 1)
            .min(self.components);
        version
            .numbers
            .iter()
            .zip(&self.version.numbers)
            .take(prefix_length)
            .all(|(a, b)| a == b)
    }
}

/// Parses a version whose last components may be `x`, and counts the given components.
fn parse_partial(text: &str) -> Option<(Version, usize)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3 {
        return None;
    }
    let any = |part: &&str| matches!(*part, "x" | "X" | "*");
    let components = parts.iter().position(any).unwrap_or(parts.len());
    let known = parts.get(..components)?.join(".");
    let version = if components == 0 {
        "0".to_owned()
    } else {
        known
    };
    Some((
        Version::parse(&format!("{version}{rest}")).ok()?,
        components,
    ))
}
