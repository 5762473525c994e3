//! The frame around every page: top bar, rail, the band in the chosen cluster's colour.

use crate::{
    api,
    live::stream,
    palette::Palette,
    parts::{Glyph, Icon, Notice, Tone, square, tw},
    theme,
    words::{age, t},
};
use leptos::prelude::*;
use leptos_router::{
    components::{A, Outlet},
    hooks::use_location,
};

/// The cluster that the page is about, by its name; the band takes its colour.
#[derive(Clone, Copy)]
pub(crate) struct About {
    name: RwSignal<Option<String>>,
    /// Which page said so: the next page speaks before the last one is gone.
    page: StoredValue<u32>,
}

/// Says that the page which calls this is about a cluster, as long as it lives.
pub(crate) fn about(cluster: Signal<Option<String>>) {
    let About { name, page } = expect_context::<About>();
    let own = page.get_value() + 1;
    page.set_value(own);
    Effect::new(move |_| name.set(cluster.get()));
    on_cleanup(move || {
        if page.try_get_value() == Some(own) {
            let _ = name.try_set(None);
        }
    });
}

/// The frame around every page.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    provide_context(About {
        name: RwSignal::new(None),
        page: StoredValue::new(0),
    });
    let drawer = RwSignal::new(false);
    let place = use_location();
    Effect::new(move |_| {
        place.pathname.track();
        drawer.set(false);
    });
    view! {
        <a href="#main" class="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:p-3 focus:bg-surface">
            {t!(frame.skip_to_content)}
        </a>
        <Top drawer=drawer/>
        <Band/>
        <div class="md:grid md:grid-cols-[220px_minmax(0,1fr)] min-h-[calc(100vh-55px)]">
            <Rail drawer=drawer/>
            <main id="main" class="min-w-0 max-w-[1440px] px-7 pt-5 pb-10 max-md:px-4 max-md:pt-4">
                <Session/>
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn Top(drawer: RwSignal<bool>) -> impl IntoView {
    let log_out = Action::new_local(|(): &()| async {
        let _ = leave().await;
    });
    view! {
        <header class="h-[52px] flex items-center gap-3 px-4 max-md:px-3 bg-surface border-b border-line relative z-10">
            <button
                type="button"
                class="md:hidden inline-flex items-center justify-center size-10 rounded-[6px] hover:bg-sunken"
                aria-label=t!(frame.menu)
                aria-expanded=move || drawer.get().to_string()
                on:click=move |_| drawer.update(|open| *open = !*open)
            >
                <Icon glyph=Signal::derive(move || if drawer.get() { Glyph::Close } else { Glyph::Menu })/>
            </button>
            <A href="/" attr:class="flex items-center gap-2 font-semibold text-[15px] md:w-[204px]">
                <Icon glyph=Glyph::Span class="size-6 text-span"/>
                "Meshspan"
            </A>
            <AboutCluster/>
            <Palette/>
            <span class="flex-1"></span>
            <button
                type="button"
                class="inline-flex items-center justify-center size-8 max-md:size-10 rounded-[6px] text-ink-2 hover:bg-sunken"
                aria-label=t!(frame.switch_to_dark)
                title=t!(frame.switch_to_dark)
                on:click=move |_| theme::turn()
            >
                <Icon glyph=Glyph::Sun/>
            </button>
            <button
                type="button"
                class="inline-flex items-center gap-2 h-8 max-md:h-10 px-2 rounded-[6px] text-[13px] text-ink-2 hover:bg-sunken"
                on:click=move |_| {
                    log_out.dispatch(());
                }
            >
                <Icon glyph=Glyph::Person/>
                <span class="max-md:sr-only">{t!(frame.log_out)}</span>
            </button>
        </header>
    }
}

/// Ends the session and shows the login.
async fn leave() -> Result<(), wasm_bindgen::JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    let headers = web_sys::Headers::new()?;
    headers.set("content-type", "application/json")?;
    init.set_headers(&headers);
    init.set_body(&"{}".into());
    wasm_bindgen_futures::JsFuture::from(window().fetch_with_str_and_init("/logout", &init))
        .await?;
    window().location().set_href("/login")
}

