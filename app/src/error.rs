//! The error of server functions: a [`Problem`], which the page words.

use crate::api::json::Text;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use wire::{Code, Problem};

/// The error of all server functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError(pub Problem);

impl std::fmt::Display for AppError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0.code)
    }
}

impl AppError {
    /// Parses a name in a URL.
    ///
    /// # Errors
    /// `not-found`, with the kind of the object, when the name is not valid.
    pub(crate) fn parse_name<T: TryFrom<String>>(kind: &str, text: String) -> Result<T, Self> {
        T::try_from(text.clone()).map_err(|_| {
            let problem = Problem::new(Code::NotFound);
            Self(problem.with("kind", kind).with("name", text))
        })
    }
}

impl FromServerFnError for AppError {
    type Encoder = Text;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Code::Offline,
            // On the server the arguments of the request, in the browser the response: a reverse proxy
            // may have sent it.
            ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
                if cfg!(feature = "ssr") =>
            {
                Code::BadRequest
            }
            ServerFnErrorErr::Deserialization(_) => Code::Offline,
            _ => Code::Internal,
        };
        Self(Problem::new(code))
    }
}
