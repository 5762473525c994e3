//! Monospaced text: a file with line numbers, and a diff.

use super::{Copy, tw};
use crate::words::t;
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

/// A diff, line by line, with a sign before each changed line, and a button that copies it as a text.
#[component]
pub(crate) fn Diff(
    /// Its lines.
    lines: Vec<DiffLine>,
    /// Its label for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = Signal::stored(unified(&lines));
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
        <div class="flex justify-end px-2 pt-2"><Copy text=copied label=t!(action.copy_diff)/></div>
        <div class="font-mono text-[12.5px] leading-relaxed py-2.5 overflow-auto max-h-[60vh]" tabindex="0" role="region" aria-label=label>
            {lines.into_iter().map(row).collect_view()}
        </div>
    }
}

/// The lines as a text in which each begins with its sign, or with a space.
fn unified(lines: &[DiffLine]) -> String {
    let line = |line: &DiffLine| {
        let sign = match line.side {
            Side::Same => ' ',
            Side::Added => '+',
            Side::Removed => '-',
        };
        format!("{sign}{}\n", line.text)
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_diff_has_a_sign_on_each_line() {
        let line = |side, text: &str| DiffLine {
            side,
            text: text.to_owned(),
        };
        let lines = [
            line(Side::Same, "image:"),
            line(Side::Removed, "  tag: 1.0.0"),
            line(Side::Added, "  tag: 1.0.1"),
        ];
        assert_eq!(unified(&lines), " image:\n-  tag: 1.0.0\n+  tag: 1.0.1\n");
    }
}
