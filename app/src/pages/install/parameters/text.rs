//! The YAML pane: the text of the operator with colours and line numbers, and the effective values in a
//! second tab.

use super::{Editing, editor, undo::TEXT_ID};
use crate::{
    api,
    editor::{Line, Style, highlight},
    pages::install::wizard,
    parts::{Code, Glyph, Icon, Loaded, Tabs, tw},
    words::t,
};
use leptos::prelude::*;

/// The YAML pane.
#[component]
pub(super) fn TextPane() -> impl IntoView {
    let editor = editor();
    let tab = RwSignal::new(0);
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label="YAML">
            <div class="relative">
                <Tabs label="YAML" tabs=vec!["YAML".to_owned(), t!(install.effective)] selected=tab/>
                <Valid editor=editor/>
            </div>
            {move || match tab.get() {
                0 => view! { <Text editor=editor/> }.into_any(),
                _ => view! { <Effective/> }.into_any(),
            }}
        </section>
    }
}

/// The mark of a valid or an invalid text.
#[component]
fn Valid(editor: Editing) -> impl IntoView {
    let valid = Memo::new(move |_| editor.view.with(|view| view.faults.is_empty()));
    let class = move || {
        if valid.get() {
            tw("absolute right-4 top-2.5 inline-flex items-center gap-1.5 text-[12px] text-good")
        } else {
            tw("absolute right-4 top-2.5 inline-flex items-center gap-1.5 text-[12px] text-bad")
        }
    };
    let glyph = Signal::derive(move || if valid.get() { Glyph::Good } else { Glyph::Bad });
    view! {
        <p class=class>
            <Icon glyph=glyph class="size-3.5"/>
            {move || if valid.get() { t!(install.valid) } else { t!(install.invalid) }}
        </p>
    }
}

/// The text area with transparent text is on top of the same text in colours: the coloured text sets the size,
/// and both scroll together.
#[component]
fn Text(editor: Editing) -> impl IntoView {
    view! {
        <div data-scroller="" class="h-[70vh] overflow-auto py-2 border-2 border-transparent focus-within:border-span rounded-b-[10px]">
            <div class="relative min-w-max min-h-full font-mono text-[12.5px] leading-5">
                <Highlighted editor=editor/>
                <textarea
                    id=TEXT_ID
                    aria-label=t!(install.yaml)
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    wrap="off"
                    class="absolute inset-y-0 left-12 right-0 pr-4 resize-none overflow-hidden whitespace-pre bg-transparent text-transparent caret-ink placeholder:text-ink-3 outline-none"
                    placeholder=t!(install.yaml_placeholder)
                    prop:value=editor.text
                    on:input=move |event| editor.typed(event_target_value(&event))
                    on:change=move |_| editor.flush()
                ></textarea>
            </div>
        </div>
    }
}

/// The mark of a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    None,
    /// The line overrides a default.
    Changed,
    /// The line has an error.
    Error,
}

#[component]
fn Highlighted(editor: Editing) -> impl IntoView {
    let marks = Memo::new(move |_| {
        editor.view.with(|view| {
            let errors = view.faults.iter().map(|error| (error.line, Mark::Error));
            let changed = view
                .fields
                .iter()
                .filter_map(|field| Some((field.line?, Mark::Changed)));
            errors.chain(changed).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let marks = marks.get();
        let mark = |number| {
            let found = marks.iter().find(|(line, _)| *line == number);
            found.map_or(Mark::None, |(_, mark)| *mark)
        };
        let lines = editor.text.with(|text| highlight(text));
        (1..)
            .zip(lines)
            .map(|(number, line)| (number, mark(number), line))
            .collect::<Vec<_>>()
    };
    view! {
        <div aria-hidden="true">
            <For each=rows key=Clone::clone let:row>
                <Row number=row.0 mark=row.1 line=row.2/>
            </For>
        </div>
    }
}

#[component]
fn Row(number: u32, mark: Mark, line: Line) -> impl IntoView {
    let class = match mark {
        Mark::None => tw("flex h-5"),
        Mark::Changed => tw("flex h-5 bg-good-soft"),
        Mark::Error => tw("flex h-5 bg-bad-soft"),
    };
    let span = |(style, text): (Style, String)| {
        let class = match style {
            Style::Plain => tw("text-ink-2"),
            Style::Comment => tw("text-ink-3"),
            Style::Key => tw("text-span"),
            Style::Value => tw("text-c2"),
        };
        view! { <span class=class>{text}</span> }
    };
    view! {
        <div class=class>
            <span class="w-12 pr-4 shrink-0 text-right text-ink-3 tabular select-none">{number}</span>
            <span class="whitespace-pre pr-4">{line.into_iter().map(span).collect_view()}</span>
        </div>
    }
}

#[component]
fn Effective() -> impl IntoView {
    let wizard = wizard();
    let text = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::effective_values,
    );
    view! { <Loaded from=text subject=t!(install.effective) view=|text| view! { <Code text=text label=t!(install.effective)/> }/> }
}
