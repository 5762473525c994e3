//! Pages of a thing that their path names: the server answers 404 when it does not exist.
//!
//! The first bytes of such a page wait for the thing, though not long: a page of a slow cluster is sent
//! before it is known. Start at [`named`].

use crate::AppError;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// The resource of the thing that the path of a page names.
pub(crate) fn named<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    load: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let thing = Resource::new(source, load);
    answer_missing(move || thing.into_future());
    thing
}

/// On the server, answers 404 when what a page needs does not exist; nothing in the browser.
#[cfg_attr(
    not(feature = "ssr"),
    expect(unused_variables, reason = "only the server answers")
)]
pub(crate) fn answer_missing<T, F>(found: impl FnOnce() -> F)
where
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    #[cfg(feature = "ssr")]
    crate::ssr::answer_missing(found());
}
