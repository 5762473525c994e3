//! The list of meshes, each with its progress and health.

use super::health::{marks, progress_tone};
use crate::{
    api,
    parts::{Button, ButtonLink, ClusterChip, Empty, Glyph, Head, Icon, Kind, Link, Loaded, Pill},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::mesh::MeshRow;

/// The list of meshes.
#[component]
pub(crate) fn Meshes() -> impl IntoView {
    let meshes = Resource::new(|| (), |()| api::meshes::meshes());
    let shown = |found: Vec<MeshRow>| {
        view! {
            <section class="bg-surface border border-line rounded-[10px] px-5 py-1">
                <MeshRows found=found/>
            </section>
        }
    };
    view! {
        <Head title=t!(mesh.title)>
            <Button press=move || meshes.refetch()>{t!(action.refresh)}</Button>
            <ButtonLink kind=Kind::Go to=urls::NEW_MESH>
                <Icon glyph=Glyph::Plus/>
                {t!(mesh.new)}
            </ButtonLink>
        </Head>
        <Loaded from=meshes subject=t!(mesh.title) view=shown/>
    }
}

/// A row per mesh, or the button that creates the first mesh.
#[component]
pub(crate) fn MeshRows(found: Vec<MeshRow>) -> impl IntoView {
    if found.is_empty() {
        return view! {
            <div class="py-3">
                <Empty reason=t!(mesh.none)>
                    <ButtonLink kind=Kind::Go to=urls::NEW_MESH>{t!(mesh.new)}</ButtonLink>
                </Empty>
            </div>
        }
        .into_any();
    }
    let rows = found.into_iter().map(|row| view! { <Row row=row/> });
    rows.collect_view().into_any()
}

#[component]
fn Row(row: MeshRow) -> impl IntoView {
    let pill = |(tone, label)| view! { <Pill tone=tone>{label}</Pill> };
    let complete = row.done == row.steps;
    let failed = row.health.as_ref().is_some_and(|health| health.blocked > 0);
    let tone = progress_tone(complete, failed);
    let remotes = row
        .remotes
        .iter()
        .map(|remote| view! { <ClusterChip name=remote.to_string()/> });
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 py-3 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::mesh(&row.name) attr:class="font-medium hover:underline flex-1 min-w-[160px]">{row.name.to_string()}</Link>
            <ClusterChip name=row.primary.to_string()/>
            <Icon glyph=Glyph::Chevron class="size-3 text-ink-3"/>
            {remotes.collect_view()}
            {row.health.as_ref().map(marks).unwrap_or_default().into_iter().map(pill).collect_view()}
            <Pill tone=tone>{count!(mesh.progress, n = row.steps, done = row.done)}</Pill>
        </div>
    }
}
