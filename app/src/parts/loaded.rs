//! What a page shows while something comes, when it came, and when it could not.

use super::ProblemNotice;
use crate::{AppError, words::t};
use leptos::{either::Either, prelude::*};
use serde::{Serialize, de::DeserializeOwned};

/// Shows `view` of what comes; a line while it comes, the problem with "Try again" when it cannot.
#[component]
pub(crate) fn Loaded<T, F, V>(
    /// What comes.
    from: Resource<Result<T, AppError>>,
    /// What is loading, as a person says it.
    #[prop(into)]
    what: String,
    /// How it is shown.
    view: F,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let waiting = move || {
        view! {
            <p class="py-6 text-[13px] text-ink-3" role="status">
                {t!(state.loading, what = what.clone())}
            </p>
        }
    };
    let again = Callback::new(move |()| from.refetch());
    view! {
        <Transition fallback=waiting>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match from.await {
                        Ok(found) => Either::Left(view(found)),
                        Err(AppError(problem)) => {
                            Either::Right(view! { <ProblemNotice problem=problem again=again/> })
                        }
                    }
                })
            }}
        </Transition>
    }
}
