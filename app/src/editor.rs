//! The editor of values: highlighting, the history of the text, edits that the server has to make, and the copy
//! of unsaved text in the browser.
//!
//! The server parses and edits the text. Nothing here calls it; `pages/install/parameters` does.
mod highlight;
mod history;
pub(crate) mod mirror;
mod pending;
mod tabs;

pub(crate) use highlight::{Line, Style, highlight};
pub(crate) use history::{History, Place};
pub(crate) use mirror::{Mirror, Mirrored};
pub(crate) use pending::{Pending, path as edited_path};
pub(crate) use tabs::{hold, open_editors};
