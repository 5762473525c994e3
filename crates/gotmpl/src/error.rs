//! Errors of templates, with their positions.
//!
//! The text is Go's, verbatim where possible, because users search for it. Start at [`Error`].
mod function_error;

use std::fmt;

pub use function_error::FunctionError;

/// The kind of the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The source is not a valid template.
    Parse,
    /// The execution of the template failed.
    Exec,
    /// The template exceeds a limit.
    Limit,
    /// The template called `fail` or `required`.
    Fail,
}

/// The maximum length of a text that gets another prefix, in bytes; an error inside `tpl` contains
/// whole templates.
const MAX_TEXT_LENGTH: usize = 512 * 1024;
/// The maximum number of calls in the text; only recursive templates reach it.
const MAX_CALLS: usize = 60;

/// An error of a template; [`Details`] has its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

impl std::ops::Deref for Error {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

/// One template on the way to an error: where it was, and what it reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The position, as `file:line:column`; empty when a template does not exist.
    pub location: String,
    /// The template and the expression, as `executing "NAME" at <EXPRESSION>:`.
    pub context: String,
    /// The message of this template.
    pub message: String,
}

/// The fields of an [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The kind of the error.
    pub kind: ErrorKind,
    /// The file that contains the template.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 0 as in Go; parse errors have none.
    pub column: Option<usize>,
    /// The source line.
    pub snippet: String,
    /// The reason without a position.
    pub reason: String,
    /// The position in the outermost template, as `file:line:column`.
    pub outermost: String,
    /// The existing template with the most similar name, when a template does not exist.
    pub similar: Option<String>,
    /// The complete text, as Go formats it.
    text: String,
    /// The number of calls in the text.
    calls: usize,
    /// The templates from the outermost to the one that failed; none when a function failed.
    trace: Option<Vec<Call>>,
}

/// A position in a file.
pub(crate) struct Position<'a> {
    pub(crate) file: &'a str,
    pub(crate) source: &'a str,
    pub(crate) offset: usize,
}

impl Position<'_> {
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
            kind: ErrorKind::Parse,
            file: file.to_owned(),
            line,
            column: None,
            snippet: snippet(source, line),
            reason: reason.to_owned(),
            outermost: format!("{file}:{line}"),
            similar: None,
            calls: 0,
            trace: None,
            text: format!("template: {file}:{line}: {reason}"),
        }))
    }

    /// An error at the end of a source, shown at the line on which the open block begins; the text keeps
    /// the line of the end, as Go has it.
    pub(crate) fn in_block(mut self, source: &str, opened: Option<usize>) -> Self {
        if let Some(line) = opened {
            self.0.line = line;
            self.0.snippet = snippet(source, line);
        }
        self
    }

    /// A source that is too large to be parsed.
    pub(crate) fn parse_limit(file: &str, source: &str, reason: &str) -> Self {
        let mut error = Self::parse(file, source, 1, reason);
        error.0.kind = ErrorKind::Limit;
        error
    }

    /// An error at a node of a template during its execution.
    pub(crate) fn exec(
        kind: ErrorKind,
        position: &Position,
        name: &str,
        context: &str,
        reason: &str,
    ) -> Self {
        let (line, column) = (position.line(), position.column());
        let file = position.file;
        Self(Box::new(Details {
            kind,
            file: file.to_owned(),
            line,
            column: Some(column),
            snippet: snippet(position.source, line),
            reason: reason.to_owned(),
            outermost: format!("{file}:{line}:{column}"),
            similar: None,
            calls: 0,
            trace: Some(vec![Call {
                location: format!("{file}:{line}:{column}"),
                context: format!("executing \"{name}\" at <{context}>:"),
                message: reason.to_owned(),
            }]),
            text: format!(
                "template: {file}:{line}:{column}: executing \"{name}\" at <{context}>: {reason}"
            ),
        }))
    }

    /// Adds the position of a call to the error of the called template: the error keeps its inner
    /// position, and the text lists all calls.
    pub(crate) fn called_from(
        mut self,
        position: &Position,
        name: &str,
        context: &str,
        prefix: &str,
    ) -> Self {
        let outermost = format!(
            "{}:{}:{}",
            position.file,
            position.line(),
            position.column()
        );
        if self.0.calls < MAX_CALLS && self.0.text.len() <= MAX_TEXT_LENGTH {
            self.0.calls += 1;
            self.0.text = format!(
                "template: {outermost}: executing \"{name}\" at <{context}>: {prefix}{}",
                self.0.text
            );
            if let Some(trace) = &mut self.0.trace {
                let call = Call {
                    location: outermost.clone(),
                    context: format!("executing \"{name}\" at <{context}>:"),
                    message: prefix.trim_end().to_owned(),
                };
                trace.insert(0, call);
            }
        }
        self.0.outermost = outermost;
        // The position of an error without one is that of its call.
        if self.0.line == 0 {
            position.file.clone_into(&mut self.0.file);
            self.0.line = position.line();
            self.0.column = Some(position.column());
            self.0.snippet = snippet(position.source, self.0.line);
        }
        self
    }

    /// Names the existing template with the most similar name.
    pub(crate) fn with_similar(mut self, similar: Option<String>) -> Self {
        self.0.similar = similar;
        self
    }

    /// Replaces the reason, for `fail` and `required`: the message that the template gives.
    pub(crate) fn with_reason(mut self, reason: String) -> Self {
        self.0.reason = reason;
        self
    }

    /// An error without a position in a source.
    pub(crate) fn without_position(name: &str, reason: &str) -> Self {
        Self(Box::new(Details {
            kind: ErrorKind::Exec,
            file: name.to_owned(),
            line: 0,
            column: None,
            snippet: String::new(),
            reason: reason.to_owned(),
            outermost: name.to_owned(),
            similar: None,
            calls: 0,
            trace: Some(vec![Call {
                location: String::new(),
                context: String::new(),
                message: format!("template: {reason}"),
            }]),
            text: format!("template: {reason}"),
        }))
    }

    /// Whether this is a parse error without the positions of callers.
    pub fn is_plain_parse_error(&self) -> bool {
        self.kind == ErrorKind::Parse && self.calls == 0
    }

    /// Prepends a prefix to the text, as Go's wrapped errors do.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        if self.0.calls < MAX_CALLS && self.0.text.len() + prefix.len() <= MAX_TEXT_LENGTH {
            self.0.text = format!("{prefix}: {}", self.0.text);
        }
        self.without_trace()
    }

    /// Forgets the calls: the failure is one of a function, which has its own text.
    pub(crate) fn without_trace(mut self) -> Self {
        self.0.trace = None;
        self
    }

    /// The templates from the outermost to the failed one; none when a function failed or a text could
    /// not be parsed.
    pub fn trace(&self) -> Option<&[Call]> {
        self.0.trace.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.text)
    }
}

impl std::error::Error for Error {}
