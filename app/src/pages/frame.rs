//! The frame around every page: top bar, navigation, and the band in the colour of the page's cluster.

mod namespaces;
mod navigation;
mod top_bar;

use super::notifications::{Notices, Notifications};
use crate::{
    api,
    expired::ExpiredSession,
    help::{Help, HelpDialogs},
    live::stream,
    page_cluster::{PageCluster, page_cluster},
    parts::{Notice, Tone, cluster_band},
    words::t,
};
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};
use navigation::Navigation;
use top_bar::TopBar;

/// The frame around every page of the router.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    view! { <Framed><Outlet/></Framed> }
}

/// A page in the frame. Top bar, band and navigation stay in view.
#[component]
pub(crate) fn Framed(children: Children) -> impl IntoView {
    PageCluster::provide();
    Help::provide();
    let notifications = Notifications::provide();
    let menu_open = RwSignal::new(false);
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        menu_open.set(false);
    });
    view! {
        <a href="#main" class="sr-only focus:not-sr-only focus:fixed focus:top-0 focus:z-30 focus:p-3 focus:bg-surface">
            {t!(frame.skip_to_content)}
        </a>
        <div class="sticky top-0 z-20">
            <TopBar menu_open=menu_open notifications=notifications/>
            <Band/>
        </div>
        <div class="md:grid md:grid-cols-[220px_minmax(0,1fr)] items-start min-h-[calc(100vh_-_55px)]">
            <Navigation menu_open=menu_open/>
            <main id="main" class="min-w-0 max-w-[1440px] px-7 pt-5 pb-10 max-md:px-4 max-md:pt-4">
                <SessionNotices/>
                {children()}
            </main>
        </div>
        <Notices of=notifications/>
        <HelpDialogs/>
    }
}

/// Three pixels in the colour of the page's cluster.
#[component]
fn Band() -> impl IntoView {
    let (cluster, live) = (page_cluster(), stream());
    let colour = move || {
        let name = cluster.name();
        name.map(|name| live.cluster_colour(&name))
    };
    let class = move || cluster_band(colour());
    view! { <div class=class></div> }
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
