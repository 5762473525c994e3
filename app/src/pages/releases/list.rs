//! The list of the releases of all clusters.

use super::state::{State, label};
use crate::{
    api,
    current::keep_current,
    list_query::ListQuery,
    page_cluster::set_page_place,
    parts::{
        Age, AsOf, Button, ButtonLink, Cell, ClusterChip, Column, Empty, Head, Kind, Link, ListBar,
        Live, NameCell, NoMatch, Notice, Pager, Pill, ProblemNotice, Rows, Table, Tone, Updated,
        tw,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    MeshName, Time,
    live::Topic,
    release::{ReleaseListView, ReleaseRow, ReleaseSort, ReleaseState, UnreadCluster},
};

/// The clusters whose releases are not current that have a notice of their own.
const MAX_NOTICES: usize = 3;

type Query = ListQuery<ReleaseSort, ReleaseState>;

/// The list of the releases of all clusters.
#[component]
pub(crate) fn Releases() -> impl IntoView {
    let query = Query::of(urls::RELEASES);
    set_page_place(Signal::derive(move || {
        let field = |name| {
            query
                .request
                .with(|request| request.field(name).map(str::to_owned))
        };
        field("cluster").map(|cluster| (cluster, field("namespace")))
    }));
    let releases = Resource::new(move || query.request.get(), api::releases::release_list);
    let read_at = keep_current(releases, &[Topic::Releases]);
    view! {
        <Head title=t!(release.title)>
            <Updated at=read_at/>
            <Button press=move || releases.refetch()>{t!(action.refresh)}</Button>
        </Head>
        <Live
            from=releases
            subject=t!(release.title)
            view=move |found| view! { <List found=found query=query/> }
        />
    }
}

/// The table with its filter and windows.
#[component]
fn List(found: Signal<ReleaseListView>, query: Query) -> impl IntoView {
    let unread = Memo::new(move |_| found.with(|found| found.unread.clone()));
    let list = Memo::new(move |_| found.with(|found| found.list.clone()));
    let counts = Memo::new(move |_| list.with(|list| (list.all, list.total)));
    let charts = move || {
        let (unread, all) = found.with(|found| (found.unread_charts, found.list.all));
        let read = all.saturating_sub(unread);
        (unread > 0).then(|| {
            view! {
                <p class="mb-3 text-[12px] text-ink-3 tabular" role="status">
                    {t!(release.charts_read, n = read, all = all)}
                </p>
            }
        })
    };
    let columns = vec![
        Column::new(t!(release.name), ReleaseSort::Name, tw("w-[26%]")),
        Column::new(t!(release.cluster), ReleaseSort::Cluster, tw("w-[24%]")),
        Column::new(t!(release.chart), ReleaseSort::Chart, tw("w-[22%]")),
        Column::new(t!(release.changed), ReleaseSort::Changed, tw("w-[10%]")),
        Column::new(t!(release.state), ReleaseSort::State, tw("w-[18%]")),
    ];
    view! {
        <UnreadClusters unread=unread.into()/>
        <ListBar search=t!(release.search) query=query list=list.into() state_label=label/>
        {charts}
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <Table
                label=t!(release.title)
                columns=columns
                query=query
                list=list.into()
                key=|row: &ReleaseRow| row.at.clone()
                cells=move |row| view! { <Cells row=row unread=unread.into()/> }
            />
            {move || match counts.get() {
                (0, _) => Some(view! { <NoReleases/> }.into_any()),
                (_, 0) => Some(view! { <NoMatch query=query/> }.into_any()),
                _ => None,
            }}
        </section>
        <Pager query=query list=list.into()/>
    }
}

#[component]
fn NoReleases() -> impl IntoView {
    view! {
        <div class="py-3">
            <Empty reason=t!(release.none)>
                <ButtonLink kind=Kind::Go to=urls::CATALOG>{t!(release.open_catalog)}</ButtonLink>
            </Empty>
        </div>
    }
}

/// The newest releases without a filter, and the clusters whose releases are not current.
#[component]
pub(crate) fn ReleaseRows(found: Signal<ReleaseListView>) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.with(|found| found.list.rows.is_empty()));
    let unread = Memo::new(move |_| found.with(|found| found.unread.clone()));
    let rows = Memo::new(move |_| found.with(|found| found.list.rows.clone()));
    view! {
        <UnreadClusters unread=unread.into()/>
        {move || is_empty.get().then(|| view! { <NoReleases/> })}
        <Rows
            rows=rows.into()
            key=|row: &ReleaseRow| row.at.clone()
            view=move |row| view! { <Line row=row unread=unread.into()/> }
        />
    }
}

