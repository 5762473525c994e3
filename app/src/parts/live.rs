//! The view of a resource that is read again while the page is open: its elements stay, and follow the value.

use super::{ErrorPage, Loading, ProblemNotice, WaitingTitle, exactly};
use crate::{AppError, clock::clock, words::t};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::HashMap, hash::Hash};
use wasm_bindgen::JsCast as _;
use wire::Time;

#[cfg(all(test, feature = "ssr"))]
mod tests;

/// What is known of the resource: a failure keeps the last value.
#[derive(Clone, PartialEq)]
struct Latest<T> {
    value: Option<T>,
    failure: Option<AppError>,
}

/// Shows `view` of the latest value, a line of text before the first one, and above it the problem when the
/// last read failed.
#[component]
pub(crate) fn Live<T, F, V>(
    /// The resource.
    from: Resource<Result<T, AppError>>,
    /// The name of the subject, for "Loading …".
    #[prop(into)]
    subject: String,
    /// The pages above it, where the resource is the subject of a whole page: its problem is a page, as long
    /// as there is no value.
    #[prop(optional)]
    parents: Vec<(String, String)>,
    /// The view; it is made once.
    view: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let waiting = subject.clone();
    let above = parents.clone();
    // The view is made after the first read, not beside it: the server reads on other threads, and a memo whose
    // source changes while it is computed keeps the value of before.
    let latest = move || {
        let (subject, parents, view) = (subject.clone(), parents.clone(), view.clone());
        Suspend::new(async move {
            let _first = from.await;
            view! { <LatestView from=from subject=subject parents=parents view=view/> }
        })
    };
    view! {
        <WaitingTitle parents=above/>
        <Transition fallback=move || view! { <Loading subject=waiting.clone()/> }>{latest()}</Transition>
    }
}

/// The content of [`Live`], in the boundary that waits for the first value.
#[component]
fn LatestView<T, F, V>(
    from: Resource<Result<T, AppError>>,
    subject: String,
    parents: Vec<(String, String)>,
    view: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let latest = Memo::new(move |before: Option<&Latest<T>>| {
        let known = before.and_then(|before| before.value.clone());
        match from.get() {
            Some(Ok(value)) => Latest {
                value: Some(value),
                failure: None,
            },
            Some(Err(failure)) => Latest {
                value: known,
                failure: Some(failure),
            },
            None => Latest {
                value: known,
                failure: None,
            },
        }
    });
    let is_known = Memo::new(move |_| latest.with(|latest| latest.value.is_some()));
    let failure = Memo::new(move |_| latest.with(|latest| latest.failure.clone()));
    let page_subject = subject.clone();
    let content = move || {
        if !is_known.get() {
            let waits = failure.with(Option::is_none);
            return waits
                .then(|| view! { <Loading subject=subject.clone()/> })
                .into_any();
        }
        let first = latest.with_untracked(|latest| latest.value.clone());
        let shown = first.map(|first| {
            let value = Memo::new(move |_| {
                let latest = latest.with(|latest| latest.value.clone());
                latest.unwrap_or_else(|| first.clone())
            });
            view(value.into())
        });
        shown.into_any()
    };
    let retry = Callback::new(move |()| from.refetch());
    view! {
        <Failure failure=failure is_known=is_known page=(page_subject, parents) retry=retry/>
        {content}
    }
}

/// The problem of the last read: a page of its own as long as nothing is known, where the resource is the subject
/// of a whole page.
#[component]
fn Failure(
    failure: Memo<Option<AppError>>,
    is_known: Memo<bool>,
    page: (String, Vec<(String, String)>),
    retry: Callback<()>,
) -> impl IntoView {
    let page = StoredValue::new(page);
    move || {
        let is_known = is_known.get();
        failure
            .get()
            .map(|AppError(problem)| {
                match page.get_value() {
            (subject, parents) if !is_known && !parents.is_empty() => {
                view! { <ErrorPage subject=subject problem=problem parents=parents retry=retry/> }
                    .into_any()
            }
            _ => view! { <div class="mb-3"><ProblemNotice problem=problem retry=retry/></div> }
                .into_any(),
        }
            })
    }
}

/// Rows by key: the element of a row stays as long as its key is listed, and follows its value.
#[component]
pub(crate) fn Rows<T, K, N, F, V>(
    /// The rows, in order.
    rows: Signal<Vec<T>>,
    /// The key of a row.
    key: N,
    /// The view of a row; it is made once.
    view: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
    N: Fn(&T) -> K + Clone + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let (name, own_name) = (key.clone(), key.clone());
    let by_key = Memo::new(move |_| {
        rows.with(|rows| {
            let rows = rows.iter().map(|row| (name(row), row.clone()));
            rows.collect::<HashMap<K, T>>()
        })
    });
    let row = move |first: T| {
        let own = own_name(&first);
        let current = Memo::new(move |_| {
            let current = by_key.with(|rows| rows.get(&own).cloned());
            current.unwrap_or_else(|| first.clone())
        });
        view(current.into())
    };
    // Elements that change their place lose the focus: it is given back.
    let placed = RwSignal::new(rows.get_untracked());
    Effect::new(move |is_first: Option<()>| {
        let rows = rows.get();
        if is_first.is_some() {
            let focused = Focused::now();
            placed.set(rows);
            focused.keep();
        }
    });
    view! { <For each=move || placed.get() key=key children=row/> }
}

/// The element that has the focus.
struct Focused(Option<web_sys::HtmlElement>);

impl Focused {
    fn now() -> Self {
        let element = document().active_element();
        Self(element.and_then(|element| element.dyn_into().ok()))
    }

    /// Gives the focus back once the rows are in their places, if it was lost by then.
    fn keep(self) {
        let Some(element) = self.0 else { return };
        request_animation_frame(move || {
            let is_lost = document().active_element() == document().body().map(Into::into);
            if is_lost && element.is_connected() {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                let _ = element.focus_with_options(&options);
            }
        });
    }
}

/// When a page or a card was read, such as "Updated 4s ago".
#[component]
pub(crate) fn Updated(
    /// When it was read.
    #[prop(into)]
    at: Signal<Time>,
) -> impl IntoView {
    let clock = clock();
    view! {
        <span class="text-[12px] text-ink-3 tabular whitespace-nowrap" title=exactly(at)>
            {move || t!(state.updated, ago = clock.ago(at.get()))}
        </span>
    }
}
