//! A page whose subject cannot be shown: a title that says so, the problem, and links to other pages.

use super::{ButtonLink, Head, Kind, ProblemNotice};
use crate::{urls, words::t};
use leptos::prelude::*;
use wire::{Code, Problem};

/// A page whose subject cannot be shown.
#[component]
pub(crate) fn ErrorPage(
    /// The kind of the subject, such as `job`.
    subject: String,
    /// Why it cannot be shown.
    problem: Problem,
    /// The pages above it: title and path.
    parents: Vec<(String, String)>,
    /// Tries again, where that is possible.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let is_missing = matches!(
        problem.code,
        Code::NotFound | Code::NoRelease | Code::BadName
    );
    let title = if is_missing {
        t!(missing.subject, subject = subject)
    } else {
        t!(missing.unavailable, subject = subject)
    };
    // What does not exist is not there at the next attempt either.
    let notice = match retry.filter(|_| !is_missing) {
        Some(retry) => view! { <ProblemNotice problem=problem retry=retry/> },
        None => view! { <ProblemNotice problem=problem/> },
    };
    let nearest = parents.last().cloned();
    view! {
        <Head title=title parents=parents/>
        {notice}
        <div class="flex flex-wrap gap-2 mt-4">
            {nearest.map(|(title, path)| view! { <ButtonLink kind=Kind::Go to=path>{t!(missing.open, page = title)}</ButtonLink> })}
            <ButtonLink to=urls::OVERVIEW>{t!(missing.to_overview)}</ButtonLink>
        </div>
    }
}
