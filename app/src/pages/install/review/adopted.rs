//! The resources of a join that a release takes over, named in one line before everything else.

use crate::{
    parts::{Notice, Tone},
    words::count,
};
use leptos::prelude::*;
use wire::install::{Change, ObjectDiff, ReviewView};

/// The names of the objects that the releases of a review adopt, each with its kind.
pub(crate) fn adopted(review: &ReviewView) -> Vec<String> {
    let of_parts = review.parts.iter().flat_map(|part| &part.objects);
    let all = review.objects.iter().chain(of_parts);
    let adopted = all.filter(|object| object.change == Change::Adopt);
    let name = |object: &ObjectDiff| format!("{} {}", object.object.kind, object.object.name);
    adopted.map(name).collect()
}

/// The resources that the releases take over from a join, by name; nothing without one.
#[component]
pub(crate) fn Adopted(names: Vec<String>) -> impl IntoView {
    let text = count!(change.adopts, n = names.len(), objects = names.join(", "));
    (!names.is_empty())
        .then(|| view! { <div class="mb-3"><Notice tone=Tone::Busy>{text}</Notice></div> })
}
