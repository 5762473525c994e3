//! The tokens of a template.

/// The kind of a token.
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
    /// A character that no token contains.
    Other,
    /// The end of a source with a lexical error.
    Error,
    Eof,
}

/// A token with its position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    pub(crate) offset: usize,
    pub(crate) line: usize,
}
