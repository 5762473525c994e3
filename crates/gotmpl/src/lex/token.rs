//! The pieces of a template's text.
use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Text,
    LeftDelim,
    RightDelim,
    Space,
    LeftParen,
    RightParen,
    Pipe,
    Comma,
    Declare,
    Assign,
    Field,
    Variable,
    Identifier,
    Dot,
    Nil,
    Bool,
    Number,
    Char,
    Str,
    RawStr,
    Keyword,
    /// A character that belongs nowhere.
    Other,
    Error,
    Eof,
}

/// A piece of the text, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: Cow<'a, str>,
    pub(crate) at: usize,
    pub(crate) line: usize,
}
