//! The page for an unknown path, with links to the pages whose paths are similar.

use super::frame::Framed;
use crate::{
    parts::{ButtonLink, Glyph, Head, Icon, Kind, Link},
    urls::{self, Page, nearest},
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The page for an unknown path.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    view! { <Framed><NotFound/></Framed> }
}

#[component]
fn NotFound() -> impl IntoView {
    let path = use_location().pathname;
    let similar = move || path.with(|path| nearest(urls::without_base(path)));
    let link = |page: Page| {
        let title = page.title()?;
        Some(view! {
            <li>
                <Link
                    href=page.path()
                    attr:class="inline-flex items-center gap-1.5 min-h-6 max-md:min-h-10 text-span font-medium hover:underline"
                >
                    <Icon glyph=Glyph::Next/>
                    {title}
                </Link>
            </li>
        })
    };
    view! {
        <Head title=t!(missing.title)/>
        <section class="bg-surface border border-line rounded-[10px] px-5 py-5 text-[13px]">
            <p class="text-ink-2">
                {t!(missing.text)} " " <code class="font-mono break-all">{path}</code>
            </p>
            <h2 class="mt-4 mb-1 font-semibold">{t!(missing.similar)}</h2>
            <ul>{move || similar().into_iter().filter_map(link).collect_view()}</ul>
            <div class="mt-4">
                <ButtonLink kind=Kind::Go to=urls::OVERVIEW>{t!(missing.to_overview)}</ButtonLink>
            </div>
        </section>
    }
}
