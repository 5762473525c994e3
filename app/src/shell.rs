//! The document around every page, and its security headers.

use crate::{
    App,
    base_path::{BasePath, META_NAME},
    clock, live, login_command,
    ssr::{self, BuildId},
    theme::Theme,
    words::t,
    zone,
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

/// Keeps what is clicked and typed before the page is hydrated.
const EARLY_INPUT: &str = include_str!("early_input.js");

/// The document around every page.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let base = BasePath::current();
    let build = use_context::<BuildId>().map_or_else(String::new, |BuildId(id)| id);
    let policy = policy();
    if let (Some(response), Ok(value)) = (
        use_context::<ResponseOptions>(),
        http::HeaderValue::from_str(&policy),
    ) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, value);
        response.insert_header(
            http::header::CACHE_CONTROL,
            http::HeaderValue::from_static("no-store"),
        );
    }
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::chosen().map(Theme::as_str)>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name=META_NAME content=base.as_str().to_owned()/>
                <meta name=live::BUILD_META_NAME content=build/>
                <meta name=live::SESSION_META_NAME content=ssr::session_id()/>
                <meta name=login_command::META_NAME content=login_command::login_command()/>
                <meta name=zone::META_NAME content=zone::of_request()/>
                <meta name=clock::META_NAME content=ssr::page_time().0.to_string()/>
                <link rel="stylesheet" href=base.join("/pkg/meshspan.css")/>
                <link rel="icon" href=base.join("/favicon.svg") type="image/svg+xml"/>
                <script nonce=use_nonce() inner_html=EARLY_INPUT></script>
                <HydrationScripts options=options.clone() root=base.as_str().to_owned()/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                // Behind the application, whose elements the browser takes over from the first one on.
                <noscript>
                    <p class="fixed inset-x-0 bottom-0 z-40 px-4 py-3 bg-warn-soft text-ink font-medium border-t border-warn">
                        {t!(frame.no_script)}
                    </p>
                </noscript>
            </body>
        </html>
    }
}

/// The content security policy: files of this host, and inline scripts with the nonce of this page.
fn policy() -> String {
    let nonce = use_nonce()
        .map(|nonce| format!(" 'nonce-{nonce}'"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
