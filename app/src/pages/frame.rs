//! The frame around every page: top bar, navigation, and the band in the colour of the page's cluster.

use crate::{
    account::AccountMenu,
    api,
    expired::ExpiredSession,
    live::stream,
    page_cluster::{PageCluster, page_cluster},
    palette::Palette,
    parts::{Glyph, Icon, Link, Notice, Tone, cluster_swatch, tw},
    theme::Theme,
    urls::{self, Page},
    words::t,
};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

/// The frame around every page.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    PageCluster::provide();
    let menu_open = RwSignal::new(false);
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        menu_open.set(false);
    });
    view! {
        <a href="#main" class="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:p-3 focus:bg-surface">
            {t!(frame.skip_to_content)}
        </a>
        <TopBar menu_open=menu_open/>
        <Band/>
        <div class="md:grid md:grid-cols-[220px_minmax(0,1fr)] min-h-[calc(100vh_-_55px)]">
            <Navigation menu_open=menu_open/>
            <main id="main" class="min-w-0 max-w-[1440px] px-7 pt-5 pb-10 max-md:px-4 max-md:pt-4">
                <SessionNotices/>
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn TopBar(menu_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="h-[52px] flex items-center gap-3 px-4 max-md:px-3 bg-surface border-b border-line relative z-10">
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

/// Three pixels in the colour of the page's cluster.
#[component]
fn Band() -> impl IntoView {
    let cluster = page_cluster();
    let colour = move || {
        let name = cluster.name();
        name.map(|name| stream().cluster_colour(&name))
    };
    let class = move || match colour() {
        None => tw("h-[3px] bg-sunken"),
        Some(2) => tw("h-[3px] bg-c2"),
        Some(3) => tw("h-[3px] bg-c3"),
        Some(4) => tw("h-[3px] bg-c4"),
        Some(5) => tw("h-[3px] bg-c5"),
        Some(6) => tw("h-[3px] bg-c6"),
        Some(7) => tw("h-[3px] bg-c7"),
        Some(8) => tw("h-[3px] bg-c8"),
        Some(_) => tw("h-[3px] bg-c1"),
    };
    view! { <div class=class></div> }
}

#[component]
fn Navigation(menu_open: RwSignal<bool>) -> impl IntoView {
    let class = move || {
        if menu_open.get() {
            tw(
                "flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line max-md:absolute max-md:z-20 max-md:inset-x-0 max-md:border-b max-md:shadow-float",
            )
        } else {
            tw("flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line max-md:hidden")
        }
    };
    let pages = |group: NavGroup| {
        let pages = Page::ALL.into_iter().filter_map(nav_entry);
        pages
            .filter(|entry| entry.group == group)
            .map(|entry| view! { <NavItem entry=entry/> })
            .collect_view()
    };
    view! {
        <nav class=class aria-label=t!(frame.menu)>
            {pages(NavGroup::Infrastructure)}
            <GroupTitle title=t!(frame.apps)/>
            {pages(NavGroup::Apps)}
            <GroupTitle title=t!(frame.account)/>
            {pages(NavGroup::Account)}
        </nav>
    }
}

/// A group of pages in the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NavGroup {
    Infrastructure,
    Apps,
    Account,
}

/// A page in the navigation.
struct NavEntry {
    page: Page,
    title: String,
    group: NavGroup,
    glyph: Glyph,
}

/// The entry of a page: every page that opens from anywhere has one, except those that another page opens.
fn nav_entry(page: Page) -> Option<NavEntry> {
    use NavGroup::{Account, Apps, Infrastructure};
    let (group, glyph) = match page {
        Page::Overview => (Infrastructure, Glyph::Overview),
        Page::Clusters => (Infrastructure, Glyph::Clusters),
        Page::Meshes => (Infrastructure, Glyph::Span),
        Page::Catalog => (Apps, Glyph::Catalog),
        Page::Repositories => (Apps, Glyph::Repositories),
        Page::Releases => (Apps, Glyph::Releases),
        Page::Jobs => (Apps, Glyph::Jobs),
        Page::Sessions => (Account, Glyph::Key),
        Page::Login
        | Page::Cluster
        | Page::NewMesh
        | Page::Mesh
        | Page::Chart
        | Page::Install
        | Page::Release
        | Page::Job => return None,
    };
    Some(NavEntry {
        page,
        title: page.title()?,
        group,
        glyph,
    })
}

#[component]
fn GroupTitle(title: String) -> impl IntoView {
    view! {
        <p class="mt-3 mb-1 px-2.5 text-[11px] font-semibold tracking-wide uppercase text-ink-3">{title}</p>
    }
}

/// The count beside a page: the registered clusters, the running jobs.
fn nav_count(page: Page) -> String {
    let frame = stream().frame.get();
    match page {
        Page::Clusters => frame
            .map(|frame| frame.clusters.len().to_string())
            .unwrap_or_default(),
        Page::Jobs => match frame.map_or(0, |frame| frame.running) {
            0 => String::new(),
            running => t!(frame.running, n = running),
        },
        _ => String::new(),
    }
}

#[component]
fn NavItem(entry: NavEntry) -> impl IntoView {
    let NavEntry {
        page, title, glyph, ..
    } = entry;
    let exact = page == Page::Overview;
    view! {
        <Link
            href=page.path()
            exact=exact
            attr:class="flex items-center gap-2.5 h-[34px] max-md:h-11 px-2.5 rounded-[6px] text-[13px] font-medium text-ink-2 hover:bg-sunken aria-[current=page]:bg-span-soft aria-[current=page]:text-span"
        >
            <Icon glyph=glyph/>
            {title}
            <span class="ml-auto text-[11px] text-ink-3 tabular">{move || nav_count(page)}</span>
        </Link>
    }
}

/// The notices of every page: sandbox clusters, an expired session, an updated console, a disconnected
/// stream.
#[component]
fn SessionNotices() -> impl IntoView {
    let live = stream();
    let session = Resource::new(|| (), |()| api::session::session());
    let sandbox = move || {
        Suspend::new(async move {
            let session = session.await.ok().filter(|session| session.sandbox);
            session.map(|_| {
                view! {
                    <p class="mb-4 px-3 py-1.5 rounded-[6px] text-[12px] bg-lock-soft text-lock">
                        {t!(frame.sandbox)}
                    </p>
                }
            })
        })
    };
    let reload = |_| {
        let _ = window().location().reload();
    };
    view! {
        <Suspense>{sandbox}</Suspense>
        <ExpiredSession/>
        <div aria-live="polite">
            <Show when=move || live.outdated.get()>
                <div class="mb-4">
                    <Notice tone=Tone::Busy>
                        {t!(frame.outdated)} " "
                        <button type="button" class="underline font-medium" on:click=reload>
                            {t!(frame.reload)}
                        </button>
                    </Notice>
                </div>
            </Show>
            <Show when=move || live.disconnected.get() && !live.session_expired.get()>
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(frame.reconnecting)}</Notice>
                </div>
            </Show>
        </div>
    }
}
