//! The head of a page: breadcrumbs, title and actions.

use super::Link;
use leptos::prelude::*;
use leptos_meta::Title;

/// The head of a page.
#[component]
pub(crate) fn Head(
    /// The title.
    #[prop(into)]
    title: String,
    /// The title of the tab, where it is another one than that of the page.
    #[prop(optional, into)]
    window_title: Option<Signal<String>>,
    /// The pages above it: title and path.
    #[prop(optional)]
    parents: Vec<(String, String)>,
    /// The actions, at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let of_page = format!("{title} · Meshspan");
    // The title of a page that was left may be computed once more.
    let window_title = move || {
        let own = window_title.and_then(|title| title.try_get());
        own.unwrap_or_else(|| of_page.clone())
    };
    view! {
        <Title text=window_title/>
        <header class="flex flex-wrap items-end gap-x-4 gap-y-2 mb-4">
            <div class="grow min-w-0 max-w-full">
                <nav class="flex gap-1 text-[12px] text-ink-3 mb-0.5" aria-label="Breadcrumb">
                    {parents
                        .into_iter()
                        .enumerate()
                        .map(|(index, (name, path))| {
                            view! {
                                {(index > 0).then(|| view! { <span aria-hidden="true">"/"</span> })}
                                <Link href=path attr:class="hover:underline">{name}</Link>
                            }
                        })
                        .collect_view()}
                </nav>
                <h1 class="text-[20px] max-md:text-[18px] font-semibold leading-tight break-words">{title}</h1>
            </div>
            {children.map(|children| view! { <div class="flex flex-wrap items-center gap-2">{children()}</div> })}
        </header>
    }
}

/// The title of the tab while the subject of a page is not known: that of the page above it. The head of the page
/// replaces it.
#[component]
pub(crate) fn WaitingTitle(
    /// The pages above it: title and path; none where the subject is a part of a page.
    parents: Vec<(String, String)>,
) -> impl IntoView {
    let above = parents.into_iter().next_back();
    above.map(|(title, _)| view! { <Title text=format!("{title} · Meshspan")/> })
}
