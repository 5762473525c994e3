//! YAML highlighting for the editor of values.
//!
//! The server parses and edits the text; this module only colours its lines. Start at [`highlight`].
mod highlight;

pub(crate) use highlight::{Line, Style, highlight};
