//! Go's `filepath.Match`.
//!
//! `*` and `?` do not match a slash, `[a-c]` and `[^a-c]` are sets, and a backslash escapes the
//! next character. Start at [`Pattern::parse`].

/// A pattern for a path.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Char(char),
    Any,
    AnySequence,
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Parses a pattern; `None` when it is invalid.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::AnySequence,
                '?' => Part::Any,
                '\\' => Part::Char(chars.next()?),
                '[' => parse_set(&mut chars)?,
                c => Part::Char(c),
            });
        }
        Some(Self(parts))
    }

    /// Whether the whole path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        // Most paths differ from most patterns at an end.
        let differs = |part: Option<&Part>, c: Option<char>| matches!(part, Some(Part::Char(literal)) if Some(*literal) != c);
        if differs(self.0.first(), path.chars().next())
            || differs(self.0.last(), path.chars().next_back())
        {
            return false;
        }
        let text: Vec<char> = path.chars().collect();
        let (mut part, mut at) = (0, 0);
        // The state in which the last `*` matches one more character.
        let mut backtrack: Option<(usize, usize)> = None;
        while at < text.len() || part < self.0.len() {
            let c = text.get(at).copied();
            match self.0.get(part) {
                Some(Part::AnySequence) => {
                    backtrack = Some((part, at + 1));
                    part += 1;
                    continue;
                }
                Some(part_pattern) if c.is_some_and(|c| part_pattern.matches_char(c)) => {
                    (part, at) = (part + 1, at + 1);
                    continue;
                }
                _ => {}
            }
            match backtrack {
                Some((star, from)) if from <= text.len() && text.get(from - 1) != Some(&'/') => {
                    (part, at) = (star + 1, from);
                    backtrack = Some((star, from + 1));
                }
                _ => return false,
            }
        }
        true
    }
}

impl Part {
    fn matches_char(&self, c: char) -> bool {
        match self {
            Self::Char(literal) => *literal == c,
            Self::Any => c != '/',
            Self::AnySequence => false,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
            }
        }
    }
}

fn parse_set(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Part> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Some(Part::Set { negated, ranges });
        }
        let from = set_member(chars)?;
        let to = match chars.next_if_eq(&'-') {
            Some(_) => set_member(chars)?,
            None => from,
        };
        ranges.push((from, to));
    }
}

fn set_member(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    match chars.next()? {
        '-' | ']' => None,
        '\\' => chars.next(),
        c => Some(c),
    }
}
