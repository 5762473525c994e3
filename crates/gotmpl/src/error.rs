//! What went wrong in a template, and where.
//!
//! The text is Go's, word for word where that is possible, because people search for it. Start at
//! [`Error`].
use std::fmt;

/// What sort of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text is not a template.
    Parse,
    /// The template could not be carried out.
    Exec,
    /// The template asked for more than the limits allow.
    Limit,
    /// The author of the template stopped it on purpose (`fail`, `required`).
    Refused,
}

/// A text longer than this tells no more of the way it came; one that came through `tpl` holds whole
/// templates.
const LONGEST: usize = 512 * 1024;
/// Nor does one that came through so many templates: only templates that call themselves get there.
const MOST_WAYS: usize = 60;

/// A failure in a template; what is known of it is in [`Details`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

impl std::ops::Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// What is known of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// What sort of failure it is.
    pub kind: Kind,
    /// The file the text came from.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 0 as Go does; parse errors know none.
    pub column: Option<usize>,
    /// The line of the template, as written.
    pub snippet: String,
    /// The reason alone, without any place.
    pub reason: String,
    /// The place in the outermost template, as `file:line:column`.
    pub outermost: String,
    /// The whole text, as Go words it.
    text: String,
    /// How many calls the text tells of.
    ways: usize,
}

/// Where in a file something stands.
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    pub(crate) source: &'a str,
    pub(crate) offset: usize,
}

impl Place<'_> {
    fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    fn column(&self) -> usize {
        let before = self.before();
        before.len() - before.rfind('\n').map_or(0, |at| at + 1)
    }

    fn before(&self) -> &str {
        let mut offset = self.offset.min(self.source.len());
        while !self.source.is_char_boundary(offset) {
            offset -= 1;
        }
        self.source.get(..offset).unwrap_or_default()
    }
}

fn snippet(source: &str, line: usize) -> String {
    source
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .to_owned()
}

impl Error {
    pub(crate) fn parse(file: &str, source: &str, line: usize, reason: &str) -> Self {
        Self(Box::new(Details {
            kind: Kind::Parse,
            file: file.to_owned(),
            line,
            column: None,
            snippet: snippet(source, line),
            reason: reason.to_owned(),
            outermost: format!("{file}:{line}"),
            ways: 0,
            text: format!("template: {file}:{line}: {reason}"),
        }))
    }

    /// An error at a node of a template that is being carried out.
    pub(crate) fn exec(kind: Kind, place: &Place, name: &str, context: &str, reason: &str) -> Self {
        let (line, column) = (place.line(), place.column());
        let file = place.file;
        Self(Box::new(Details {
            kind,
            file: file.to_owned(),
            line,
            column: Some(column),
            snippet: snippet(place.source, line),
            reason: reason.to_owned(),
            outermost: format!("{file}:{line}:{column}"),
            ways: 0,
            text: format!(
                "template: {file}:{line}:{column}: executing \"{name}\" at <{context}>: {reason}"
            ),
        }))
    }

    /// An error that happened inside of a template called from here: the place is the inner one, the
    /// text tells the whole way.
    pub(crate) fn through(mut self, place: &Place, name: &str, context: &str, said: &str) -> Self {
        let outermost = format!("{}:{}:{}", place.file, place.line(), place.column());
        if self.0.ways < MOST_WAYS && self.0.text.len() <= LONGEST {
            self.0.ways += 1;
            self.0.text = format!(
                "template: {outermost}: executing \"{name}\" at <{context}>: {said}{}",
                self.0.text
            );
        }
        self.0.outermost = outermost;
        self
    }

    /// A refusal: the reason is what the author of the template wrote.
    pub(crate) fn refused(mut self, reason: String) -> Self {
        self.0.reason = reason;
        self
    }

    /// An error that belongs to no place in a text.
    pub(crate) fn nowhere(name: &str, reason: &str) -> Self {
        Self(Box::new(Details {
            kind: Kind::Exec,
            file: name.to_owned(),
            line: 0,
            column: None,
            snippet: String::new(),
            reason: reason.to_owned(),
            outermost: name.to_owned(),
            ways: 0,
            text: format!("template: {reason}"),
        }))
    }

    /// Whether the text of a template could not be read, and nothing stands around that.
    pub fn is_bare(&self) -> bool {
        self.kind == Kind::Parse && self.outermost == format!("{}:{}", self.file, self.line)
    }

    /// Puts words before the text, as Go's wrapped errors do.
    #[must_use]
    pub fn wrapped(mut self, words: &str) -> Self {
        if self.0.ways < MOST_WAYS && self.0.text.len() + words.len() <= LONGEST {
            self.0.text = format!("{words}: {}", self.0.text);
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.text)
    }
}

impl std::error::Error for Error {}
