//! Reads usual version ranges without regular expressions, which take longer to compile than most charts to
//! render.
use super::{Constraint, Version, Wildcard, operator_named};

/// The operators.
const OPERATORS: [&str; 12] = [
    "", "=", "!=", ">=", "=>", "<=", "=<", ">", "<", "~", "~>", "^",
];

/// The constraints of each alternative of a range in which every version has digits only and perhaps a
/// pre-release; none for any other range, which the regular expressions decide about.
pub(super) fn simple_alternatives(range: &str) -> Option<Vec<Vec<Constraint>>> {
    let constraints = |text: &str| {
        let mut found = Vec::new();
        for part in text.split(',') {
            let before = found.len();
            let mut operator = "";
            for word in part.split(' ').filter(|word| !word.is_empty()) {
                if OPERATORS.contains(&word) && operator.is_empty() {
                    operator = word;
                } else {
                    found.push(constraint(operator, word)?);
                    operator = "";
                }
            }
            if found.len() == before || !operator.is_empty() {
                return None;
            }
        }
        Some(found)
    };
    range.split("||").map(constraints).collect()
}

/// A constraint; the operator is before the word or at its start.
fn constraint(operator: &str, word: &str) -> Option<Constraint> {
    let at = word.find(|c: char| c.is_ascii_digit() || c == 'v')?;
    let (own_operator, version) = word.split_at(at);
    let operator = match (operator, own_operator) {
        ("", operator) | (operator, "") if OPERATORS.contains(&operator) => operator,
        _ => return None,
    };
    let version = version.strip_prefix('v').unwrap_or(version);
    let end = version.find('-').unwrap_or(version.len());
    let (numbers, prerelease) = version.split_at(end);
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if parts.len() > 3 || !parts.iter().all(is_number) || !is_prerelease(prerelease) {
        return None;
    }
    let wildcard = match parts.len() {
        1 => Wildcard::Minor,
        2 => Wildcard::Patch,
        _ => Wildcard::None,
    };
    let missing = ".0".repeat(3 - parts.len());
    Some(Constraint {
        operator: operator_named(operator),
        version: Version::parse(&format!("{numbers}{missing}{prerelease}")).ok()?,
        wildcard,
    })
}

/// Whether a text is empty, or a dash and identifiers.
fn is_prerelease(text: &str) -> bool {
    let is_identifier = |part: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !part.is_empty() && part.bytes().all(is_allowed)
    };
    let identifiers = text.strip_prefix('-');
    text.is_empty() || identifiers.is_some_and(|text| text.split('.').all(is_identifier))
}

#[cfg(test)]
mod tests {
    use super::super::{alternative, without_hyphens};
    use super::*;

    /// The constraints by the regular expressions.
    fn by_expressions(range: &str) -> Option<Vec<Vec<Constraint>>> {
        let alternatives = without_hyphens(range);
        alternatives
            .split("||")
            .map(|text| alternative(text).ok())
            .collect()
    }

    #[test]
    fn a_simple_range_has_the_constraints_of_the_regular_expressions() {
        let versions = [
            "1",
            "1.2",
            "1.2.3",
            "v1.2.3",
            "1.2.3-0",
            "1.19-0",
            "1-a.b",
            "0.0.0-01",
            "1.x",
            "1.2.3.4",
            "1.2.3+b",
            "99999999999999999999",
            "1..2",
            "",
            "x",
        ];
        let mut simple = 0;
        for operator in OPERATORS.into_iter().chain(["<>", "-", "~="]) {
            for space in ["", " ", "  "] {
                for version in versions {
                    for rest in [
                        "", " ", " <2", ",<2", ", < 2.1", " , <2", ",", " || ^3", "||", "<2",
                        " - 2", "\t<2",
                    ] {
                        let range = format!("{operator}{space}{version}{rest}");
                        if let Some(found) = simple_alternatives(&range) {
                            simple += 1;
                            assert_eq!(Some(found), by_expressions(&range), "{range:?}");
                        }
                    }
                }
            }
        }
        assert!(simple > 1000, "{simple}");
        let usual = [
            ">=1.19.0-0",
            ">= 1.25.0-0 < 2",
            "^1.2 || ~3",
            ">=1.20, <1.33",
        ];
        assert!(
            usual
                .iter()
                .all(|range| simple_alternatives(range).is_some())
        );
    }
}
