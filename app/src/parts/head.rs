//! A page's head: where it is, its name, and what can be done.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

/// A page's head.
#[component]
pub(crate) fn Head(
    /// The page's name.
    #[prop(into)]
    title: String,
    /// Pages above it: name and URL.
    #[prop(optional)]
    above: Vec<(String, String)>,
    /// What can be done, at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let tab = format!("{title} · Meshspan");
    view! {
        <Title text=tab/>
        <header class="flex flex-wrap items-end gap-x-4 gap-y-2 mb-4">
            <div class="grow min-w-0 max-w-full">
                <nav class="flex gap-1 text-[12px] text-ink-3 mb-0.5" aria-label="Breadcrumb">
                    {above
                        .into_iter()
                        .enumerate()
                        .map(|(place, (name, to))| {
                            view! {
                                {(place > 0).then(|| view! { <span aria-hidden="true">"/"</span> })}
                                <A href=to attr:class="hover:underline">{name}</A>
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
