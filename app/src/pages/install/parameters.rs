//! The step Parameters: a form and YAML, two views of one text that the server edits.

mod editing;
mod form;
mod saver;
mod status;
mod text;
mod undo;

pub(super) use editing::Editing;

use super::{steps::Step, target::StepFooter, wizard};
use crate::{
    api,
    parts::{Button, Kind, Loaded, Notice, ProblemNotice, Tone},
    words::{count, t},
};
use form::FormPane;
use leptos::prelude::*;
use saver::warn_of_loss;
use status::{SaveNotices, SaveStatus};
use text::TextPane;
use undo::UndoButtons;
use wire::install::{ParametersView, ValuesError, ValuesWarning};

/// The step Parameters.
#[component]
pub(super) fn Parameters() -> impl IntoView {
    let wizard = wizard();
    let parameters = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::parameters,
    );
    view! { <Loaded from=parameters subject=t!(install.parameters) view=|parameters| view! { <Editor parameters=parameters/> }/> }
}

#[component]
fn Editor(parameters: ParametersView) -> impl IntoView {
    let wizard = wizard();
    let editing = wizard.editing;
    editing.open(parameters);
    Effect::new(move |_| editing.restore());
    Effect::new(move |_| warn_of_loss(editing));
    let view = editing.view;
    let invalid =
        Memo::new(move |_| view.with(|view| !view.faults.is_empty() || view.problem.is_some()));
    let objects = Memo::new(move |_| view.with(|view| view.objects));
    view! {
        <SaveNotices editing=editing/>
        <Errors/>
        <div data-undo-scope="">
            <UndoButtons editing=editing/>
            <div class="grid gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] items-start">
                <FormPane/>
                <TextPane/>
            </div>
        </div>
        <StepFooter back=Step::Checks>
            <SaveStatus editing=editing/>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || invalid.get() || !editing.is_saved())
                press=move || wizard.go.run(Step::Review)
            >
                {move || objects.get().map_or_else(|| t!(install.to_review), |n| count!(install.review_resources, n = n))}
            </Button>
        </StepFooter>
    }
}

fn editor() -> Editing {
    wizard().editing
}

/// The errors of the text, each with its position.
#[component]
fn Errors() -> impl IntoView {
    let editor = editor();
    let line = |error: ValuesError| {
        let position = (error.line > 0)
            .then(|| t!(install.position, line = error.line, column = error.column));
        view! {
            <li>
                {position.map(|position| view! { <span class="tabular text-ink-2">{position} ": "</span> })}
                {(!error.path.is_empty()).then(|| view! { <code class="font-mono text-[12.5px]">{error.path.clone()}</code> " — " })}
                {error.message}
            </li>
        }
    };
    let errors = Memo::new(move |_| editor.view.get().faults);
    let problem = Memo::new(move |_| editor.view.get().problem);
    let warnings = Memo::new(move |_| editor.view.get().warnings);
    let warning = |ValuesWarning::MoreDocuments { line }: ValuesWarning| {
        view! { <div class="mb-4"><Notice tone=Tone::Warn>{t!(install.more_documents, line = line)}</Notice></div> }
    };
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
