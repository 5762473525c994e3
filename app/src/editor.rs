//! What the editor of values knows of YAML: enough to colour it, nothing more.
//!
//! The server reads and edits the text; here no line is ever changed. Start at [`paint`].
mod paint;

pub(crate) use paint::{Ink, Line, paint};
