//! The login page: how to get a login link, and a field for it. The page that was asked for is opened afterwards.

use crate::{
    login_form::LoginForm,
    parts::{Glyph, Icon, Notice, Tone},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The login page.
#[component]
pub(crate) fn Login() -> impl IntoView {
    let query = use_query_map();
    let used = move || query.read().get("used").is_some();
    let done = Callback::new(move |()| {
        let next = query.read_untracked().get("next");
        let next = next.as_deref().and_then(urls::next_page);
        let page = urls::absolute(next.unwrap_or(urls::OVERVIEW));
        let _ = window().location().set_href(&page);
    });
    let unsaved = move || query.read().get("unsaved").is_some();
    view! {
        <Title text=t!(login.window_title)/>
        <main class="min-h-screen grid place-items-center p-6">
            <div class="w-full max-w-[440px] bg-surface border border-line rounded-[10px] p-6 flex flex-col gap-4">
                <div class="flex items-center gap-2.5 text-[16px] font-semibold">
                    <Icon glyph=Glyph::Span class="size-7 text-span"/>
                    "Meshspan"
                </div>
                <h1 class="text-[20px] font-semibold">{t!(login.title)}</h1>
                <Show when=used>
                    <Notice tone=Tone::Warn>{t!(login.link_used)}</Notice>
                </Show>
                <Show when=unsaved>
                    <Notice tone=Tone::Warn>{t!(login.unsaved)}</Notice>
                </Show>
                <div><LoginForm done=done/></div>
            </div>
        </main>
    }
}
