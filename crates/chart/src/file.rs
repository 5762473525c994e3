//! The files of a chart.

/// A file of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path relative to the root of the chart, with `/`.
    pub name: String,
    /// The contents.
    pub data: Vec<u8>,
}
