//! The step Parameters: a form and YAML, two views of one text that the server edits.

mod form;
mod text;

use super::{steps::Step, target::StepFooter, wizard};
use crate::{
    AppError, api,
    parts::{Button, Kind, Loaded, Notice, ProblemNotice, Tone},
    words::{count, t},
};
use form::FormPane;
use leptos::prelude::*;
use text::TextPane;
use wire::install::{Edit, EditRequest, ParametersView, ValuesError, ValuesWarning};

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

/// The state that both views share.
#[derive(Clone, Copy)]
struct EditorContext {
    /// The text of the operator.
    text: RwSignal<String>,
    /// The parameters that the server read from the text.
    view: RwSignal<ParametersView>,
    /// Sends an edit.
    edit: Callback<Edit>,
}

#[component]
fn Editor(parameters: ParametersView) -> impl IntoView {
    let wizard = wizard();
    let text = RwSignal::new(parameters.text.clone());
    let view = RwSignal::new(parameters);
    let send = Action::new(move |edit: &Edit| {
        api::install::edit_parameters(EditRequest {
            draft: wizard.draft.get_untracked().id,
            text: text.get_untracked(),
            edit: edit.clone(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(response)) = send.value().get() {
            // Text that was typed during the request is kept; the next response contains it.
            if !send.pending().get_untracked() && response.text != text.get_untracked() {
                text.set(response.text.clone());
            }
            view.set(response);
            wizard.draft.update(|draft| draft.saved = 0);
        }
    });
    let edit = Callback::new(move |edit| {
        send.dispatch(edit);
    });
    provide_context(EditorContext { text, view, edit });
    let failed = move || send.value().get().and_then(Result::err);
    let invalid = Memo::new(move |_| !view.get().faults.is_empty() || view.get().problem.is_some());
    let objects = move || view.get().objects;
    view! {
        {move || failed().map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        <Errors/>
        <div class="grid gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] items-start">
            <FormPane/>
            <TextPane/>
        </div>
        <StepFooter back=Step::Checks>
            <span class="text-[12px] text-ink-3" role="status">
                {move || if send.pending().get() { t!(install.saving) } else { t!(install.saved_in_draft) }}
            </span>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || invalid.get() || send.pending().get())
                press=move || wizard.go.run(Step::Review)
            >
                {move || objects().map_or_else(|| t!(install.to_review), |n| count!(install.review_resources, n = n))}
            </Button>
        </StepFooter>
    }
}

fn editor() -> EditorContext {
    expect_context::<EditorContext>()
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
