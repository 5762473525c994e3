//! Versions and the ranges they fall in, as charts write them.
use std::cmp::Ordering;

use gotmpl::{Fault, Functions, Kinds, Map, Param, Value};

use super::text;
use Param::Str;

pub(super) fn add(table: &mut Functions) {
    table.add("semverCompare", Kinds::exactly(&[Str, Str]), |a| {
        matches(text(a, 0), text(a, 1))
            .map(Value::Bool)
            .map_err(Fault::Message)
    });
    table.add("semver", Kinds::exactly(&[Str]), |a| {
        let version =
            Version::read(text(a, 0)).ok_or_else(|| Fault::new("Invalid Semantic Version"))?;
        let map: Map = [
            ("Major", Value::Int(version.numbers[0] as i64)),
            ("Minor", Value::Int(version.numbers[1] as i64)),
            ("Patch", Value::Int(version.numbers[2] as i64)),
            ("Prerelease", version.pre.as_str().into()),
            ("Metadata", version.build.as_str().into()),
            ("Original", text(a, 0).into()),
        ]
        .into_iter()
        .collect();
        Ok(map.into())
    });
}

/// Whether a version falls in a range.
///
/// # Errors
/// Sprig's words, when either cannot be read.
pub(crate) fn matches(range: &str, version: &str) -> Result<bool, String> {
    let alternatives: Vec<Vec<Constraint>> = range
        .split("||")
        .map(read_all)
        .collect::<Option<_>>()
        .ok_or_else(|| format!("improper constraint: {range}"))?;
    let version = Version::read(version).ok_or("Invalid Semantic Version")?;
    Ok(alternatives
        .iter()
        .any(|all| all.iter().all(|one| one.holds(&version))))
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    pre: String,
    build: String,
}

impl Version {
    /// A version as people write it: `v1.2` is one.
    fn read(text: &str) -> Option<Self> {
        let (version, written) = Self::partial(text)?;
        (written > 0).then_some(version)
    }

    /// A version and how many of its numbers were written.
    fn partial(text: &str) -> Option<(Self, usize)> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = text.split_once('+').unwrap_or((text, ""));
        let (text, pre) = text.split_once('-').unwrap_or((text, ""));
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if !pre.chars().all(word) || !build.chars().all(word) {
            return None;
        }
        let mut numbers = [0; 3];
        let mut written = 0;
        for (index, part) in text.split('.').enumerate() {
            if matches!(part, "x" | "X" | "*") {
                break;
            }
            *numbers.get_mut(index)? = part.parse().ok()?;
            written = index + 1;
        }
        Some((
            Self {
                numbers,
                pre: pre.to_owned(),
                build: build.to_owned(),
            },
            written,
        ))
    }

    fn order(&self, other: &Self) -> Ordering {
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| prerelease(&self.pre, &other.pre))
    }
}

fn prerelease(a: &str, b: &str) -> Ordering {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
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
    sign: Sign,
    version: Version,
    /// How many numbers were written; the rest may be anything.
    written: usize,
}

const SIGNS: [(&str, Sign); 11] = [
    ("!=", Sign::NotEqual),
    (">=", Sign::AtLeast),
    ("=>", Sign::AtLeast),
    ("<=", Sign::AtMost),
    ("=<", Sign::AtMost),
    ("~>", Sign::Tilde),
    ("=", Sign::Equal),
    (">", Sign::Greater),
    ("<", Sign::Less),
    ("~", Sign::Tilde),
    ("^", Sign::Caret),
];

fn read_all(text: &str) -> Option<Vec<Constraint>> {
    let text = text.trim();
    if let Some((from, to)) = text.split_once(" - ") {
        return Some(vec![
            read(Sign::AtLeast, from.trim())?,
            read(Sign::AtMost, to.trim())?,
        ]);
    }
    let mut all = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if rest.is_empty() {
            return if all.is_empty() { None } else { Some(all) };
        }
        let (sign, after) = SIGNS
            .iter()
            .find_map(|(word, sign)| Some((*sign, rest.strip_prefix(word)?)))
            .unwrap_or((Sign::Equal, rest));
        let after = after.trim_start();
        let end = after.find([' ', ',']).unwrap_or(after.len());
        all.push(read(sign, after.get(..end)?)?);
        rest = after.get(end..)?;
    }
}

fn read(sign: Sign, text: &str) -> Option<Constraint> {
    let (version, written) = Version::partial(text)?;
    Some(Constraint {
        sign,
        version,
        written,
    })
}

impl Constraint {
    fn holds(&self, version: &Version) -> bool {
        // A prerelease matches only where one is asked for.
        if !version.pre.is_empty() && self.version.pre.is_empty() && self.sign != Sign::NotEqual {
            return false;
        }
        let order = version.order(&self.version);
        let same = |count: usize| {
            version
                .numbers
                .iter()
                .zip(&self.version.numbers)
                .take(count)
                .all(|(a, b)| a == b)
        };
        match self.sign {
            Sign::Equal if self.written < 3 => same(self.written),
            Sign::Equal => order == Ordering::Equal,
            Sign::NotEqual if self.written < 3 => !same(self.written),
            Sign::NotEqual => order != Ordering::Equal,
            Sign::Greater if self.written < 3 => order == Ordering::Greater && !same(self.written),
            Sign::Greater => order == Ordering::Greater,
            Sign::Less => order == Ordering::Less,
            Sign::AtLeast => order != Ordering::Less,
            Sign::AtMost if self.written < 3 => order == Ordering::Less || same(self.written),
            Sign::AtMost => order != Ordering::Greater,
            Sign::Tilde => order != Ordering::Less && same(self.written.min(2)),
            Sign::Caret => order != Ordering::Less && self.same_until_first(version),
        }
    }

    /// `^1.2.3` fixes the first number that is not zero.
    fn same_until_first(&self, version: &Version) -> bool {
        let first = self.version.numbers.iter().position(|number| *number != 0);
        let fixed = first.map_or(self.written, |at| at + 1).min(self.written);
        version
            .numbers
            .iter()
            .zip(&self.version.numbers)
            .take(fixed)
            .all(|(a, b)| a == b)
    }
}