/// The clusters whose releases are not current: some with their problems, the others by name.
#[component]
fn UnreadClusters(unread: Signal<Vec<UnreadCluster>>) -> impl IntoView {
    let first = Memo::new(move |_| {
        unread.with(|unread| unread.iter().take(MAX_NOTICES).cloned().collect::<Vec<_>>())
    });
    let others = Memo::new(move |_| {
        unread.with(|unread| {
            let others = unread.iter().skip(MAX_NOTICES);
            others
                .map(|unread| unread.cluster.to_string())
                .collect::<Vec<_>>()
        })
    });
    let others = move || {
        let others = others.get();
        (!others.is_empty()).then(|| {
            let text = count!(
                release.unread_more,
                n = others.len(),
                clusters = others.join(", ")
            );
            view! { <div class="py-2"><Notice tone=Tone::Plain>{text}</Notice></div> }
        })
    };
    view! {
        <Rows
            rows=first.into()
            key=|unread: &UnreadCluster| unread.cluster.clone()
            view=|unread| view! { <Unread unread=unread/> }
        />
        {others}
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

/// The parts of a row that follow the release.
#[derive(Clone, Copy)]
struct Shown {
    chart: Memo<String>,
    changed: Memo<Option<Time>>,
    state: Memo<(Option<MeshName>, ReleaseState)>,
    /// When the row was read, when its cluster does not answer.
    stale: Memo<Option<Time>>,
}

impl Shown {
    fn of(row: Signal<ReleaseRow>, unread: Signal<Vec<UnreadCluster>>) -> Self {
        let cluster = row.with_untracked(|row| row.at.cluster.clone());
        Self {
            chart: Memo::new(move |_| {
                row.with(|row| {
                    let revision = t!(release.revision_n, n = row.revision.0);
                    format!("{} · {revision}", row.chart.clone().unwrap_or_default())
                })
            }),
            changed: Memo::new(move |_| row.with(|row| row.changed)),
            state: Memo::new(move |_| row.with(|row| (row.drifted.clone(), row.state))),
            stale: Memo::new(move |_| {
                unread.with(|unread| {
                    let mut unread = unread.iter();
                    unread.find(|unread| unread.cluster == cluster)?.read_at
                })
            }),
        }
    }

    fn age(self) -> impl IntoView {
        let changed = self.changed.get();
        changed.map(|at| view! { <Age at=at/> })
    }
}

/// The state of a row, its mark, and its age when its cluster does not answer.
#[component]
fn Marks(shown: Shown) -> impl IntoView {
    let marks = move || {
        let (drifted, state) = shown.state.get();
        view! {
            {drifted.map(|mesh| view! { <DriftMark mesh=mesh/> })}
            <State state=state/>
        }
    };
    let as_of = move || shown.stale.get().map(|at| view! { <AsOf at=at/> });
    view! {
        {as_of}
        {marks}
    }
}

#[component]
fn Cells(row: Signal<ReleaseRow>, unread: Signal<Vec<UnreadCluster>>) -> impl IntoView {
    let at = row.with_untracked(|row| row.at.clone());
    let (cluster, namespace) = (at.cluster.to_string(), at.namespace.to_string());
    let shown = Shown::of(row, unread);
    view! {
        <NameCell>
            <Link href=urls::release(&at) attr:class="hover:underline">{at.release.to_string()}</Link>
        </NameCell>
        <Cell label=t!(release.cluster)>
            <ClusterChip name=cluster/> " · " {namespace}
        </Cell>
        <Cell label=t!(release.chart)>{move || shown.chart.get()}</Cell>
        <Cell label=t!(release.changed)>{move || shown.age()}</Cell>
        <Cell label=t!(release.state)>
            <span class="inline-flex flex-wrap gap-1.5"><Marks shown=shown/></span>
        </Cell>
    }
}

#[component]
fn Line(row: Signal<ReleaseRow>, unread: Signal<Vec<UnreadCluster>>) -> impl IntoView {
    let at = row.with_untracked(|row| row.at.clone());
    let shown = Shown::of(row, unread);
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_minmax(0,1.2fr)_90px_auto] items-center gap-x-4 gap-y-1 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <Link href=urls::release(&at) attr:class="font-medium hover:underline truncate">{at.release.to_string()}</Link>
            <span class="max-md:order-3"><ClusterChip name=at.cluster.to_string()/> " · " {at.namespace.to_string()}</span>
            <span class="max-md:order-4 max-md:text-right text-ink-2 tabular truncate">{move || shown.chart.get()}</span>
            <span class="max-md:hidden text-ink-3 tabular">{move || shown.age()}</span>
            <span class="justify-self-end flex flex-wrap justify-end gap-1.5 md:min-w-[130px]">
                <Marks shown=shown/>
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
