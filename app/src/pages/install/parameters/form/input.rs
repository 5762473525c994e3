//! The input of a field: a switch, a list, or a text field.

use crate::parts::tw;
use leptos::prelude::*;
use wire::install::{FieldKind, FieldView, Scalar};

const BOX: &str = tw(
    "h-[30px] max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]",
);

/// The input of a field.
#[component]
pub(super) fn Input(id: String, field: FieldView, set: Callback<Scalar>) -> impl IntoView {
    let value = field.value.or(field.default);
    let value = value.map(|value| value.text()).unwrap_or_default();
    match field.kind {
        FieldKind::Bool => view! { <Switch id=id value=value set=set/> }.into_any(),
        FieldKind::OneOf(options) => {
            view! { <Options id=id value=value options=options set=set/> }.into_any()
        }
        FieldKind::Number => {
            view! { <TextField id=id value=value inputmode="decimal" to_scalar=Scalar::Number set=set/> }
                .into_any()
        }
        FieldKind::Text => {
            view! { <TextField id=id value=value inputmode="text" to_scalar=Scalar::Text set=set/> }
                .into_any()
        }
    }
}

#[component]
fn Switch(id: String, value: String, set: Callback<Scalar>) -> impl IntoView {
    view! {
        <input
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about")
            type="checkbox"
            role="switch"
            prop:checked=value == "true"
            on:change=move |event| set.run(Scalar::Bool(event_target_checked(&event)))
        />
    }
}

#[component]
fn Options(
    id: String,
    value: String,
    options: Vec<String>,
    set: Callback<Scalar>,
) -> impl IntoView {
    let option = |option: String| {
        let selected = option == value;
        view! { <option value=option.clone() selected=selected>{option.clone()}</option> }
    };
    let options = options.into_iter().map(option).collect_view();
    view! {
        <select
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about")
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
    value: String,
    inputmode: &'static str,
    to_scalar: fn(String) -> Scalar,
    set: Callback<Scalar>,
) -> impl IntoView {
    view! {
        <input
            id=id.clone()
            aria-label=id.clone()
            aria-describedby=format!("{id}-about")
            type="text"
            inputmode=inputmode
            autocomplete="off"
            spellcheck="false"
            class=BOX
            prop:value=value
            on:change=move |event| set.run(to_scalar(event_target_value(&event)))
        />
    }
}
