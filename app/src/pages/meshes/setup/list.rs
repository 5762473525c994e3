//! The list of the steps: a mark of its state, title, a line of detail and the duration of each.

use super::{
    selection::{StepKey, grouped},
    texts,
};
use crate::{
    pages::meshes::{
        context::{MeshContext, mesh_context},
        query::PageQuery,
    },
    parts::{Glyph, Icon, tw},
    urls,
    words::{count, duration, t},
};
use leptos::prelude::*;
use wire::mesh::{StepDuration, StepState, StepView};

/// The steps by group. On a phone those around the selected one are shown until the operator asks for all.
#[component]
pub(super) fn StepList(selected: Memo<Option<usize>>) -> impl IntoView {
    let mesh = mesh_context().mesh;
    let is_whole = RwSignal::new(false);
    // On a phone: the selected step and the next one.
    let is_near = move |index: usize| {
        let selected = selected.get();
        is_whole.get() || selected.is_some_and(|own| own == index || own + 1 == index)
    };
    let (groups, number) = mesh.with_untracked(|mesh| (grouped(&mesh.steps), mesh.steps.len()));
    let group = |(group, indices): (_, Vec<usize>)| {
        let title = texts::group_title(group);
        let rows = indices.into_iter().map(|index| {
            let is_hidden = Signal::derive(move || !is_near(index));
            let is_last = index + 1 == number;
            view! { <Item index=index selected=selected is_hidden=is_hidden is_last=is_last/> }
        });
        view! {
            <h3
                class="mt-4 first:mt-0 mb-1 px-3 text-[11px] font-semibold tracking-wider uppercase text-ink-3"
                class=("max-md:sr-only", move || !is_whole.get())
            >
                {title.clone()}
            </h3>
            <ol aria-label=title>{rows.collect_view()}</ol>
        }
    };
    view! {
        <nav aria-label=t!(mesh.steps)>
            <Completed is_whole=is_whole/>
            {groups.into_iter().map(group).collect_view()}
        </nav>
    }
}

/// On a phone: the number of complete steps, and the button that shows all steps.
#[component]
fn Completed(is_whole: RwSignal<bool>) -> impl IntoView {
    let mesh = mesh_context().mesh;
    let done = move || mesh.with(|mesh| mesh.row.done.unwrap_or_default());
    let label = move || {
        if is_whole.get() {
            t!(setup.show_fewer)
        } else {
            t!(setup.show_all)
        }
    };
    view! {
        <div class="md:hidden flex items-center gap-2.5 px-3 pb-1 text-[13px]">
            <Icon glyph=Glyph::Good class="size-[18px] shrink-0 text-good"/>
            <span class="flex-1">{move || count!(setup.steps_complete, n = done())}</span>
            <button
                type="button"
                class="h-10 font-medium text-span"
                aria-expanded=move || is_whole.get().to_string()
                on:click=move |_| is_whole.update(|whole| *whole = !*whole)
            >
                {label}
            </button>
        </div>
    }
}

#[component]
fn Item(
    index: usize,
    selected: Memo<Option<usize>>,
    is_hidden: Signal<bool>,
    is_last: bool,
) -> impl IntoView {
    let MeshContext { mesh, queried, .. } = mesh_context();
    let row = mesh.with_untracked(|mesh| mesh.row.clone());
    let (name, primary) = (row.name, row.primary.to_string());
    let view = Memo::new(move |_| mesh.with(|mesh| mesh.steps.get(index).cloned()));
    let first = view.get_untracked()?;
    let (title, key) = (texts::title(&first.step), StepKey::of(&first.step));
    let is_selected = Memo::new(move |_| selected.get() == Some(index));
    let href = move || {
        let query = PageQuery {
            step: Some(key.clone()),
            ..queried.now.get()
        };
        urls::absolute(&query.path(&name))
    };
    let shown = move || view.get().unwrap_or_else(|| first.clone());
    let text = shown.clone();
    let detail = move || texts::detail(&text(), &primary);
    let text = shown.clone();
    let state = move || texts::state(&text().state);
    let class = move || {
        if is_selected.get() {
            tw(
                "relative flex gap-3 px-3 py-2 rounded-[8px] border border-span-line bg-surface text-[13px]",
            )
        } else {
            tw(
                "relative flex gap-3 px-3 py-2 rounded-[8px] border border-transparent text-[13px] hover:bg-sunken",
            )
        }
    };
    Some(view! {
        <li class="relative" class=("max-md:hidden", is_hidden)>
            <a
                href=href
                data-noscroll=""
                class=class
                aria-current=move || is_selected.get().then_some("step")
            >
                {(!is_last).then(|| view! { <span class="absolute left-[23px] top-9 bottom-0 w-px bg-line-strong" aria-hidden="true"></span> })}
                {move || view! { <Mark number=index + 1 state=shown().state/> }}
                <span class="min-w-0 flex-1">
                    <span class="block font-medium break-words" class=("font-semibold", is_selected)>{title}</span>
                    <span class="block text-[12px] text-ink-2 break-words">{detail}</span>
                </span>
                <span class="sr-only">{state}</span>
                <span class="text-[12px] text-ink-2 tabular shrink-0">{move || view.get().and_then(|view| took(&view))}</span>
            </a>
        </li>
    })
}

/// How long a step took, or is expected to take.
fn took(view: &StepView) -> Option<String> {
    Some(match view.duration? {
        StepDuration::Measured(milliseconds) => duration(milliseconds),
        StepDuration::Estimated(milliseconds) => {
            t!(setup.about, duration = duration(milliseconds))
        }
    })
}

/// The mark of a step: its state as a shape, or its number while it is to come.
#[component]
fn Mark(number: usize, state: StepState) -> impl IntoView {
    let (glyph, class) = match state {
        StepState::Done | StepState::Existing(_) => (
            Glyph::Good,
            tw("relative size-6 shrink-0 text-good bg-bg rounded-full"),
        ),
        StepState::Running(_) => (
            Glyph::Busy,
            tw("relative size-6 shrink-0 text-busy bg-bg rounded-full turning"),
        ),
        StepState::Drifted(_) => (Glyph::Bad, tw("relative size-6 shrink-0 text-bad bg-bg")),
        StepState::Unknown(_) => (
            Glyph::Unknown,
            tw("relative size-6 shrink-0 text-ink-3 bg-bg rounded-full"),
        ),
        StepState::NextStep => {
            return numbered(
                number,
                tw(
                    "relative grid place-items-center size-6 shrink-0 rounded-full text-[12px] font-semibold bg-span text-span-ink",
                ),
            );
        }
        StepState::Pending => {
            return numbered(
                number,
                tw(
                    "relative grid place-items-center size-6 shrink-0 rounded-full text-[12px] font-semibold border border-line-strong bg-surface text-ink-2",
                ),
            );
        }
    };
    view! { <Icon glyph=glyph class=class/> }.into_any()
}

fn numbered(number: usize, class: &'static str) -> AnyView {
    view! { <span class=class aria-hidden="true">{number}</span> }.into_any()
}
