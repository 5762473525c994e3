//! The list of the Services of a mesh, to choose one by search.

use crate::{
    AppError, api,
    current::keep_current,
    list_query::ListQuery,
    parts::{
        Button, ButtonLink, Cell, ClusterChip, Column, Condition, ConditionPill, Empty, Head, Link,
        ListBar, Live, NameCell, NoMatch, Notice, Pager, Table, Tone, Updated, tw,
    },
    urls,
    words::{grouped, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::{
    live::Topic,
    mesh::{ServiceListView, ServiceRow, ServiceSort, ServiceState, ServicesRequest},
};

type Query = ListQuery<ServiceSort, ServiceState>;

async fn load(mesh: String, request: ServicesRequest) -> Result<ServiceListView, AppError> {
    api::meshes::mesh_services(AppError::parse_name("mesh", mesh)?, request).await
}

/// The condition of a Service.
pub(super) fn condition(state: ServiceState) -> Condition {
    match state {
        ServiceState::Missing => Condition::Degraded,
        ServiceState::NoEndpoints => Condition::Warning,
        ServiceState::Unknown => Condition::Unknown,
        ServiceState::Ready => Condition::Ready,
    }
}

/// The name of a state.
pub(super) fn label(state: ServiceState) -> String {
    match state {
        ServiceState::Missing => t!(service.state_missing),
        ServiceState::NoEndpoints => t!(service.state_no_endpoints),
        ServiceState::Unknown => t!(service.state_unknown),
        ServiceState::Ready => t!(service.state_ready),
    }
}

/// The list of the Services of a mesh.
#[component]
pub(crate) fn MeshServices() -> impl IntoView {
    let params = use_params_map();
    let mesh = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let query = Query::of(Signal::derive(move || urls::mesh_services(&mesh.get())));
    let services = Resource::new(
        move || (mesh.get(), query.request.get()),
        |(mesh, request)| load(mesh, request),
    );
    let read_at = keep_current(services, &[Topic::Traffic]);
    view! {
        {move || view! {
            <Head title=t!(service.title) parents=parents(&mesh.get())>
                <Updated at=read_at/>
                <Button press=move || services.refetch()>{t!(action.refresh)}</Button>
            </Head>
        }}
        <Live
            from=services
            subject=t!(service.title)
            view=move |found| view! { <List found=found query=query mesh=mesh/> }
        />
    }
}

/// The pages above the list.
pub(super) fn parents(mesh: &str) -> Vec<(String, String)> {
    vec![
        (t!(mesh.title), urls::MESHES.to_owned()),
        (mesh.to_owned(), urls::mesh(&mesh)),
    ]
}

/// The table with its filter and windows.
#[component]
fn List(found: Signal<ServiceListView>, query: Query, mesh: Memo<String>) -> impl IntoView {
    let list = Memo::new(move |_| found.with(|found| found.list.clone()));
    let unread = Memo::new(move |_| found.with(|found| found.unread.clone()));
    let counts = Memo::new(move |_| {
        found.with(|found| (found.read.is_some(), found.list.all, found.list.total))
    });
    let columns = vec![
        Column::new(t!(service.name), ServiceSort::Name, tw("w-[26%]")),
        Column::new(t!(service.namespace), ServiceSort::Namespace, tw("w-[18%]")),
        Column::unsorted(t!(service.clusters), tw("w-[28%]")),
        Column::new(t!(service.ready), ServiceSort::Endpoints, tw("w-[13%]")),
        Column::new(t!(service.state), ServiceSort::State, tw("w-[15%]")),
    ];
    let none = move || match counts.get() {
        (false, _, _) => Some(
            view! { <Empty reason=t!(service.checks_running)><MeshLink mesh=mesh/></Empty> }
                .into_any(),
        ),
        (true, 0, _) => {
            Some(view! { <Empty reason=t!(service.none)><MeshLink mesh=mesh/></Empty> }.into_any())
        }
        (true, _, 0) => Some(view! { <NoMatch query=query/> }.into_any()),
        _ => None,
    };
    let notice = move || {
        let clusters = unread.get().into_iter();
        clusters
            .map(|(cluster, reason)| view! { <Unread cluster=cluster.to_string() reason=reason/> })
            .collect_view()
    };
    view! {
        {notice}
        <ListBar search=t!(service.search) query=query list=list.into() state_label=label/>
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <Table
                label=t!(service.title)
                columns=columns
                query=query
                list=list.into()
                key=|row: &ServiceRow| (row.namespace.clone(), row.name.clone())
                cells=move |row| view! { <Cells row=row mesh=mesh/> }
            />
            {none}
        </section>
        <Pager query=query list=list.into()/>
    }
}

/// The link to the mesh, whose page has its checks and steps.
#[component]
fn MeshLink(mesh: Memo<String>) -> impl IntoView {
    view! { <ButtonLink to=urls::mesh(&mesh.get_untracked())>{t!(service.open_mesh)}</ButtonLink> }
}

/// A cluster that could not be read.
#[component]
pub(super) fn Unread(cluster: String, reason: String) -> impl IntoView {
    view! {
        <div class="mb-3">
            <Notice tone=Tone::Warn>
                <p>{t!(service.unread, cluster = cluster)}</p>
                <p class="mt-1 font-mono text-[12px] text-ink-2 break-words">{reason}</p>
            </Notice>
        </div>
    }
}

#[component]
fn Cells(row: Signal<ServiceRow>, mesh: Memo<String>) -> impl IntoView {
    let ServiceRow {
        namespace, name, ..
    } = row.get_untracked();
    let page = urls::mesh_service(&mesh.get_untracked(), &namespace, &name);
    let clusters = Memo::new(move |_| row.with(|row| row.clusters.clone()));
    let chips = move || {
        let clusters = clusters.get().into_iter();
        clusters
            .map(|(cluster, _)| view! { <ClusterChip name=cluster.to_string()/> })
            .collect_view()
    };
    view! {
        <NameCell><Link href=page attr:class="hover:underline">{name}</Link></NameCell>
        <Cell label=t!(service.namespace)>{namespace}</Cell>
        <Cell label=t!(service.clusters)><span class="inline-flex flex-wrap gap-x-3 gap-y-1">{chips}</span></Cell>
        <Cell label=t!(service.ready)><span class="tabular">{move || grouped(row.with(|row| row.ready))}</span></Cell>
        <Cell label=t!(service.state)><StateMark state=Signal::derive(move || row.with(|row| row.state))/></Cell>
    }
}

/// The mark of a state: its shape, and its own word beside it.
#[component]
pub(super) fn StateMark(#[prop(into)] state: Signal<ServiceState>) -> impl IntoView {
    move || {
        match state.get() {
        ServiceState::Ready | ServiceState::Unknown => {
            view! { <ConditionPill condition=condition(state.get()) with_shape=true/> }.into_any()
        }
        other => {
            view! { <crate::parts::Pill tone=condition(other).tone()>{label(other)}</crate::parts::Pill> }
                .into_any()
        }
    }
    }
}
