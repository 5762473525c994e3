//! The objects of a release, the worst first; each opens its drawer.

use crate::{
    parts::{HealthIcon, Link, Rows, health_reason},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::release::{ReleaseRef, ResourceView};

/// The objects of a release.
#[component]
pub(super) fn Resources(
    /// The release.
    at: ReleaseRef,
    /// Its objects, in the order of the manifest.
    resources: Signal<Vec<ResourceView>>,
) -> impl IntoView {
    let sorted = Signal::derive(move || {
        let mut resources = resources.get();
        resources.sort_by_key(|resource| resource.health.severity());
        resources
    });
    let at = StoredValue::new(at);
    view! {
        <Rows
            rows=sorted
            key=|resource: &ResourceView| resource.object.clone()
            view=move |resource| view! { <Resource at=at resource=resource/> }
        />
    }
}

/// A row: its link stays while its health changes, so that the focus stays too.
#[component]
fn Resource(at: StoredValue<ReleaseRef>, resource: Signal<ResourceView>) -> impl IntoView {
    let object = resource.with_untracked(|resource| resource.object.clone());
    let href = at.with_value(|at| urls::release_object(at, &object));
    let opens = t!(object.open, object = object.to_string());
    let (kind, name) = (object.kind, object.name);
    let health = Memo::new(move |_| resource.with(|resource| resource.health.clone()));
    let note = Memo::new(move |_| resource.with(|resource| resource.note.clone()));
    let reason = move || {
        let reason = health_reason(&health.get());
        (!reason.is_empty()).then(|| {
            view! { <span class="col-span-full text-[12px] text-warn md:pl-[206px] break-words">{reason}</span> }
        })
    };
    view! {
        <div class="relative grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[190px_minmax(0,1fr)_auto_20px] items-center gap-x-4 gap-y-0.5 px-5 py-2 border-b border-line last:border-b-0 text-[13px] hover:bg-sunken">
            <span class="font-mono text-[11.5px] text-ink-3 max-md:col-span-2 truncate">{kind}</span>
            <Link
                href=href
                keep_scroll=true
                attr:class="font-mono break-words hover:underline after:absolute after:inset-0"
                attr:title=opens
            >
                {name}
            </Link>
            <span class="text-ink-3 tabular max-md:hidden">{note}</span>
            {move || view! { <HealthIcon health=Some(health.get())/> }}
            {reason}
        </div>
    }
}
