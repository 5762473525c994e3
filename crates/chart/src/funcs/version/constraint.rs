//! Ranges of versions: `>=1.2 <2 || ^3.1`.
use std::cmp::Ordering;

use super::semantic::Version;

/// Whether a version falls in a range.
///
/// # Errors
/// Sprig's words, when either cannot be read.
pub(crate) fn matches(range: &str, version: &str) -> Result<bool, String> {
    let alternatives: Vec<Vec<Constraint>> = range
        .split("||")
        .map(|part| read_all(part).ok_or_else(|| format!("improper constraint: {part}")))
        .collect::<Result<_, _>>()?;
    let version = Version::read(version)?;
    Ok(alternatives
        .iter()
        .any(|all| all.iter().all(|one| one.holds(&version))))
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
    let (version, written) = partial(text)?;
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

/// A version of which the last numbers may be `x`, and how many numbers were written.
fn partial(text: &str) -> Option<(Version, usize)> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let parts: Vec<&str> = numbers.split('.').collect();
    if parts.len() > 3 {
        return None;
    }
    let any = |part: &&str| matches!(*part, "x" | "X" | "*");
    let written = parts.iter().position(any).unwrap_or(parts.len());
    let known = parts.get(..written)?.join(".");
    let version = if written == 0 { "0".to_owned() } else { known };
    Some((Version::read(&format!("{version}{rest}")).ok()?, written))
}
