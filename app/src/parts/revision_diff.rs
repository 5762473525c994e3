//! The difference of two revisions: by object, and in each object by field with its value in both, CRDs apart; or as a
//! unified text.
//!
//! Start at [`RevisionDiff`].

mod fields;
mod text;

use super::{Copy, Pill, Segmented, Tone, tw};
use crate::words::{count, t};
use fields::FieldRows;
use leptos::{html, prelude::*};
use text::{lines, summary, text};
use wasm_bindgen::JsCast as _;
use wire::{
    comparison::{ComparedObject, Comparison, ObjectChange},
    install::Side,
};

/// An object that only one revision has is folded from this number of fields on: its fields are its whole content.
const FOLDED_FIELDS: usize = 12;

/// The names of the two revisions. Cheap to copy.
#[derive(Clone, Copy)]
struct Names {
    before: StoredValue<String>,
    after: StoredValue<String>,
}

/// The difference of two revisions.
#[component]
pub(crate) fn RevisionDiff(
    /// The name of the earlier revision, such as "r5".
    #[prop(into)]
    before: String,
    /// The name of the later revision.
    #[prop(into)]
    after: String,
    /// The comparison.
    comparison: Comparison,
) -> impl IntoView {
    let label = t!(
        revision_diff.label,
        before = before.clone(),
        after = after.clone()
    );
    let whole = text(&comparison, &before, &after);
    let copied = Signal::stored(whole.clone());
    let whole = StoredValue::new(whole);
    let summary = summary(&comparison);
    let hidden = number_unchanged(&comparison);
    let only = RwSignal::new(true);
    let form = RwSignal::new(0);
    let form_label = t!(revision_diff.form, of = label.clone());
    let forms = vec![t!(revision_diff.fields), t!(revision_diff.text)];
    let heads = [(before.clone(), Tone::Busy), (after.clone(), Tone::Span)];
    let names = Names {
        before: StoredValue::new(before),
        after: StoredValue::new(after),
    };
    let [old, new] = heads.map(|(name, tone)| view! { <Pill tone=tone>{name}</Pill> });
    let fields_class = move || if form.get() == 0 { "" } else { tw("hidden") };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 text-[13px]">
                <span class="flex items-center gap-2 flex-1">{old} <span aria-hidden="true">"→"</span> {new}</span>
                <Segmented label=form_label choices=forms chosen=form/>
                <label class="inline-flex items-center gap-2 max-md:min-h-10">
                    <input
                        type="checkbox"
                        role="switch"
                        checked=true
                        prop:checked=only
                        disabled=move || hidden == 0 || form.get() != 0
                        on:change=move |event| only.set(event_target_checked(&event))
                    />
                    {t!(revision_diff.only_differences)}
                </label>
                <Copy text=copied label=t!(revision_diff.copy)/>
            </div>
            <p class="px-4 py-2 border-t border-line text-[12px] text-ink-2 tabular">{summary}</p>
            <div class=fields_class><Fields comparison=comparison names=names only=only/></div>
            <Show when=move || form.get() != 0>
                <Text text=whole.get_value()/>
            </Show>
        </section>
    }
}

fn number_unchanged(comparison: &Comparison) -> usize {
    let objects = comparison.objects.iter();
    objects
        .filter(|object| object.change == ObjectChange::Unchanged)
        .count()
}

/// The difference by object and field.
#[component]
fn Fields(comparison: Comparison, names: Names, only: RwSignal<bool>) -> impl IntoView {
    let hidden = number_unchanged(&comparison);
    let differs = comparison.objects.len() > hidden;
    let (crds, objects): (Vec<ComparedObject>, Vec<ComparedObject>) = comparison
        .objects
        .into_iter()
        .partition(ComparedObject::is_crd);
    view! {
        {(!differs).then(|| view! { <p class="px-4 py-4 border-t border-line text-[13px] text-ink-2">{t!(revision_diff.none)}</p> })}
        <Objects title=t!(revision_diff.objects) objects=objects names=names only=only/>
        <Objects title=t!(revision_diff.crds) objects=crds names=names only=only/>
        <Hidden hidden=hidden only=only/>
    }
}

/// The difference as a unified text.
#[component]
fn Text(text: String) -> impl IntoView {
    let line = |(side, text): (Side, String)| {
        let class = match side {
            Side::Same => tw("block px-4 text-ink-2"),
            Side::Added => tw("block px-4 bg-good-soft"),
            Side::Removed => tw("block px-4 bg-bad-soft"),
        };
        view! { <span class=class>{text} "\n"</span> }
    };
    let rows = lines(&text).into_iter().map(line).collect_view();
    view! {
        <pre
            class="py-2.5 border-t border-line font-mono text-[12px] leading-relaxed whitespace-pre-wrap break-all overflow-auto max-h-[60vh]"
            tabindex="0"
            role="region"
            aria-label=t!(revision_diff.text)
        >
            {rows}
        </pre>
    }
}

/// How many objects are hidden, and the button that shows them.
#[component]
fn Hidden(hidden: usize, only: RwSignal<bool>) -> impl IntoView {
    (hidden > 0).then(|| {
        let text = move || {
            if only.get() {
                count!(revision_diff.hidden, n = hidden)
            } else {
                count!(revision_diff.shown, n = hidden)
            }
        };
        view! { <p class="px-4 py-2.5 border-t border-line text-[12px] text-ink-3 tabular" role="status">{text}</p> }
    })
}

