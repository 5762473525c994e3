//! The page of an error that comes from no page of the console: a file that does not exist, a host name under
//! which the console is not served, a failure before a page is made.

use crate::{
    AppError, BasePath,
    ssr::RequestId,
    urls,
    words::{hint, sentence, t},
};
use http::StatusCode;
use leptos::prelude::*;

/// The HTML document of an error, without scripts.
#[must_use]
pub fn error_page(
    base: &BasePath,
    status: StatusCode,
    error: Option<&AppError>,
    id: Option<&RequestId>,
) -> String {
    let reason = status.canonical_reason().unwrap_or_default();
    let title = t!(error_page.title, status = status.as_u16(), reason = reason);
    let text = match error {
        Some(AppError(problem)) => sentence(problem),
        None => by_status(status),
    };
    let hint = error.and_then(|AppError(problem)| hint(problem));
    // The log has a line about a failure only.
    let id = id.filter(|_| status.is_server_error());
    let id = id.map(|RequestId(id)| id.clone());
    let overview = base.join(urls::OVERVIEW);
    // Under another host name, every link leads to the same error.
    let has_link = status != StatusCode::MISDIRECTED_REQUEST;
    let page = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <title>{format!("{title} · Meshspan")}</title>
                <link rel="stylesheet" href=base.join("/pkg/meshspan.css")/>
                <link rel="icon" href=base.join("/favicon.svg") type="image/svg+xml"/>
            </head>
            <body>
                <main class="min-h-screen grid place-items-center p-6">
                    <div class="w-full max-w-[520px] bg-surface border border-line rounded-[10px] p-6 flex flex-col gap-3">
                        <p class="text-[16px] font-semibold">"Meshspan"</p>
                        <h1 class="text-[20px] font-semibold">{title.clone()}</h1>
                        <p class="text-ink-2 break-words">{text}</p>
                        {hint.map(|hint| view! { <p class="text-ink-2">{hint}</p> })}
                        {id.map(|id| view! { <p class="text-[12px] text-ink-3">{t!(problem.request_id)} " " <code class="font-mono">{id}</code></p> })}
                        {has_link.then(|| view! { <p><a class="text-span font-medium underline" href=overview>{t!(missing.to_overview)}</a></p> })}
                    </div>
                </main>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", page.to_html())
}

/// The text of an error that names no problem.
fn by_status(status: StatusCode) -> String {
    match status {
        StatusCode::NOT_FOUND => t!(error_page.not_found),
        StatusCode::MISDIRECTED_REQUEST => t!(error_page.other_host),
        StatusCode::GATEWAY_TIMEOUT => t!(error_page.too_slow),
        status if status.is_server_error() => t!(error_page.failed),
        _ => t!(error_page.refused),
    }
}
