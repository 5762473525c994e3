//! The page of one Service of a mesh: who serves it, what each istiod has registered, and its traffic.

mod served;
mod traffic;

use super::services::{
    StateMark, Unread, parents,
    pin::{PinButton, PinProblem, Pins},
    service_ref,
};
use crate::{
    AppError, api,
    clock::clock,
    current::keep_current,
    named::named,
    parts::{
        Button, ButtonLink, CheckRow, Folds, Head, Live, Notice, ProblemNotice, Tone, Updated,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use served::ServedBy;
use traffic::Traffic;
use wire::{Time, live::Topic, mesh::ServiceDetailView};

/// The names in the URL: mesh, namespace and Service.
type Names = (String, String, String);

async fn load((mesh, namespace, service): Names) -> Result<ServiceDetailView, AppError> {
    api::meshes::mesh_service(service_ref(mesh, &namespace, &service)?).await
}

/// The page of one Service.
#[component]
pub(crate) fn MeshService() -> impl IntoView {
    let params = use_params_map();
    let names = Memo::new(move |_| {
        let params = params.read();
        let name = |key: &str| params.get(key).unwrap_or_default();
        (name("name"), name("namespace"), name("service"))
    });
    let service = named(move || names.get(), load);
    let read_at = keep_current(service, &[Topic::Traffic]);
    let reload = Callback::new(move |()| service.refetch());
    view! {
        {move || {
            let names = names.get();
            let mut above = parents(&names.0);
            above.push((t!(service.title), urls::mesh_services(&names.0)));
            view! {
                <Live
                    from=service
                    subject=t!(service.subject)
                    parents=above
                    view=move |latest| view! { <Page latest=latest read_at=read_at reload=reload/> }
                />
            }
        }}
    }
}

#[component]
fn Page(
    latest: Signal<ServiceDetailView>,
    read_at: Signal<Time>,
    reload: Callback<()>,
) -> impl IntoView {
    Folds::provide();
    let at = latest.get_untracked().at;
    let mut above = parents(at.mesh.as_str());
    above.push((t!(service.title), urls::mesh_services(&at.mesh)));
    let state = Memo::new(move |_| latest.with(|service| service.state));
    let mesh = at.mesh.clone();
    let recheck = Action::new(move |(): &()| api::meshes::recheck_mesh(mesh.clone()));
    let failed = move || recheck.value().get().and_then(Result::err);
    let pins = Pins::new(reload);
    let pinned = Signal::derive(move || latest.with(|service| service.pinned.is_some()));
    view! {
        <Head title=at.service.to_string() parents=above>
            {move || state.get().map(|state| view! { <StateMark state=state/> })}
            <Updated at=read_at/>
            <PinButton at=at.clone() pinned=pinned pins=pins/>
            <Button press=move || reload.run(())>{t!(action.refresh)}</Button>
            <Button
                disabled=recheck.pending()
                press=move || {
                    recheck.dispatch(());
                }
            >
                {t!(service.recheck)}
            </Button>
        </Head>
        {move || failed().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        <PinProblem pins=pins/>
        <Summary latest=latest/>
        <Content latest=latest/>
    }
}

/// The namespace, the ports, and the number of endpoints.
#[component]
fn Summary(latest: Signal<ServiceDetailView>) -> impl IntoView {
    let at = latest.get_untracked().at;
    let clock = clock();
    let ports = Memo::new(move |_| latest.with(|service| service.ports.join(", ")));
    let pinned = Memo::new(move |_| latest.with(|service| service.pinned.clone()));
    let endpoints = Memo::new(move |_| {
        latest.with(|service| {
            let serving = service.clusters.iter().filter(|cluster| cluster.ready > 0);
            let ready: u32 = serving.clone().map(|cluster| cluster.ready).sum();
            service.read.map(|_| (ready, serving.count()))
        })
    });
    view! {
        <p class="flex flex-wrap gap-x-4 gap-y-1 -mt-2 mb-4 text-[13px] text-ink-2">
            <span>{t!(service.in_namespace, namespace = at.namespace.to_string())}</span>
            {move || {
                let ports = ports.get();
                (!ports.is_empty()).then(|| view! { <span class="tabular">{t!(service.ports, ports = ports)}</span> })
            }}
            {move || endpoints.get().map(|(ready, clusters)| view! {
                <span class="tabular">{count!(service.endpoints_in, n = ready, clusters = clusters)}</span>
            })}
            {move || pinned.get().map(|pin| view! {
                <span>{t!(service.pinned_by, operator = pin.by, ago = clock.ago(pin.at))}</span>
            })}
        </p>
    }
}

/// What the page shows, once the first checks of the mesh have ended.
#[component]
fn Content(latest: Signal<ServiceDetailView>) -> impl IntoView {
    let mesh = latest.get_untracked().at.mesh;
    let link = StoredValue::new(urls::mesh(&mesh));
    let is_read = Memo::new(move |_| latest.with(|service| service.read.is_some()));
    let unread = Memo::new(move |_| {
        latest.with(|service| {
            let clusters = service.clusters.iter();
            let unread = clusters
                .filter_map(|cluster| Some((cluster.cluster.to_string(), cluster.unread.clone()?)));
            unread.collect::<Vec<_>>()
        })
    });
    let notices = move || {
        let unread = unread.get().into_iter();
        unread
            .map(|(cluster, reason)| view! { <Unread cluster=cluster reason=reason/> })
            .collect_view()
    };
    let waiting = move || {
        view! {
            <Notice tone=Tone::Plain>
                <p class="mb-2">{t!(service.checks_running)}</p>
                <ButtonLink to=link.get_value()>{t!(service.open_mesh)}</ButtonLink>
            </Notice>
        }
    };
    view! {
        <Show when=move || is_read.get() fallback=waiting>
            {notices}
            <Findings latest=latest/>
            <ServedBy latest=latest/>
            <Traffic latest=latest/>
        </Show>
    }
}

/// The checks that found something about the Service, with their remedies, and the way to the steps that mend it.
#[component]
fn Findings(latest: Signal<ServiceDetailView>) -> impl IntoView {
    let link = StoredValue::new(urls::mesh(&latest.get_untracked().at.mesh));
    let checks = Memo::new(move |_| latest.with(|service| service.checks.clone()));
    move || {
        let checks = checks.get();
        (!checks.is_empty()).then(|| {
            view! {
                <section class="bg-surface border border-line rounded-[10px] mb-3 min-w-0" aria-label=t!(service.findings)>
                    <div class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2.5 border-b border-line">
                        <h2 class="text-[14px] font-semibold flex-1">{t!(service.findings)}</h2>
                        <ButtonLink to=link.get_value()>{t!(service.open_mesh)}</ButtonLink>
                    </div>
                    {checks.into_iter().map(|check| view! { <CheckRow check=check/> }).collect_view()}
                </section>
            }
        })
    }
}
