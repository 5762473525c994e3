//! Monospaced text: a file with line numbers, and a diff.

use super::tw;
use leptos::prelude::*;
use wire::install::{DiffLine, Side};

/// A text with line numbers.
#[component]
pub(crate) fn Code(
    /// The text.
    #[prop(into)]
    text: String,
    /// Its label for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let row = |(number, line): (usize, &str)| {
        view! {
            <div class="flex pr-4">
                <span class="w-12 pr-4 shrink-0 text-right text-ink-3 select-none" aria-hidden="true">{number + 1}</span>
                <span class="whitespace-pre">{line.to_owned()}</span>
            </div>
        }
    };
    view! {
        <div class="font-mono text-[12.5px] leading-relaxed py-2.5 overflow-auto max-h-[70vh]" tabindex="0" role="region" aria-label=label>
            {text.lines().enumerate().map(row).collect_view()}
        </div>
    }
}

/// A diff, line by line, with a sign before each changed line.
#[component]
pub(crate) fn Diff(
    /// Its lines.
    lines: Vec<DiffLine>,
    /// Its label for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let row = |line: DiffLine| {
        let (class, sign) = match line.side {
            Side::Same => (tw("flex pr-4"), " "),
            Side::Added => (tw("flex pr-4 bg-good-soft"), "+"),
            Side::Removed => (tw("flex pr-4 bg-bad-soft"), "−"),
        };
        view! {
            <div class=class>
                <span class="w-8 shrink-0 text-center text-ink-3 select-none">{sign}</span>
                <span class="whitespace-pre">{line.text}</span>
            </div>
        }
    };
    view! {
        <div class="font-mono text-[12.5px] leading-relaxed py-2.5 overflow-auto max-h-[60vh]" tabindex="0" role="region" aria-label=label>
            {lines.into_iter().map(row).collect_view()}
        </div>
    }
}
