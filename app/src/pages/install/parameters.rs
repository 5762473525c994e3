//! The step Parameters: a form and YAML, two views of one text that the server edits.

mod editing;
mod errors;
mod form;
mod found;
mod merge;
mod missing;
mod saver;
mod status;
mod text;
mod undo;

pub(super) use editing::Editing;

use super::{steps::Step, target::StepFooter, wizard};
use crate::{
    api,
    parts::{Button, Kind, Loaded},
    words::{count, t},
};
use errors::Errors;
use form::{FormPane, FormState};
use found::Found;
use leptos::prelude::*;
use merge::ValuesMerge;
use missing::MissingValues;
use saver::warn_of_loss;
use status::{SaveNotices, SaveStatus};
use text::TextPane;
use undo::UndoButtons;
use wire::{install::ParametersView, values_merge::ValuesMergeView};

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
    let form = FormState::new();
    let found = Found::of(wizard.draft.get_untracked().id);
    provide_context(found);
    Effect::new(move |_| editing.restore());
    Effect::new(move |_| warn_of_loss(editing));
    let view = editing.view;
    let invalid = Memo::new(move |_| {
        view.with(|view| {
            !view.faults.is_empty() || !view.missing.is_empty() || view.problem.is_some()
        })
    });
    let objects = Memo::new(move |_| view.with(|view| view.objects));
    view! {
        <SaveNotices editing=editing/>
        <Errors form=form/>
        <MissingValues form=form found=found/>
        <div data-undo-scope="">
            <ValuesMerge/>
            <UndoButtons editing=editing/>
            <div class="grid gap-4 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)] items-start">
                <FormPane form=form/>
                <TextPane/>
            </div>
        </div>
        <StepFooter back=Step::Checks>
            <OpenConflicts editing=editing/>
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

/// The number of conflicts that are to be decided before the upgrade is deployed.
#[component]
fn OpenConflicts(editing: Editing) -> impl IntoView {
    let open = Memo::new(move |_| {
        let merge =
            |view: &ParametersView| view.merge.as_ref().map(ValuesMergeView::open_conflicts);
        editing.view.with(merge).unwrap_or_default()
    });
    view! {
        <Show when=move || { open.get() > 0 }>
            <span class="text-[12px] font-medium text-warn">{move || count!(merge.decide, n = open.get())}</span>
        </Show>
    }
}

fn editor() -> Editing {
    wizard().editing
}