/// The cluster that the page is about.
#[component]
fn AboutCluster() -> impl IntoView {
    let About { name, .. } = expect_context::<About>();
    let shown = move || {
        name.get().map(|name| {
            let class = square(colour_of(&name));
            view! {
                <A
                    href=crate::routes::cluster(&name)
                    attr:class="inline-flex items-center gap-2 h-8 max-md:h-10 px-2.5 min-w-0 border border-line rounded-[6px] text-[13px] font-medium hover:bg-sunken"
                >
                    <i class=class></i>
                    <span class="truncate">{name}</span>
                </A>
            }
        })
    };
    view! { {shown} }
}

fn colour_of(name: &str) -> u8 {
    let frame = stream().frame.get();
    let found = frame.and_then(|frame| {
        frame
            .clusters
            .iter()
            .find(|(one, _, _)| one.as_str() == name)
            .map(|(_, colour, _)| *colour)
    });
    found.unwrap_or(1)
}

/// Three pixels in the colour of the cluster that the page is about.
#[component]
fn Band() -> impl IntoView {
    let About { name, .. } = expect_context::<About>();
    let class = move || match name.get().map(|name| colour_of(&name)) {
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
fn Rail(drawer: RwSignal<bool>) -> impl IntoView {
    let class = move || {
        if drawer.get() {
            tw(
                "flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line max-md:absolute max-md:z-20 max-md:inset-x-0 max-md:border-b max-md:shadow-float",
            )
        } else {
            tw("flex flex-col gap-0.5 px-2.5 py-3.5 bg-surface border-r border-line max-md:hidden")
        }
    };
    let clusters = move || {
        stream()
            .frame
            .get()
            .map(|frame| frame.clusters.len().to_string())
            .unwrap_or_default()
    };
    let running = move || match stream().frame.get().map_or(0, |frame| frame.running) {
        0 => String::new(),
        n => t!(frame.running, n = n),
    };
    view! {
        <nav class=class aria-label=t!(frame.menu)>
            <Place to="/" glyph=Glyph::Overview word=t!(frame.overview) exact=true/>
            <Place to="/clusters" glyph=Glyph::Clusters word=t!(frame.clusters) count=Signal::derive(clusters)/>
            <Place to="/meshes" glyph=Glyph::Span word=t!(frame.meshes)/>
            <p class="mt-3 mb-1 px-2.5 text-[11px] font-semibold tracking-wide uppercase text-ink-3">{t!(frame.apps)}</p>
            <Place to="/catalog" glyph=Glyph::Catalog word=t!(frame.catalog)/>
            <Place to="/repositories" glyph=Glyph::Repositories word=t!(frame.repositories)/>
            <Place to="/releases" glyph=Glyph::Releases word=t!(frame.releases)/>
            <Place to="/jobs" glyph=Glyph::Jobs word=t!(frame.jobs) count=Signal::derive(running)/>
        </nav>
    }
}

#[component]
fn Place(
    to: &'static str,
    glyph: Glyph,
    word: String,
    #[prop(optional)] exact: bool,
    #[prop(optional, into)] count: Signal<String>,
) -> impl IntoView {
    view! {
        <A
            href=to
            exact=exact
            attr:class="flex items-center gap-2.5 h-[34px] max-md:h-11 px-2.5 rounded-[6px] text-[13px] font-medium text-ink-2 hover:bg-sunken aria-[current=page]:bg-span-soft aria-[current=page]:text-span"
        >
            <Icon glyph=glyph/>
            {word}
            <span class="ml-auto text-[11px] text-ink-3 tabular">{count}</span>
        </A>
    }
}

/// What every page says of the session: a sandbox, a lost stream, an end that is near.
#[component]
fn Session() -> impl IntoView {
    let live = stream();
    let session = Resource::new(|| (), |()| api::session::session());
    let note = move || {
        Suspend::new(async move {
            session.await.ok().map(|session| {
                let ends = age(u64::from(session.ends_in));
                view! {
                    {session.sandbox.then(|| {
                        view! {
                            <p class="mb-4 px-3 py-1.5 rounded-[6px] text-[12px] bg-lock-soft text-lock" title=ends>
                                {t!(frame.sandbox)}
                            </p>
                        }
                    })}
                }
            })
        })
    };
    view! {
        <Suspense>{note}</Suspense>
        <div aria-live="polite">
            <Show when=move || live.over.get()>
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(problem.not_logged_in)} " " {t!(hint.not_logged_in)}</Notice>
                </div>
            </Show>
            <Show when=move || live.lost.get() && !live.over.get()>
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(frame.reconnecting)}</Notice>
                </div>
            </Show>
        </div>
    }
}
