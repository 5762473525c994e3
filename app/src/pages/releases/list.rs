//! The list of the releases of all clusters.

use super::state::State;
use crate::{
    api,
    clock::clock,
    current::keep_current,
    parts::{
        Button, ButtonLink, ClusterChip, Empty, Head, Kind, Link, Live, Notice, Pill,
        ProblemNotice, Rows, Tone, Updated,
    },
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    MeshName,
    live::Topic,
    release::{ReleaseRow, ReleasesView, UnreadCluster},
};

/// The list of the releases of all clusters.
#[component]
pub(crate) fn Releases() -> impl IntoView {
    let releases = Resource::new(|| (), |()| api::releases::releases());
    let read_at = keep_current(releases, &[Topic::Releases]);
    view! {
        <Head title=t!(release.title)>
            <Updated at=read_at/>
            <Button press=move || releases.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Live
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

/// Rows of releases, and the clusters whose releases are not current.
#[component]
pub(crate) fn ReleaseRows(found: Signal<ReleasesView>) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.with(|found| found.rows.is_empty()));
    let none = move || {
        is_empty.get().then(|| {
            view! {
                <div class="py-3">
                    <Empty reason=t!(release.none)>
                        <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
                    </Empty>
                </div>
            }
        })
    };
    let unread = Signal::derive(move || found.with(|found| found.unread.clone()));
    let rows = Signal::derive(move || found.with(|found| found.rows.clone()));
    view! {
        <Rows
            rows=unread
            key=|unread: &UnreadCluster| unread.cluster.clone()
            view=|unread| view! { <Unread unread=unread/> }
        />
        {none}
        <Rows
            rows=rows
            key=|row: &ReleaseRow| row.at.clone()
            view=move |row| view! { <Row row=row unread=unread/> }
        />
    }
}

/// A cluster whose releases are not current: its problem, and the age of the rows.
#[component]
fn Unread(unread: Signal<UnreadCluster>) -> impl IntoView {
    let problem = Memo::new(move |_| unread.with(|unread| unread.problem.clone()));
    let first = unread.with_untracked(|unread| unread.cluster.to_string());
    let notice = move || match problem.get() {
        Some(problem) => view! { <ProblemNotice problem=problem/> }.into_any(),
        None => {
            let text = t!(release.not_answered, cluster = first.clone());
            view! { <Notice tone=Tone::Plain>{text}</Notice> }.into_any()
        }
    };
    view! { <div class="py-2">{notice}</div> }
}

#[component]
fn Row(row: Signal<ReleaseRow>, unread: Signal<Vec<UnreadCluster>>) -> impl IntoView {
    let at = row.with_untracked(|row| row.at.clone());
    let cluster = at.cluster.clone();
    // The row is of this time when its cluster does not answer.
    let stale = Memo::new(move |_| {
        unread.with(|unread| {
            let mut unread = unread.iter();
            unread.find(|unread| unread.cluster == cluster)?.read_at
        })
    });
    let chart = move || {
        row.with(|row| {
            let revision = t!(release.revision_n, n = row.revision.0);
            format!("{} · {revision}", row.chart.clone().unwrap_or_default())
        })
    };
    let changed = Memo::new(move |_| row.with(|row| row.changed));
    let state = Memo::new(move |_| row.with(|row| (row.drifted.clone(), row.state)));
    let marks = move || {
        let (drifted, state) = state.get();
        view! {
            {drifted.map(|mesh| view! { <DriftMark mesh=mesh/> })}
            <State state=state/>
        }
    };
    let as_of = move || {
        stale
            .get()
            .map(|at| view! { <Pill tone=Tone::Warn>{move || t!(state.as_of, ago = clock().ago(at))}</Pill> })
    };
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_minmax(0,1.2fr)_90px_auto] items-center gap-x-4 gap-y-1 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::release(&at) attr:class="font-medium hover:underline truncate">{at.release.to_string()}</Link>
            <span class="max-md:order-3"><ClusterChip name=at.cluster.to_string()/> " · " {at.namespace.to_string()}</span>
            <span class="max-md:order-4 max-md:text-right text-ink-2 tabular truncate">{chart}</span>
            <span class="max-md:hidden text-ink-3 tabular">{move || changed.get().map(|at| clock().age(at))}</span>
            <span class="justify-self-end flex flex-wrap justify-end gap-1.5 md:min-w-[130px]">
                {as_of}
                {marks}
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
