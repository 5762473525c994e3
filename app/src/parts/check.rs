//! A check: its status, details and remedies.

use super::{Glyph, Icon, ProblemNotice, tw};
use crate::{
    routes,
    words::{check_hint, check_summary, check_title, doctor, say, took},
};
use leptos::prelude::*;
use leptos_router::components::A;
use wire::check::{CheckStatus, CheckView};

/// The shape, colour and word of a status.
fn sign(status: CheckStatus) -> (Glyph, &'static str, &'static str) {
    let (glyph, class) = match status {
        CheckStatus::Passed => (Glyph::Good, tw("size-4 shrink-0 mt-0.5 text-good")),
        CheckStatus::Skipped => (Glyph::ToCome, tw("size-4 shrink-0 mt-0.5 text-ink-3")),
        CheckStatus::Info => (Glyph::Unknown, tw("size-4 shrink-0 mt-0.5 text-ink-2")),
        CheckStatus::Warning => (Glyph::Warn, tw("size-4 shrink-0 mt-0.5 text-warn")),
        CheckStatus::Failed => (Glyph::Bad, tw("size-4 shrink-0 mt-0.5 text-bad")),
    };
    (glyph, class, doctor::status(status))
}

/// A check with its details and remedies.
#[component]
pub(crate) fn CheckRow(
    /// The check.
    check: CheckView,
) -> impl IntoView {
    let (glyph, class, word) = sign(check.status);
    let hint = check_hint(&check);
    let details = doctor::details(&check);
    let asked: Vec<String> = check
        .arg("ask")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    view! {
        <div class="flex gap-3 px-5 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Icon glyph=glyph class=class/>
            <div class="min-w-0 flex-1">
                <p>
                    <span class="sr-only">{word} ": "</span>
                    <span class="font-medium">{check_title(&check)}</span>
                    " "
                    <span class="text-ink-2">{check_summary(&check)}</span>
                </p>
                {(!details.is_empty()).then(|| {
                    view! {
                        <ul class="mt-1 font-mono text-[12px] text-ink-2 max-h-[160px] overflow-auto">
                            {details.into_iter().map(|line| view! { <li class="break-words">{line}</li> }).collect_view()}
                        </ul>
                    }
                })}
                {check.problem.clone().map(|problem| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
                {hint.map(|hint| view! { <p class="mt-1 text-ink-2">{hint}</p> })}
                {(!asked.is_empty()).then(|| {
                    view! {
                        <p class="mt-1 flex flex-wrap gap-x-4">
                            {asked.into_iter().map(|name| view! {
                                <A href=routes::cluster_network(&name) attr:class="text-span underline">
                                    {say!(check.enter_ranges, cluster = name.clone())}
                                </A>
                            }).collect_view()}
                        </p>
                    }
                })}
            </div>
            // A check of known facts takes no time.
            {(check.took > 0).then(|| view! { <span class="text-[12px] text-ink-3 tabular shrink-0">{took(u64::from(check.took))}</span> })}
        </div>
    }
}
