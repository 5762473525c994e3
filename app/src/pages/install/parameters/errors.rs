//! The errors and warnings of the text.

use super::{editor, form::FormState};
use crate::{
    editor::Place,
    parts::{Notice, ProblemNotice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    Code, Problem,
    install::{ValuesError, ValuesWarning},
};

/// The errors of the text, in the order of its lines. Each leads to its field, or to its line when the form has
/// no such field.
#[component]
pub(super) fn Errors(form: FormState) -> impl IntoView {
    let editor = editor();
    let line = move |error: ValuesError| {
        let place = error.clone();
        let show = move |_| {
            if !form.reveal(&place.path) {
                let caret = editor
                    .text
                    .with_untracked(|text| offset(text, place.line, place.column));
                editor.focus.set(Some((Place::Text, caret)));
            }
        };
        let position = (error.line > 0)
            .then(|| t!(install.position, line = error.line, column = error.column));
        view! {
            <li>
                <button type="button" class="text-left hover:underline max-md:min-h-10" on:click=show>
                    {position.map(|position| view! { <span class="tabular text-ink-2">{position} ": "</span> })}
                    {(!error.path.is_empty()).then(|| view! { <code class="font-mono text-[12.5px]">{error.path.clone()}</code> " — " })}
                    {error.message}
                </button>
            </li>
        }
    };
    let errors = Memo::new(move |_| editor.view.get().faults);
    // What a chart needs before it renders has a notice of its own.
    let problem = Memo::new(move |_| {
        editor.view.with(|view| {
            let is_shown =
                |problem: &&Problem| view.missing.is_empty() || problem.code != Code::RenderFailed;
            view.problem.as_ref().filter(is_shown).cloned()
        })
    });
    let warnings = Memo::new(move |_| editor.view.get().warnings);
    let warning = |warning| view! { <div class="mb-4"><Notice tone=Tone::Warn>{warning_text(warning)}</Notice></div> };
    view! {
        <div aria-live="polite">
            <Show when=move || !errors.get().is_empty()>
                <div class="mb-4">
                    <Notice tone=Tone::Bad>
                        <p class="font-medium">{move || count!(install.errors_in_values, n = errors.get().len())}</p>
                        <ul class="mt-1 flex flex-col gap-1">{move || errors.get().into_iter().map(line).collect_view()}</ul>
                    </Notice>
                </div>
            </Show>
            {move || warnings.get().into_iter().map(warning).collect_view()}
            {move || {
                let shown = problem.get().filter(|_| errors.get().is_empty());
                shown.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })
            }}
        </div>
    }
}

/// What has no effect in the text.
fn warning_text(warning: ValuesWarning) -> String {
    match warning {
        ValuesWarning::MoreDocuments { line } => t!(install.more_documents, line = line),
        ValuesWarning::Removed { path, note } => {
            t!(install.removed_parameter, path = path, note = note)
        }
    }
}

/// The offset of a line and a column of a text, both counted from 1, in bytes.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let before = usize::try_from(line.saturating_sub(1)).unwrap_or_default();
    let lines = text.split_inclusive('\n');
    let start: usize = lines.take(before).map(str::len).sum();
    let line = text.get(start..).unwrap_or_default();
    let line = line.split('\n').next().unwrap_or_default();
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or_default();
    let width = line
        .char_indices()
        .nth(column)
        .map_or(line.len(), |(at, _)| at);
    start + width
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn a_position_is_an_offset_that_never_leaves_the_text() {
        let text = "a: 1\nä: x\n";
        assert_eq!(offset(text, 1, 1), 0);
        assert_eq!(offset(text, 2, 4), 9);
        assert_eq!(offset(text, 2, 90), 10);
        assert_eq!(offset(text, 9, 1), text.len());
        assert_eq!(offset("", 0, 0), 0);
    }
}
