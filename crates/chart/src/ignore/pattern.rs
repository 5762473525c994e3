//! Go's `filepath.Match`.
//!
//! `*` and `?` stop at a slash, `[a-c]` and `[^a-c]` are sets, and a backslash takes the next
//! character as it is. Start at [`Pattern::parse`].

/// A pattern for a path.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Char(char),
    Any,
    Many,
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Reads a pattern; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::Many,
                '?' => Part::Any,
                '\\' => Part::Char(chars.next()?),
                '[' => set(&mut chars)?,
                c => Part::Char(c),
            });
        }
        Some(Self(parts))
    }

    /// Whether the whole path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let text: Vec<char> = path.chars().collect();
        let (mut part, mut at) = (0, 0);
        // Where to go on when the last `*` takes one character more.
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() || part < self.0.len() {
            let c = text.get(at).copied();
            match self.0.get(part) {
                Some(Part::Many) => {
                    retry = Some((part, at + 1));
                    part += 1;
                    continue;
                }
                Some(part_kind) if c.is_some_and(|c| part_kind.matches_char(c)) => {
                    (part, at) = (part + 1, at + 1);
                    continue;
                }
                _ => {}
            }
            match retry {
                Some((star, from)) if from <= text.len() && text.get(from - 1) != Some(&'/') => {
                    (part, at) = (star + 1, from);
                    retry = Some((star, from + 1));
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
            Self::Char(own) => *own == c,
            Self::Any => c != '/',
            Self::Many => false,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
            }
        }
    }
}

fn set(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Part> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Some(Part::Set { negated, ranges });
        }
        let from = member(chars)?;
        let to = match chars.next_if_eq(&'-') {
            Some(_) => member(chars)?,
            None => from,
        };
        ranges.push((from, to));
    }
}

fn member(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    match chars.next()? {
        '-' | ']' => None,
        '\\' => chars.next(),
        c => Some(c),
    }
}
