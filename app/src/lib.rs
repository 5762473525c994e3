//! The UI.
#![recursion_limit = "512"]
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context, Title};
use leptos_router::{components::{Route, Router, Routes}, path};

/// The document around every page.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="stylesheet" href="/pkg/meshspan.css"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HydrationScripts options=options.clone()/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The whole console.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title text="Meshspan"/>
        <Router>
            <main class="p-4">
                <Routes fallback=|| "not found">
                    <Route path=path!("/") view=|| view!{ <h1 class="text-xl font-semibold">"Overview"</h1> }/>
                </Routes>
            </main>
        </Router>
    }
}

/// Wakes the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
