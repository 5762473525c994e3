//! The bar above every page: the cluster of the page, the palette, the theme and the account.

use crate::{
    account::AccountMenu,
    live::stream,
    page_cluster::page_cluster,
    palette::Palette,
    parts::{Glyph, Icon, Link, cluster_swatch},
    theme::Theme,
    urls,
    words::t,
};
use leptos::prelude::*;

/// The bar above every page: the cluster of the page, the palette, the theme and the account.
#[component]
pub(super) fn TopBar(menu_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="h-[52px] flex items-center gap-3 px-4 max-md:px-3 bg-surface border-b border-line relative">
            <button
                type="button"
                class="md:hidden inline-flex items-center justify-center size-10 rounded-[6px] hover:bg-sunken"
                aria-label=t!(frame.menu)
                aria-expanded=move || menu_open.get().to_string()
                on:click=move |_| menu_open.update(|open| *open = !*open)
            >
                <Icon glyph=Signal::derive(move || if menu_open.get() { Glyph::Close } else { Glyph::Menu })/>
            </button>
            <Link href=urls::OVERVIEW attr:class="flex items-center gap-2 font-semibold text-[15px] md:w-[204px]">
                <Icon glyph=Glyph::Span class="size-6 text-span"/>
                "Meshspan"
            </Link>
            <ClusterLink/>
            <Palette/>
            <span class="flex-1"></span>
            <ThemeSwitch/>
            <AccountMenu/>
        </header>
    }
}

/// The button that switches between light and dark.
#[component]
fn ThemeSwitch() -> impl IntoView {
    // The server does not know the theme of the system.
    let theme = RwSignal::new(Theme::chosen().unwrap_or(Theme::Light));
    Effect::new(move |_| theme.set(Theme::shown()));
    let label = move || match theme.get() {
        Theme::Light => t!(frame.switch_to_dark),
        Theme::Dark => t!(frame.switch_to_light),
    };
    let switch = move |_| {
        let next = theme.get_untracked().opposite();
        next.apply();
        theme.set(next);
    };
    view! {
        <button
            type="button"
            class="inline-flex items-center justify-center size-8 max-md:size-10 rounded-[6px] text-ink-2 hover:bg-sunken"
            aria-label=label
            title=label
            on:click=switch
        >
            <Icon glyph=Glyph::Sun/>
        </button>
    }
}

/// The link to the cluster of the page.
#[component]
fn ClusterLink() -> impl IntoView {
    let cluster = page_cluster();
    let link = move || {
        cluster.name().map(|name| {
            let class = cluster_swatch(stream().cluster_colour(&name));
            view! {
                <Link
                    href=urls::cluster(&name)
                    attr:class="inline-flex items-center gap-2 h-8 max-md:h-10 px-2.5 min-w-0 border border-line rounded-[6px] text-[13px] font-medium hover:bg-sunken"
                >
                    <i class=class></i>
                    <span class="truncate">{name}</span>
                </Link>
            }
        })
    };
    view! { {link} }
}
