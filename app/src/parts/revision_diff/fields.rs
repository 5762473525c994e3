//! The fields of one object that differ: the keys of the parents, the key, and the value in both revisions.

use crate::{
    parts::{Button, tw},
    words::{count, t},
};
use leptos::prelude::*;
use wire::comparison::FieldChange;

/// The fields that are shown at once; a CRD has thousands.
const SHOWN_FIELDS: usize = 50;

/// The rows of the fields.
#[component]
pub(super) fn FieldRows(fields: StoredValue<Vec<FieldChange>>) -> impl IntoView {
    let shown = RwSignal::new(SHOWN_FIELDS);
    let total = fields.with_value(Vec::len);
    let rows = move || {
        let fields = fields.with_value(|fields| {
            let fields = fields.iter().take(shown.get());
            fields.cloned().collect::<Vec<_>>()
        });
        let rows = fields.into_iter();
        rows.map(|field| view! { <Field field=field/> })
            .collect_view()
    };
    let more = move || {
        let left = total.saturating_sub(shown.get());
        (left > 0).then(|| {
            view! {
                <tr role="row" class="block border-t border-line">
                    <td role="cell" aria-colspan="3" class="flex px-4 py-1.5">
                        <Button press=move || shown.update(|shown| *shown += SHOWN_FIELDS)>
                            {count!(revision_diff.more_fields, n = left)}
                        </Button>
                    </td>
                </tr>
            }
        })
    };
    view! {
        {rows}
        {more}
    }
}

#[component]
fn Field(field: FieldChange) -> impl IntoView {
    let whole = field.path_text();
    let own = field.path.last().cloned().unwrap_or_default();
    let parents = whole.strip_suffix(own.as_str()).unwrap_or_default();
    let parents = parents.to_owned();
    let value = |value: Option<String>, class: &'static str| {
        match value {
        Some(value) => view! { <td role="cell" class=class>{value}</td> }.into_any(),
        None => view! { <td role="cell" class="px-3 max-md:first-of-type:pl-4 py-1.5 text-ink-3">{t!(revision_diff.not_set)}</td> }.into_any(),
    }
    };
    view! {
        <tr role="row" class="grid grid-cols-2 md:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)_minmax(0,1fr)] border-t border-line font-mono leading-normal">
            <th role="rowheader" class="px-4 py-1.5 text-left font-normal break-all max-md:col-span-2 max-md:pb-0.5">
                <span class="text-ink-3">{parents}</span>
                <span class="text-ink">{own}</span>
            </th>
            {value(field.before, tw("px-3 max-md:pl-4 py-1.5 min-w-0 break-all whitespace-pre-wrap bg-bad-soft"))}
            {value(field.after, tw("px-3 py-1.5 min-w-0 break-all whitespace-pre-wrap bg-good-soft"))}
        </tr>
    }
}
