//! Parameters: a form and YAML, two views of one text that is edited on the server.

mod form;
mod text;

use super::{steps::Step, target::Foot, wizard};
use crate::{
    AppError, api,
    parts::{Button, Kind, Loaded, Notice, ProblemNotice, Tone},
    words::say,
};
use form::FormPane;
use leptos::prelude::*;
use text::TextPane;
use wire::install::{Edit, EditRequest, ParametersView, ValuesError};

/// Parameters.
#[component]
pub(super) fn Parameters() -> impl IntoView {
    let wizard = wizard();
    let found = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::parameters,
    );
    view! { <Loaded from=found what=say!(install.parameters) view=|found| view! { <Editor found=found/> }/> }
}

/// What both views share.
#[derive(Clone, Copy)]
struct Desk {
    /// The operator's text, as typed.
    text: RwSignal<String>,
    /// What the server made of it.
    view: RwSignal<ParametersView>,
    /// Sends an edit.
    edit: Callback<Edit>,
}

#[component]
fn Editor(found: ParametersView) -> impl IntoView {
    let wizard = wizard();
    let text = RwSignal::new(found.text.clone());
    let view = RwSignal::new(found);
    let send = Action::new(move |edit: &Edit| {
        api::install::edit_parameters(EditRequest {
            draft: wizard.draft.get_untracked().id,
            text: text.get_untracked(),
            edit: edit.clone(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(answer)) = send.value().get() {
            // What was typed while the answer was on its way stays; the next answer brings it back.
            if !send.pending().get_untracked() && answer.text != text.get_untracked() {
                text.set(answer.text.clone());
            }
            view.set(answer);
            wizard.draft.update(|draft| draft.saved = 0);
        }
    });
    let edit = Callback::new(move |edit| {
        send.dispatch(edit);
    });
    let desk = Desk { text, view, edit };
    provide_context(desk);
    let failed = move || send.value().get().and_then(Result::err);
    let broken = Memo::new(move |_| !view.get().faults.is_empty() || view.get().problem.is_some());
    let objects = move || view.get().objects;
    view! {
        {move || failed().map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        <Faults/>
        <div class="grid gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] items-start">
            <FormPane/>
            <TextPane/>
        </div>
        <Foot back=Step::Checks>
            <span class="text-[12px] text-ink-3" role="status">
                {move || if send.pending().get() { say!(install.saving) } else { say!(install.kept) }}
            </span>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || broken.get() || send.pending().get())
                press=move || wizard.go.run(Step::Review)
            >
                {move || objects().map_or_else(|| say!(install.to_review), |n| say!(install.review_n, n = n))}
            </Button>
        </Foot>
    }
}

fn desk() -> Desk {
    expect_context::<Desk>()
}

/// What is wrong with the text, each with its place.
#[component]
fn Faults() -> impl IntoView {
    let desk = desk();
    let line = |fault: ValuesError| {
        let place =
            (fault.line > 0).then(|| say!(install.at, line = fault.line, column = fault.column));
        view! {
            <li>
                {place.map(|place| view! { <span class="tabular text-ink-2">{place} ": "</span> })}
                {(!fault.path.is_empty()).then(|| view! { <code class="font-mono text-[12.5px]">{fault.path.clone()}</code> " — " })}
                {fault.message}
            </li>
        }
    };
    let faults = Memo::new(move |_| desk.view.get().faults);
    let problem = Memo::new(move |_| desk.view.get().problem);
    view! {
        <div aria-live="polite">
            <Show when=move || !faults.get().is_empty()>
                <div class="mb-4">
                    <Notice tone=Tone::Bad>
                        <p class="font-medium">{move || say!(install.faults, n = faults.get().len())}</p>
                        <ul class="mt-1 flex flex-col gap-1">{move || faults.get().into_iter().map(line).collect_view()}</ul>
                    </Notice>
                </div>
            </Show>
            {move || {
                let shown = problem.get().filter(|_| faults.get().is_empty());
                shown.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })
            }}
        </div>
    }
}
