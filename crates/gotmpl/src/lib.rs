//! The Go text/template language, independent of Helm.
//!
//! The same source, functions and data give the same output, and every rendering ends within its
//! [`Limits`]. Start at [`Templates::parse`], then [`Templates::execute`]; the data is a [`Value`],
//! and a [`Functions`] table holds the functions that a template may call.
mod ast;
mod builtin;
mod compare;
mod error;
mod escape;
mod eval;
mod fmt;
mod function;
pub mod go_string;
mod go_version;
mod lex;
mod limits;
mod parse;
mod signature;
mod template;
mod value;

pub use compare::{deep_equal, equal, less};
pub use error::{Call, Details, Error, ErrorKind, FunctionError};
pub use eval::Evaluator;
pub use fmt::{float_text, quote, sprintf, text};
pub use function::{Function, Functions};
pub use go_version::GoVersion;
pub use limits::{Budget, Deadline, ENTRY_SIZE, ITEM_SIZE, LimitExceeded, Limits};
pub use signature::{Parameter, Signature};
pub use template::Templates;
pub use value::{ElementType, List, Map, NamedMap, Object, Value};
