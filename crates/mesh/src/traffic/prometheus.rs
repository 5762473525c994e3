//! Reads metrics in the Prometheus text format: names, labels and values.
//!
//! Only the wanted metrics are parsed, because a proxy may report tens of thousands of others. Timestamps,
//! exemplars and comments are skipped. Start at [`metrics`].

use std::{borrow::Cow, str::Chars};

/// A sample of a metric.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Metric<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// The labels, in the order of the text.
    pub(super) labels: Vec<(&'a str, Cow<'a, str>)>,
    /// The value.
    pub(super) value: f64,
}

impl Metric<'_> {
    /// The value of a label, or "".
    pub(super) fn label(&self, name: &str) -> &str {
        let found = self.labels.iter().find(|(label, _)| *label == name);
        found.map_or("", |(_, value)| value)
    }
}

/// The number of a line that is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the metrics is malformed")]
pub(super) struct MalformedMetrics(usize);

/// The samples of the metrics with these names.
pub(super) fn metrics<'a>(
    text: &'a str,
    wanted: &'a [&'a str],
) -> impl Iterator<Item = Result<Metric<'a>, MalformedMetrics>> {
    text.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        let end = line.find(|character: char| character == '{' || character.is_whitespace())?;
        let (name, rest) = line.split_at(end);
        if !wanted.contains(&name) {
            return None;
        }
        let metric = metric(name, rest);
        Some(metric.ok_or(MalformedMetrics(index + 1)))
    })
}

fn metric<'a>(name: &'a str, rest: &'a str) -> Option<Metric<'a>> {
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(labels) => parse_labels(labels)?,
        None => (Vec::new(), rest),
    };
    let value = rest.split_whitespace().next()?;
    Some(Metric {
        name,
        labels,
        value: value.parse().ok()?,
    })
}

type Labels<'a> = Vec<(&'a str, Cow<'a, str>)>;

/// The labels after `{`, and the text after `}`.
fn parse_labels(mut rest: &str) -> Option<(Labels<'_>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, after) = parse_value(quoted)?;
        labels.push((name.trim(), value));
        rest = after;
    }
}

/// The value up to its closing quote, and the text after it.
fn parse_value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let end = text.find(['"', '\\'])?;
    if text[end..].starts_with('"') {
        return Some((Cow::Borrowed(&text[..end]), &text[end + 1..]));
    }
    let mut value = text[..end].to_owned();
    let mut characters = text[end..].chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Some((Cow::Owned(value), characters.as_str())),
            '\\' => value.push(escaped(&mut characters)?),
            character => value.push(character),
        }
    }
    None
}

fn escaped(characters: &mut Chars<'_>) -> Option<char> {
    match characters.next()? {
        'n' => Some('\n'),
        character @ ('\\' | '"') => Some(character),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
