//! What a server function answers when it cannot: a [`Problem`], worded by the page.

use crate::api::json::Text;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use wire::{Code, Problem};

/// The one error of all server functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError(pub Problem);

impl std::fmt::Display for AppError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0.code)
    }
}

impl AppError {
    /// A name that stands in a URL, read; what cannot be one names nothing that is here.
    ///
    /// # Errors
    /// `not-found`, with `what` it should name.
    pub(crate) fn named<T: TryFrom<String>>(what: &str, text: String) -> Result<T, Self> {
        T::try_from(text.clone()).map_err(|_| {
            let problem = Problem::new(Code::NotFound);
            Self(problem.with("what", what).with("name", text))
        })
    }
}

impl FromServerFnError for AppError {
    type Encoder = Text;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Code::Offline,
            ServerFnErrorErr::Deserialization(_) => Code::NotLoggedIn,
            _ => Code::Internal,
        };
        Self(Problem::new(code))
    }
}
