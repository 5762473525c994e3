//! The bar above every page: cluster and namespace of the page, the palette, notifications, help and the account.

use super::namespaces::NamespaceSwitcher;
use crate::{
    account::AccountMenu,
    help::HelpMenu,
    live::{Stream, stream},
    page_cluster::page_cluster,
    pages::notifications::{NotificationMenu, Notifications},
    palette::Palette,
    parts::{Glyph, Icon, Link, Menu, cluster_swatch},
    theme::Theme,
    urls,
    words::t,
};
use leptos::prelude::*;

/// The bar above every page.
#[component]
pub(super) fn TopBar(menu_open: RwSignal<bool>, notifications: Notifications) -> impl IntoView {
    view! {
        <header class="h-[52px] flex items-center gap-2 px-4 max-md:px-3 max-md:gap-1 bg-surface border-b border-line relative">
            <button
                type="button"
                class="md:hidden inline-flex items-center justify-center size-10 shrink-0 rounded-[6px] hover:bg-sunken"
                aria-label=t!(frame.menu)
                aria-expanded=move || menu_open.get().to_string()
                on:click=move |_| menu_open.update(|open| *open = !*open)
            >
                <Icon glyph=Signal::derive(move || if menu_open.get() { Glyph::Close } else { Glyph::Menu })/>
            </button>
            <Link href=urls::OVERVIEW attr:class="flex items-center gap-2 font-semibold text-[15px] md:w-[204px] shrink-0">
                <Icon glyph=Glyph::Span class="size-6 text-span"/>
                <span class="max-md:sr-only">"Meshspan"</span>
            </Link>
            <ClusterSwitcher/>
            <NamespaceSwitcher/>
            <Palette/>
            <span class="flex-1"></span>
            <NotificationMenu of=notifications/>
            <HelpMenu/>
            <ThemeSwitch/>
            <AccountMenu/>
        </header>
    }
}

/// The button that switches between light and dark; on a phone, the settings do.
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
        let next = Theme::shown().opposite();
        next.apply();
        theme.set(next);
    };
    view! {
        <button
            type="button"
            class="max-md:hidden inline-flex items-center justify-center size-8 rounded-[6px] text-ink-2 hover:bg-sunken"
            aria-label=label
            title=label
            on:click=switch
        >
            <Icon glyph=Glyph::Sun/>
        </button>
    }
}

/// The cluster of the page, and a menu with all of them.
#[component]
fn ClusterSwitcher() -> impl IntoView {
    let open = RwSignal::new(false);
    let cluster = page_cluster();
    let live = stream();
    let label = Signal::derive(move || match cluster.name() {
        Some(name) => t!(frame.switch_cluster_from, cluster = name),
        None => t!(frame.switch_cluster),
    });
    let button = ViewFn::from(move || match cluster.name() {
        Some(name) => {
            let class = cluster_swatch(live.cluster_colour(&name));
            view! {
                <i class=class></i>
                <span class="truncate font-medium text-ink max-w-[220px] max-md:max-w-[92px]">{name}</span>
                <Icon glyph=Glyph::Chevron class="size-3 shrink-0"/>
            }
            .into_any()
        }
        None => view! {
            <Icon glyph=Glyph::Clusters/>
            <span class="max-md:hidden">{t!(frame.clusters)}</span>
            <Icon glyph=Glyph::Chevron class="size-3 shrink-0"/>
        }
        .into_any(),
    });
    view! {
        <Menu label=label open=open button=button from_left=true>
            {clusters(live)}
            <p class="px-3.5 pt-2 pb-1 border-t border-line text-[13px]">
                <Link href=urls::CLUSTERS attr:class="text-span font-medium hover:underline">{t!(frame.all_clusters)}</Link>
            </p>
        </Menu>
    }
}

/// Every cluster, by its name.
fn clusters(live: Stream) -> impl IntoView {
    let row = |(name, colour, is_reachable): (wire::ClusterName, u8, bool)| {
        view! {
            <li>
                <Link
                    href=urls::cluster(&name)
                    attr:class="flex items-center gap-2.5 px-3.5 h-9 max-md:h-11 text-[13px] hover:bg-sunken aria-[current=page]:bg-span-soft"
                >
                    <i class=cluster_swatch(colour)></i>
                    <span class="flex-1 min-w-0 truncate">{name.to_string()}</span>
                    {(!is_reachable).then(|| view! { <span class="text-[12px] text-ink-3">{t!(frame.unusable)}</span> })}
                </Link>
            </li>
        }
    };
    move || {
        let clusters = live.frame.get().map(|frame| frame.clusters);
        let clusters = clusters.unwrap_or_default();
        if clusters.is_empty() {
            return view! { <p class="px-3.5 py-2 text-[13px] text-ink-3">{t!(frame.no_clusters)}</p> }
                .into_any();
        }
        view! { <ul class="pb-1">{clusters.into_iter().map(row).collect_view()}</ul> }.into_any()
    }
}
