//! The versions of Go whose template languages differ.

/// The version of Go whose template language is executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum GoVersion {
    /// Go 1.23.
    #[default]
    Go123,
    /// Go 1.24, in which `range` accepts an integer.
    Go124,
}
