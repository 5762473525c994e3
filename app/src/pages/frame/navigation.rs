//! The navigation: every page that opens from anywhere, in groups.

use crate::{
    live::stream,
    parts::{Glyph, Icon, Link, tw},
    urls::Page,
    words::t,
};
use leptos::prelude::*;
use wire::live::FrameView;

/// The navigation: the rail at the left, and a menu below the top bar on a phone.
#[component]
pub(super) fn Navigation(menu_open: RwSignal<bool>) -> impl IntoView {
    let class = move || {
        if menu_open.get() {
            tw(
                "flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line md:sticky md:top-[55px] md:h-[calc(100vh_-_55px)] md:overflow-y-auto max-md:fixed max-md:z-20 max-md:top-[55px] max-md:inset-x-0 max-md:max-h-[calc(100vh_-_55px)] max-md:overflow-y-auto max-md:border-b max-md:shadow-float",
            )
        } else {
            tw(
                "flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line md:sticky md:top-[55px] md:h-[calc(100vh_-_55px)] md:overflow-y-auto max-md:hidden",
            )
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
        | Page::MeshServices
        | Page::MeshService
        | Page::Chart
        | Page::Install
        | Page::Release
        | Page::Upgrade
        | Page::Job => return None,
        #[cfg(any(debug_assertions, feature = "design"))]
        Page::Design => return None,
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
fn nav_count(page: Page, frame: Option<FrameView>) -> String {
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
    let frame = stream().frame;
    view! {
        <Link
            href=page.path()
            exact=exact
            attr:class="flex items-center gap-2.5 h-[34px] max-md:h-11 px-2.5 rounded-[6px] text-[13px] font-medium text-ink-2 hover:bg-sunken aria-[current=page]:bg-span-soft aria-[current=page]:text-span"
        >
            <Icon glyph=glyph/>
            {title}
            <span class="ml-auto text-[11px] text-ink-3 tabular">{move || nav_count(page, frame.get())}</span>
        </Link>
    }
}
