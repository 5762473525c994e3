//! The text: the operator's YAML as typed, in colours and with its lines numbered, and the effective
//! values beside it.

use super::{Desk, desk};
use crate::{
    api,
    editor::{Ink, Line, paint},
    pages::install::wizard,
    parts::{Code, Glyph, Icon, Loaded, Tabs, tw},
    words::t,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;
use wire::install::Edit;

/// How long a person has stopped typing before the text is sent.
const PAUSE: Duration = Duration::from_millis(400);

/// The text's pane.
#[component]
pub(super) fn TextPane() -> impl IntoView {
    let desk = desk();
    let tab = RwSignal::new(0);
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label="YAML">
            <div class="relative">
                <Tabs label="YAML" tabs=vec!["YAML".to_owned(), t!(install.effective)] selected=tab/>
                <Valid desk=desk/>
            </div>
            {move || match tab.get() {
                0 => view! { <Text desk=desk/> }.into_any(),
                _ => view! { <Effective/> }.into_any(),
            }}
        </section>
    }
}

/// Whether the text can be used, in a word.
#[component]
fn Valid(desk: Desk) -> impl IntoView {
    let valid = Memo::new(move |_| desk.view.with(|view| view.faults.is_empty()));
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

/// The text that is typed lies, without colour, over the same text in colours: the lower one gives the
/// size, and both scroll as one.
#[component]
fn Text(desk: Desk) -> impl IntoView {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |event: web_sys::Event| {
        desk.text.set(event_target_value(&event));
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let send = move || desk.edit.run(Edit::Text);
        waiting.set_value(set_timeout_with_handle(send, PAUSE).ok());
    };
    view! {
        <div class="h-[70vh] overflow-auto py-2 border-2 border-transparent focus-within:border-span rounded-b-[10px]">
            <div class="relative min-w-max min-h-full font-mono text-[12.5px] leading-5">
                <Painted desk=desk/>
                <textarea
                    aria-label=t!(install.yaml)
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="off"
                    wrap="off"
                    class="absolute inset-y-0 left-12 right-0 pr-4 resize-none overflow-hidden whitespace-pre bg-transparent text-transparent caret-ink placeholder:text-ink-3 outline-none"
                    placeholder=t!(install.yaml_placeholder)
                    prop:value=desk.text
                    on:input=typed
                ></textarea>
            </div>
        </div>
    }
}

/// How a line stands out.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    None,
    /// Its value is not the chart's.
    Mine,
    /// Something is wrong with it.
    Fault,
}

#[component]
fn Painted(desk: Desk) -> impl IntoView {
    let marks = Memo::new(move |_| {
        desk.view.with(|view| {
            let faults = view.faults.iter().map(|fault| (fault.line, Mark::Fault));
            let mine = view
                .fields
                .iter()
                .filter_map(|field| Some((field.line?, Mark::Mine)));
            faults.chain(mine).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let marks = marks.get();
        let marked = |number| {
            let found = marks.iter().find(|(line, _)| *line == number);
            found.map_or(Mark::None, |(_, mark)| *mark)
        };
        let lines = desk.text.with(|text| paint(text));
        (1..)
            .zip(lines)
            .map(|(number, line)| (number, marked(number), line))
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
        Mark::Mine => tw("flex h-5 bg-good-soft"),
        Mark::Fault => tw("flex h-5 bg-bad-soft"),
    };
    let span = |(ink, text): (Ink, String)| {
        let class = match ink {
            Ink::Plain => tw("text-ink-2"),
            Ink::Comment => tw("text-ink-3"),
            Ink::Key => tw("text-span"),
            Ink::Value => tw("text-c2"),
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
