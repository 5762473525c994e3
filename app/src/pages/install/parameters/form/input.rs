//! The input of a field: a switch, a list, or a text field. It keeps its element while its value changes.

use crate::parts::tw;
use leptos::prelude::*;
use wire::install::{FieldKind, Scalar};

const BOX: &str = tw(
    "h-[30px] max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]",
);

/// The input of a field.
#[component]
pub(super) fn Input(
    id: String,
    kind: FieldKind,
    /// The value that is shown.
    value: Memo<String>,
    /// Whether the value has an error.
    invalid: Memo<bool>,
    /// Whether the chart requires a value.
    required: Memo<bool>,
    /// Sets another value.
    set: Callback<Scalar>,
    /// The value is complete.
    done: Callback<()>,
) -> impl IntoView {
    let finish = Callback::new(move |value| {
        set.run(value);
        done.run(());
    });
    match kind {
        FieldKind::Bool => view! { <Switch id=id value=value invalid=invalid set=finish/> }.into_any(),
        FieldKind::OneOf(options) => {
            view! { <Options id=id value=value invalid=invalid required=required options=options set=finish/> }.into_any()
        }
        FieldKind::Number => {
            view! { <TextField id=id value=value invalid=invalid required=required inputmode="decimal" to_scalar=Scalar::Number set=set done=done/> }
                .into_any()
        }
        FieldKind::Text => {
            view! { <TextField id=id value=value invalid=invalid required=required inputmode="text" to_scalar=Scalar::Text set=set done=done/> }
                .into_any()
        }
    }
}

#[component]
fn Switch(
    id: String,
    value: Memo<String>,
    invalid: Memo<bool>,
    set: Callback<Scalar>,
) -> impl IntoView {
    view! {
        <input
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about {id}-error")
            aria-invalid=move || invalid.get().to_string()
            type="checkbox"
            role="switch"
            prop:checked=move || value.get() == "true"
            on:change=move |event| set.run(Scalar::Bool(event_target_checked(&event)))
        />
    }
}

#[component]
fn Options(
    id: String,
    value: Memo<String>,
    invalid: Memo<bool>,
    required: Memo<bool>,
    options: Vec<String>,
    set: Callback<Scalar>,
) -> impl IntoView {
    let option = |option: String| {
        let own = option.clone();
        let selected = move || value.get() == own;
        view! {
            <option value=option.clone() selected=selected.clone() prop:selected=selected>{option.clone()}</option>
        }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <select
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about {id}-error")
            aria-invalid=move || invalid.get().to_string()
            aria-required=move || required.get().to_string()
            class=BOX
            on:change=move |event| set.run(Scalar::Text(event_target_value(&event)))
        >
            {options}
        </select>
    }
}

#[component]
fn TextField(
    id: String,
    value: Memo<String>,
    invalid: Memo<bool>,
    required: Memo<bool>,
    inputmode: &'static str,
    to_scalar: fn(String) -> Scalar,
    set: Callback<Scalar>,
    done: Callback<()>,
) -> impl IntoView {
    view! {
        <input
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about {id}-error")
            aria-invalid=move || invalid.get().to_string()
            aria-required=move || required.get().to_string()
            type="text"
            inputmode=inputmode
            autocomplete="off"
            spellcheck="false"
            class=BOX
            prop:value=value
            on:input=move |event| set.run(to_scalar(event_target_value(&event)))
            on:change=move |_| done.run(())
        />
    }
}
