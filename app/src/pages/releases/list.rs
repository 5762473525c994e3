//! The list of the releases of all clusters.

use super::state::State;
use crate::{
    api,
    parts::{
        Button, ButtonLink, ClusterChip, Empty, Head, Kind, Link, Loaded, Pill, ProblemNotice, Tone,
    },
    urls,
    words::{age, t},
};
use leptos::prelude::*;
use wire::{
    MeshName,
    release::{ReleaseRow, ReleasesView},
};

/// The list of the releases of all clusters.
#[component]
pub(crate) fn Releases() -> impl IntoView {
    let releases = Resource::new(|| (), |()| api::releases::releases());
    view! {
        <Head title=t!(release.title)>
            <Button press=move || releases.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Loaded
            from=releases
            subject=t!(release.title)
            view=|found| {
                view! {
                    <section class="bg-surface border border-line rounded-[10px] px-5 py-1">
                        <ReleaseRows found=found/>
                    </section>
                }
            }
        />
    }
}

/// Rows of releases, and the problems of the clusters whose releases could not be listed.
#[component]
pub(crate) fn ReleaseRows(found: ReleasesView) -> impl IntoView {
    let problems = found.unread.into_iter().map(|(_, problem)| {
        view! { <div class="py-2"><ProblemNotice problem=problem/></div> }
    });
    let problems = problems.collect_view();
    let rows = if found.rows.is_empty() {
        view! {
            <div class="py-3">
                <Empty reason=t!(release.none)>
                    <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
                </Empty>
            </div>
        }
        .into_any()
    } else {
        found
            .rows
            .into_iter()
            .map(|row| view! { <Row row=row/> })
            .collect_view()
            .into_any()
    };
    view! {
        {problems}
        {rows}
    }
}

#[component]
fn Row(row: ReleaseRow) -> impl IntoView {
    let to = urls::release(&row.at);
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_minmax(0,1.2fr)_90px_130px] items-center gap-x-4 gap-y-1 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Link href=to attr:class="font-medium hover:underline truncate">{row.at.release.to_string()}</Link>
            <span class="max-md:order-3"><ClusterChip name=row.at.cluster.to_string()/> " · " {row.at.namespace.to_string()}</span>
            <span class="max-md:order-4 max-md:text-right text-ink-2 tabular truncate">
                {row.chart.unwrap_or_default()} " · " {t!(release.revision_n, n = row.revision.0)}
            </span>
            <span class="max-md:hidden text-ink-3 tabular">{age(row.age)}</span>
            <span class="justify-self-end flex flex-wrap justify-end gap-1.5">
                {row.drifted.map(|mesh| view! { <DriftMark mesh=mesh/> })}
                <State state=row.state/>
            </span>
        </div>
    }
}

/// The mark of a release with a stale address, with a link to the mesh that updates it.
#[component]
fn DriftMark(mesh: MeshName) -> impl IntoView {
    view! {
        <Link href=urls::mesh(&mesh) attr:class="hover:underline">
            <Pill tone=Tone::Warn>{t!(mesh.addresses_changed)}</Pill>
        </Link>
    }
}
