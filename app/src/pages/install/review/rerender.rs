//! Whether the installed revision renders as it is stored: a post-renderer is not lost silently.

use crate::{
    parts::{Notice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{ObjectName, review::RerenderView};

/// The warning about a manifest that the chart does not render; nothing when it does.
#[component]
pub(super) fn Rerender(view: Option<RerenderView>) -> impl IntoView {
    let text = match view {
        Some(RerenderView::Differs {
            objects,
            count,
            has_lookups,
            is_seeded,
        }) => differs(&objects, count, has_lookups, is_seeded),
        Some(RerenderView::NotCompared) => (Tone::Plain, t!(rerender.not_compared), String::new()),
        Some(RerenderView::Same) | None => return ().into_any(),
    };
    let (tone, title, cause) = text;
    view! {
        <div class="mb-4">
            <Notice tone=tone>
                <p class="font-medium break-words">{title}</p>
                <p class="text-ink-2 empty:hidden">{cause}</p>
            </Notice>
        </div>
    }
    .into_any()
}

fn differs(
    objects: &[ObjectName],
    n: u32,
    has_lookups: bool,
    is_seeded: bool,
) -> (Tone, String, String) {
    let named: Vec<String> = objects
        .iter()
        .map(|object| format!("{} {}", object.kind, object.name))
        .collect();
    let mut named = named.join(", ");
    if usize::try_from(n).is_ok_and(|n| n > objects.len()) {
        named.push_str(", …");
    }
    let cause = match (has_lookups, is_seeded) {
        (true, _) => t!(rerender.cause_lookups),
        (false, false) => t!(rerender.cause_random),
        (false, true) => t!(rerender.cause_post_renderer),
    };
    let title = count!(rerender.differs, n = n, objects = named);
    (Tone::Warn, title, cause)
}
