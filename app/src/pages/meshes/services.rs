//! The list of the Services of a mesh, to choose one by search. Pinned Services are the first.

pub(super) mod pin;
mod prometheus;

use crate::{
    AppError, api,
    current::keep_current,
    list_query::ListQuery,
    parts::{
        Button, ButtonLink, Cell, ClusterChip, Column, Condition, ConditionPill, Empty, Head, Link,
        ListBar, Live, NameCell, NoMatch, Notice, Pager, Pill, Table, Tone, Updated, tw, written,
    },
    urls,
    words::{grouped, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use pin::{PinButton, PinProblem, Pins};
use wire::{
    live::Topic,
    mesh::{ServiceListView, ServiceRef, ServiceRow, ServiceSort, ServiceState, ServicesRequest},
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
    let pins = Pins::new(Callback::new(move |()| services.refetch()));
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
            view=move |found| view! { <List found=found query=query mesh=mesh pins=pins/> }
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
fn List(
    found: Signal<ServiceListView>,
    query: Query,
    mesh: Memo<String>,
    pins: Pins,
) -> impl IntoView {
    let list = Memo::new(move |_| found.with(|found| found.list.clone()));
    let unread = Memo::new(move |_| found.with(|found| found.unread.clone()));
    let counts = Memo::new(move |_| {
        found.with(|found| (found.read.is_some(), found.list.all, found.list.total))
    });
    let columns = vec![
        Column::new(t!(service.name), ServiceSort::Name, tw("w-[20%]")),
        Column::new(t!(service.namespace), ServiceSort::Namespace, tw("w-[13%]")),
        Column::unsorted(t!(service.clusters), tw("w-[26%]")),
        Column::new(t!(service.ready), ServiceSort::Endpoints, tw("w-[11%]")),
        Column::unsorted(t!(service.rate), tw("w-[10%]")),
        Column::new(t!(service.state), ServiceSort::State, tw("w-[11%]")),
        Column::unsorted(t!(service.actions), tw("w-[9%]")),
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
        <PinProblem pins=pins/>
        <prometheus::Source found=found mesh=mesh changed=pins.changed()/>
        <ListBar search=t!(service.search) query=query list=list.into() state_label=label/>
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <Table
                label=t!(service.title)
                columns=columns
                query=query
                list=list.into()
                key=|row: &ServiceRow| (row.namespace.clone(), row.name.clone())
                cells=move |row| view! { <Cells row=row mesh=mesh pins=pins/> }
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
fn Cells(row: Signal<ServiceRow>, mesh: Memo<String>, pins: Pins) -> impl IntoView {
    let ServiceRow {
        namespace, name, ..
    } = row.get_untracked();
    let mesh = mesh.get_untracked();
    let page = urls::mesh_service(&mesh, &namespace, &name);
    let at = service_ref(mesh, &namespace, &name).ok();
    let pinned = Signal::derive(move || row.with(|row| row.pinned.is_some()));
    let button = at.map(|at| view! { <PinButton at=at pinned=pinned pins=pins/> });
    let mark = move || {
        pinned
            .get()
            .then(|| view! { " " <Pill tone=Tone::Span>{t!(service.pinned)}</Pill> })
    };
    let clusters = Memo::new(move |_| row.with(|row| row.clusters.clone()));
    let chips = move || {
        let clusters = clusters.get().into_iter();
        clusters
            .map(|(cluster, _)| view! { <ClusterChip name=cluster.to_string()/> })
            .collect_view()
    };
    view! {
        <NameCell><Link href=page attr:class="hover:underline">{name}</Link>{mark}</NameCell>
        <Cell label=t!(service.namespace)>{namespace}</Cell>
        <Cell label=t!(service.clusters)><span class="inline-flex flex-wrap gap-x-3 gap-y-1">{chips}</span></Cell>
        <Cell label=t!(service.ready)><span class="tabular">{move || grouped(row.with(|row| row.ready))}</span></Cell>
        <Cell label=t!(service.rate)><span class="tabular">{move || row.with(rate)}</span></Cell>
        <Cell label=t!(service.state)><StateMark state=Signal::derive(move || row.with(|row| row.state))/></Cell>
        <Cell label=t!(service.actions)>{button}</Cell>
    }
}

/// A Service of a mesh by its names.
pub(super) fn service_ref(
    mesh: String,
    namespace: &str,
    name: &str,
) -> Result<ServiceRef, AppError> {
    Ok(ServiceRef {
        mesh: AppError::parse_name("mesh", mesh)?,
        namespace: AppError::parse_name("namespace", namespace.to_owned())?,
        service: AppError::parse_name("Service", name.to_owned())?,
    })
}

/// The rate of a Service, when it is sampled.
fn rate(row: &ServiceRow) -> String {
    match (row.requests, &row.pinned) {
        (Some(requests), _) => t!(service.per_second, n = written(requests)),
        (None, Some(_)) => t!(service.first_reading),
        (None, None) => t!(service.not_sampled),
    }
}

/// The mark of a state: its shape, and its own word beside it.
#[component]
pub(super) fn StateMark(#[prop(into)] state: Signal<ServiceState>) -> impl IntoView {
    move || match state.get() {
        ServiceState::Ready | ServiceState::Unknown => {
            view! { <ConditionPill condition=condition(state.get()) with_shape=true/> }.into_any()
        }
        other => view! { <Pill tone=condition(other).tone()>{label(other)}</Pill> }.into_any(),
    }
}
