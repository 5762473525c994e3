//! Errors of functions and methods.
use super::Error;

/// Why a call of a function failed.
#[derive(Clone, Debug)]
pub enum FunctionError {
    /// The function failed with this message.
    Message(String),
    /// The template called `fail` or a similar function.
    Fail(String),
    /// The call exceeds a limit of the rendering.
    Limit(String),
    /// A template that the function executed failed.
    Template(Box<Error>),
}

impl FunctionError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl From<Error> for FunctionError {
    fn from(error: Error) -> Self {
        Self::Template(Box::new(error))
    }
}
