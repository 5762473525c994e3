//! The guided setup of a mesh: the progress, the steps, and the selected step with its plan.
//!
//! `selection` decides what is shown, as data; `list` shows the steps, and `step` the selected one.

mod commands;
mod job;
mod list;
mod preconditions;
mod release_plan;
mod selection;
mod step;
mod texts;

pub(super) use commands::CommandsCard;
pub(super) use release_plan::of_review;
pub(super) use selection::StepKey;
pub(super) use step::Undo;
pub(super) use texts::title;

use super::context::{MeshContext, mesh_context};
use crate::{
    parts::{Fold, Glyph, Icon},
    words::{count, duration, t},
};
use leptos::{html, prelude::*};
use list::StepList;
use step::SelectedStep;

/// The setup; a line that unfolds once all steps are complete.
#[component]
pub(super) fn Setup(
    /// Whether all steps are complete.
    complete: Memo<bool>,
) -> impl IntoView {
    if !complete.get_untracked() {
        return view! {
            <section class="mb-6" aria-label=t!(mesh.setup)>
                <Progress/>
                <Steps/>
            </section>
        }
        .into_any();
    }
    let MeshContext { mesh, queried, .. } = mesh_context();
    // A link to a step shows the step.
    let is_linked = queried.now.get_untracked().step.is_some();
    let summary = view! {
        <Icon glyph=Glyph::Good class="size-[18px] shrink-0 text-good"/>
        <h2 class="text-[14px] font-medium">{t!(mesh.setup)}</h2>
        <span class="flex-1 text-ink-2">{move || mesh.with(|mesh| completed(mesh.row.done, mesh.row.steps))}</span>
        <span class="text-span font-medium">{t!(mesh.show_steps)}</span>
    };
    view! {
        <Fold
            key="setup"
            class="bg-surface border border-line rounded-[10px] mb-3"
            summary_class="flex items-center gap-2.5 px-5 max-md:px-4 py-3 cursor-pointer text-[13px]"
            summary=summary.into_any()
            unfolded=is_linked
        >
            <div class="px-5 max-md:px-4 pt-1 pb-4"><Steps/></div>
        </Fold>
    }
    .into_any()
}

/// The number of complete steps in words.
fn completed(done: Option<u32>, steps: u32) -> String {
    count!(mesh.progress, n = steps, done = done.unwrap_or_default())
}

/// The number of complete steps as a text and a bar, and the time that the others are expected to take.
#[component]
fn Progress() -> impl IntoView {
    let mesh = mesh_context().mesh;
    let done = Memo::new(move |_| mesh.with(|mesh| (mesh.row.done, mesh.row.steps)));
    let left = Memo::new(move |_| mesh.with(|mesh| selection::remaining(&mesh.steps)));
    let left = move || {
        left.get()
            .map(|milliseconds| t!(setup.left, duration = duration(milliseconds)))
    };
    view! {
        <div class="flex flex-wrap items-baseline gap-x-4 gap-y-1 mb-2 text-[13px] text-ink-2">
            <h2 class="flex-1 text-[15px] font-semibold text-ink">{t!(mesh.setup)}</h2>
            <p class="tabular">
                <span>{move || completed(done.get().0, done.get().1)}</span>
                {move || left().map(|left| view! { <span>" · " {left}</span> })}
            </p>
        </div>
        <progress
            class="block w-full mb-5"
            data-tone="span"
            aria-label=t!(mesh.setup)
            max=move || done.get().1.to_string()
            value=move || done.get().0.unwrap_or_default().to_string()
        ></progress>
    }
}

/// The steps, and the selected one.
#[component]
fn Steps() -> impl IntoView {
    let MeshContext { mesh, queried, .. } = mesh_context();
    let selected = Memo::new(move |_| {
        let query = queried.now.get();
        mesh.with(|mesh| selection::selected(&mesh.steps, query.step.as_ref()))
    });
    // The setup goes on with the current step when the selected one is completed.
    Effect::new(move |before: Option<(Option<usize>, bool)>| {
        let index = selected.get();
        let is_complete = mesh.with(|mesh| {
            let step = index.and_then(|index| mesh.steps.get(index));
            step.is_some_and(|step| step.state.is_complete())
        });
        if is_complete && before == Some((index, false)) {
            queried.change(|query| query.step = None);
        }
        (index, is_complete)
    });
    // The buttons of a plan are at its end: the next step is shown from its beginning.
    let panel = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<Option<usize>>| {
        let index = selected.get();
        if before.is_some_and(|before| before != index) {
            request_animation_frame(move || scroll_to_top(panel));
        }
        index
    });
    view! {
        <div class="grid lg:grid-cols-[minmax(0,330px)_minmax(0,1fr)] gap-x-6 gap-y-4 items-start">
            <StepList selected=selected/>
            <div node_ref=panel class="min-w-0">
                {move || selected.get().map(|index| view! { <SelectedStep index=index/> })}
            </div>
        </div>
    }
}

/// Scrolls to the beginning of an element that is above the window.
fn scroll_to_top(element: NodeRef<html::Div>) {
    let element = element.try_get_untracked().flatten();
    let scrolled = window().scroll_y().unwrap_or_default();
    if let Some(element) = element.filter(|element| f64::from(element.offset_top()) < scrolled) {
        element.scroll_into_view();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use wire::{
        ClusterName, MeshName,
        mesh::{StepKind, StepRef, StepState, StepView},
    };

    pub(in crate::pages::meshes) fn step(kind: StepKind, state: StepState) -> StepView {
        StepView {
            step: StepRef {
                mesh: MeshName::new("shop").expect("a name"),
                kind,
                cluster: ClusterName::new("east").expect("a name"),
            },
            state,
            may_precede: false,
            optional: false,
            release: None,
            is_bundle: false,
            failed: None,
            duration: None,
        }
    }
}
