//! The list of meshes, each with its progress and health.

use super::health::{marks, progress_tone};
use crate::{
    api,
    current::keep_current,
    parts::{
        Button, ButtonLink, ClusterChip, Empty, Glyph, Head, Icon, Kind, Link, Live, Pill, Rows,
        Tone, Updated,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{live::Topic, mesh::MeshRow};

/// The list of meshes.
#[component]
pub(crate) fn Meshes() -> impl IntoView {
    let meshes = Resource::new(|| (), |()| api::meshes::meshes());
    let read_at = keep_current(meshes, &[Topic::Meshes]);
    let shown = |found: Signal<Vec<MeshRow>>| {
        view! {
            <section class="bg-surface border border-line rounded-[10px] px-5 py-1">
                <MeshRows found=found/>
            </section>
        }
    };
    view! {
        <Head title=t!(mesh.title)>
            <Updated at=read_at/>
            <Button press=move || meshes.refetch()>{t!(action.refresh)}</Button>
            <ButtonLink kind=Kind::Go to=urls::NEW_MESH>
                <Icon glyph=Glyph::Plus/>
                {t!(mesh.new)}
            </ButtonLink>
        </Head>
        <Live from=meshes subject=t!(mesh.title) view=shown/>
    }
}

/// A row per mesh, or the button that creates the first mesh.
#[component]
pub(crate) fn MeshRows(found: Signal<Vec<MeshRow>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.with(Vec::is_empty));
    let none = move || {
        is_empty.get().then(|| {
            view! {
                <div class="py-3">
                    <Empty reason=t!(mesh.none)>
                        <ButtonLink kind=Kind::Go to=urls::NEW_MESH>{t!(mesh.new)}</ButtonLink>
                    </Empty>
                </div>
            }
        })
    };
    view! {
        {none}
        <Rows rows=found key=|mesh: &MeshRow| mesh.name.clone() view=|row| view! { <Row row=row/> }/>
    }
}

#[component]
fn Row(row: Signal<MeshRow>) -> impl IntoView {
    let first = row.get_untracked();
    let pill = |(tone, label): (Tone, String)| view! { <Pill tone=tone>{label}</Pill> };
    let members = Memo::new(move |_| row.with(|row| (row.primary.clone(), row.remotes.clone())));
    let members = move || {
        let (primary, remotes) = members.get();
        let remotes = remotes
            .iter()
            .map(|remote| view! { <ClusterChip name=remote.to_string()/> });
        view! {
            <span class="flex flex-wrap items-center gap-x-3 gap-y-1 max-md:order-last max-md:w-full">
                <ClusterChip name=primary.to_string()/>
                <span class="text-ink-3" aria-hidden="true">"→"</span>
                {remotes.collect_view()}
            </span>
        }
    };
    let state = move || {
        let row = row.get();
        let failed = row.health.as_ref().is_some_and(|health| health.blocked > 0);
        let progress = match row.done {
            Some(done) => (
                progress_tone(row.is_complete(), failed),
                count!(mesh.progress, n = row.steps, done = done),
            ),
            None => (Tone::Busy, t!(mesh.reading_steps)),
        };
        let marks = row.health.as_ref().map(marks).unwrap_or_default();
        marks.into_iter().chain([progress]).map(pill).collect_view()
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 py-3 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::mesh(&first.name) attr:class="font-medium hover:underline flex-1 min-w-[160px]">{first.name.to_string()}</Link>
            {members}
            {state}
        </div>
    }
}