/// The objects of one table; none without a difference is shown as long as only differences are.
#[component]
fn Objects(
    title: String,
    objects: Vec<ComparedObject>,
    names: Names,
    only: RwSignal<bool>,
) -> impl IntoView {
    let table = NodeRef::<html::Table>::new();
    let differs = objects
        .iter()
        .any(|object| object.change != ObjectChange::Unchanged);
    let is_empty = objects.is_empty();
    let label = title.clone();
    let rows = objects.into_iter().map(|object| {
        let is_unchanged = object.change == ObjectChange::Unchanged;
        let object = StoredValue::new(object);
        view! {
            <Show when=move || !(is_unchanged && only.get())>
                <Object object=object.get_value()/>
            </Show>
        }
    });
    let rows = rows.collect_view();
    let is_shown = move || !is_empty && (differs || !only.get());
    let class = move || {
        if is_shown() {
            tw("border-t border-line")
        } else {
            tw("hidden")
        }
    };
    view! {
        <div class=class>
            <h3 class="px-4 pt-3 pb-1 text-[13px] font-semibold">{title}</h3>
            <table
                node_ref=table
                role="table"
                class="block text-[12px]"
                aria-label=label
                on:keydown=move |event| move_focus(table, &event)
            >
                <thead role="rowgroup" class="block">
                    <tr role="row" class="grid grid-cols-2 md:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)_minmax(0,1fr)] text-ink-3">
                        <th role="columnheader" class="px-4 py-1.5 text-left font-medium max-md:sr-only">{t!(revision_diff.field)}</th>
                        <th role="columnheader" class="px-3 max-md:pl-4 py-1.5 text-left font-medium">{names.before.get_value()}</th>
                        <th role="columnheader" class="px-3 py-1.5 text-left font-medium">{names.after.get_value()}</th>
                    </tr>
                </thead>
                {rows}
            </table>
        </div>
    }
}

/// The arrow keys move between the heads of the objects.
fn move_focus(table: NodeRef<html::Table>, event: &web_sys::KeyboardEvent) {
    let Some(table) = table.get_untracked() else {
        return;
    };
    let Ok(heads) = table.query_selector_all("button[aria-expanded]") else {
        return;
    };
    let heads = (0..heads.length()).filter_map(|index| heads.get(index));
    let heads: Vec<web_sys::HtmlElement> = heads.filter_map(|head| head.dyn_into().ok()).collect();
    let focused = document().active_element();
    let position = heads
        .iter()
        .position(|head| focused.as_ref() == Some(head.as_ref()));
    let Some(position) = position else { return };
    let next = match event.key().as_str() {
        "ArrowDown" => position + 1,
        "ArrowUp" => position.wrapping_sub(1),
        "Home" => 0,
        "End" => heads.len().wrapping_sub(1),
        _ => return,
    };
    if let Some(head) = heads.get(next) {
        event.prevent_default();
        let _ = head.focus();
    }
}

/// The mark of what happened to an object.
fn mark(object: &ComparedObject) -> (Tone, String) {
    match object.change {
        ObjectChange::Added => (Tone::Good, t!(revision_diff.added)),
        ObjectChange::Removed => (Tone::Bad, t!(revision_diff.removed)),
        ObjectChange::Changed => (
            Tone::Busy,
            count!(revision_diff.fields_changed, n = object.fields.len()),
        ),
        ObjectChange::Unchanged => (Tone::Plain, t!(revision_diff.unchanged)),
    }
}

#[component]
fn Object(object: ComparedObject) -> impl IntoView {
    let (tone, mark) = mark(&object);
    let starts_open = match object.change {
        ObjectChange::Changed => true,
        ObjectChange::Unchanged => false,
        ObjectChange::Added | ObjectChange::Removed => object.fields.len() < FOLDED_FIELDS,
    };
    let open = RwSignal::new(starts_open);
    let ComparedObject { object, fields, .. } = object;
    let name = match &object.namespace {
        Some(namespace) => format!("{namespace}/{}", object.name),
        None => object.name.clone(),
    };
    let has_fields = !fields.is_empty();
    let fields = StoredValue::new(fields);
    let head = view! {
        <span class="font-mono text-[11.5px] text-ink-2 max-md:flex-1 text-left break-all">{object.kind} " "</span>
        <span class="font-mono flex-1 min-w-0 break-all text-left max-md:basis-full max-md:order-last">{name} " "</span>
        <Pill tone=tone>{mark}</Pill>
    };
    let head = if has_fields {
        view! {
            <button
                type="button"
                class="w-full flex flex-wrap items-center gap-x-2.5 gap-y-1 px-4 py-2 text-[13px] hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {head}
            </button>
        }
        .into_any()
    } else {
        view! { <span class="flex flex-wrap items-center gap-x-2.5 gap-y-1 px-4 py-2 text-[13px]">{head}</span> }.into_any()
    };
    view! {
        <tbody role="rowgroup" class="block border-t border-line">
            <tr role="row" class="block bg-sunken">
                <th role="rowheader" class="block font-normal" aria-colspan="3">{head}</th>
            </tr>
            <Show when=move || open.get()>
                <FieldRows fields=fields/>
            </Show>
        </tbody>
    }
}
