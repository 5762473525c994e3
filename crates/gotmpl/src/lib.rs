//! The Go text/template language; knows nothing of Helm.
//!
//! The same text, functions and data give the same output, and whatever the text says, rendering ends
//! within its [`Limits`]. Start at [`Templates::parse`], then [`Templates::execute`]; data is a
//! [`Value`], and what a template may call is a [`Functions`] table.
mod ast;
mod builtin;
mod compare;
mod error;
mod escape;
mod eval;
mod fmt;
mod function;
mod lex;
mod limits;
mod parse;
pub mod raw;
mod template;
mod value;

pub use compare::{deep_equal, equal, less};
pub use error::{Details, Error, Kind};
pub use eval::Machine;
pub use fmt::{float_text, quote, sprintf, text};
pub use function::{Fault, Function, Functions, Kinds, Param};
pub use limits::{Clock, Limits};
pub use template::Templates;
pub use value::{List, Map, Named, Object, Of, Value};
