//! The view of a resource: while it loads, when it is loaded, and when loading failed.

use super::{ErrorPage, ProblemNotice, WaitingTitle};
use crate::{AppError, words::t};
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use serde::{Serialize, de::DeserializeOwned};

/// The line of text before the first value.
#[component]
pub(crate) fn Loading(
    /// The name of the subject.
    subject: String,
) -> impl IntoView {
    view! {
        <p class="py-6 text-[13px] text-ink-3" role="status">
            {t!(state.loading, subject = subject)}
        </p>
    }
}

/// Shows `view` of the loaded value, a line of text before, and the problem with "Try again" on failure.
#[component]
pub(crate) fn Loaded<T, F, V>(
    /// The resource.
    from: Resource<Result<T, AppError>>,
    /// The name of the subject, for "Loading …".
    #[prop(into)]
    subject: String,
    /// The pages above it, where the resource is the subject of a whole page: its problem is a page then.
    #[prop(optional)]
    parents: Vec<(String, String)>,
    /// The view of the loaded value.
    view: F,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let waiting = subject.clone();
    let loading = move || view! { <Loading subject=waiting.clone()/> };
    let retry = Callback::new(move |()| from.refetch());
    view! {
        <WaitingTitle parents=parents.clone()/>
        <Transition fallback=loading>
            {move || {
                let (view, subject, parents) = (view.clone(), subject.clone(), parents.clone());
                Suspend::new(async move {
                    match from.await {
                        Ok(value) => EitherOf3::A(view(value)),
                        Err(AppError(problem)) if !parents.is_empty() => {
                            EitherOf3::B(view! { <ErrorPage subject=subject problem=problem parents=parents retry=retry/> })
                        }
                        Err(AppError(problem)) => {
                            EitherOf3::C(view! { <ProblemNotice problem=problem retry=retry/> })
                        }
                    }
                })
            }}
        </Transition>
    }
}

/// The same for a view that only the browser loads: the first HTML has the line of text. For a form that offers
/// every cluster, which makes the HTML of many clusters large.
#[component]
pub(crate) fn LoadedInBrowser<T, F, V>(
    /// The resource.
    from: LocalResource<Result<T, AppError>>,
    /// The name of the subject, for "Loading …".
    #[prop(into)]
    subject: String,
    /// The view of the loaded value.
    view: F,
) -> impl IntoView
where
    T: Clone + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let loading = move || view! { <Loading subject=subject.clone()/> };
    let retry = Callback::new(move |()| from.refetch());
    view! {
        <Suspense fallback=loading>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match from.await {
                        Ok(value) => Either::Left(view(value)),
                        Err(AppError(problem)) => {
                            Either::Right(view! { <ProblemNotice problem=problem retry=retry/> })
                        }
                    }
                })
            }}
        </Suspense>
    }
}
