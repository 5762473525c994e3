//! One check: its status, its findings, its remedies.

use super::{Glyph, Icon, Link, ProblemNotice, tw};
use crate::{
    urls,
    words::{check_hint, check_summary, check_title, doctor, duration, t},
};
use leptos::prelude::*;
use wire::check::{CheckStatus, CheckView};

/// The shape, colour and name of a status.
fn status_icon(status: CheckStatus) -> (Glyph, &'static str, &'static str) {
    let (glyph, class) = match status {
        CheckStatus::Passed => (Glyph::Good, tw("size-4 shrink-0 mt-0.5 text-good")),
        CheckStatus::Skipped => (Glyph::Pending, tw("size-4 shrink-0 mt-0.5 text-ink-3")),
        CheckStatus::Info => (Glyph::Unknown, tw("size-4 shrink-0 mt-0.5 text-ink-2")),
        CheckStatus::Warning => (Glyph::Warn, tw("size-4 shrink-0 mt-0.5 text-warn")),
        CheckStatus::Failed => (Glyph::Bad, tw("size-4 shrink-0 mt-0.5 text-bad")),
    };
    (glyph, class, doctor::status(status))
}

/// The milliseconds from which a duration is more than 0.0s.
const MIN_DURATION: u32 = 50;
/// The number of details that a line shows.
const MAX_DETAILS: usize = 3;

/// A check in one line: its status, its title and what was found; the first details of a finding are below.
#[component]
pub(crate) fn CheckLine(
    /// The check.
    check: CheckView,
) -> impl IntoView {
    let (glyph, class, status) = status_icon(check.status);
    let is_finding = check.status != CheckStatus::Passed;
    let details = is_finding.then(|| doctor::details(&check));
    let details = details.into_iter().flatten().take(MAX_DETAILS);
    let detail = |line: String| view! { <span class="block text-[12px] text-ink-2 break-words">{line}</span> };
    view! {
        <p class="flex gap-2.5 text-[13px]">
            <Icon glyph=glyph class=class/>
            <span class="min-w-0 break-words">
                <span class="sr-only">{status} ": "</span>
                {check_title(&check)}
                " "
                <span class="text-ink-2">{check_summary(&check)}</span>
                {details.map(detail).collect_view()}
            </span>
        </p>
    }
}

/// A check with its findings and remedies.
#[component]
pub(crate) fn CheckRow(
    /// The check.
    check: CheckView,
    /// What can be done about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (glyph, class, status) = status_icon(check.status);
    let hint = check_hint(&check);
    let details = doctor::details(&check);
    let clusters: Vec<String> = check
        .arg("ask")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    view! {
        <div class="flex gap-3 px-5 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Icon glyph=glyph class=class/>
            <div class="min-w-0 flex-1">
                <p>
                    <span class="sr-only">{status} ": "</span>
                    <span class="font-medium">{check_title(&check)}</span>
                    " "
                    <span class="text-ink-2">{check_summary(&check)}</span>
                </p>
                {(!details.is_empty()).then(|| {
                    // Many lines scroll, by keyboard too.
                    let scrolls = (details.len() > MAX_DETAILS).then_some("0");
                    view! {
                        <ul class="mt-1 font-mono text-[12px] text-ink-2 max-h-[240px] overflow-auto" tabindex=scrolls>
                            {details.into_iter().map(|line| view! { <li class="break-words">{line}</li> }).collect_view()}
                        </ul>
                    }
                })}
                {check.problem.clone().map(|problem| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
                {hint.map(|hint| view! { <p class="mt-1 text-ink-2">{hint}</p> })}
                {children.map(|children| children())}
                {(!clusters.is_empty()).then(|| {
                    view! {
                        <p class="mt-1 flex flex-wrap gap-x-4">
                            {clusters.into_iter().map(|name| view! {
                                    <Link href=urls::cluster_network(&name) attr:class="text-span underline">
                                    {t!(check.enter_ranges, cluster = name.clone())}
                                </Link>
                                }).collect_view()}
                        </p>
                    }
                })}
            </div>
            // A check of facts that are already known takes no time.
            {(check.took >= MIN_DURATION).then(|| view! { <span class="text-[12px] text-ink-3 tabular shrink-0">{duration(u64::from(check.took))}</span> })}
            <span class="text-[12px] text-ink-3 font-mono shrink-0">{check.code.id()}</span>
        </div>
    }
}
