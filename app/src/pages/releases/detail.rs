//! The page of one release: its resources with their health, values, manifest, notes and history.

use super::{state::State, uninstall::Uninstall};
use crate::{
    AppError, api,
    named::named,
    page_cluster::set_page_cluster,
    parts::{Button, ButtonLink, Code, Dialog, Head, HealthIcon, Kind, Loaded, Notice, Tabs, Tone},
    urls,
    words::{age, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use wire::{
    ClusterName, MeshName, Namespace, Problem, ReleaseName,
    release::{Health, ReleaseRef, ReleaseView, ResourceView, RevisionRow},
};

/// The release of the URL.
fn release_of_url(
    cluster: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
) -> Result<ReleaseRef, AppError> {
    let bad = |error: wire::BadName| {
        AppError(
            Problem::new(wire::Code::BadName)
                .with("name", "")
                .with("reason", error),
        )
    };
    Ok(ReleaseRef {
        cluster: ClusterName::new(cluster.unwrap_or_default()).map_err(bad)?,
        namespace: Namespace::new(namespace.unwrap_or_default()).map_err(bad)?,
        release: ReleaseName::new(name.unwrap_or_default()).map_err(bad)?,
    })
}

async fn load(at: Result<ReleaseRef, AppError>) -> Result<ReleaseView, AppError> {
    api::releases::release(at?).await
}

/// The page of one release.
#[component]
pub(crate) fn Release() -> impl IntoView {
    let params = use_params_map();
    let at = Memo::new(move |_| {
        let params = params.read();
        release_of_url(
            params.get("cluster"),
            params.get("namespace"),
            params.get("name"),
        )
    });
    set_page_cluster(Signal::derive(move || {
        at.get().ok().map(|at| at.cluster.to_string())
    }));
    let release = named(move || at.get(), load);
    let refresh = Callback::new(move |()| release.refetch());
    view! {
        <Loaded from=release subject=t!(release.subject) view=move |release| view! { <Page release=release refresh=refresh/> }/>
    }
}

#[component]
fn Page(release: ReleaseView, refresh: Callback<()>) -> impl IntoView {
    let uninstalling = RwSignal::new(false);
    let tab = RwSignal::new(0);
    let at = StoredValue::new(release.row.at.clone());
    let tabs = vec![
        t!(release.resources_n, n = release.resources.len()),
        t!(release.values),
        t!(release.manifest),
        t!(release.notes),
        t!(release.history),
    ];
    let title = release.row.at.release.to_string();
    let summary = view! {
        <p class="flex flex-wrap items-center gap-x-3 gap-y-1 mb-4 text-[13px] text-ink-2">
            <State state=release.row.state/>
            <span class="tabular">{release.row.chart.clone().unwrap_or_default()}</span>
            <span>{release.row.at.cluster.to_string()} " · " {release.row.at.namespace.to_string()}</span>
            <span class="tabular">{t!(release.revision_n, n = release.row.revision.0)}</span>
            <span class="tabular">{t!(time.ago, age = age(release.row.age))}</span>
        </p>
    };
    let drifted = release.row.drifted.clone();
    let (job, unsupported) = (release.row.job.clone(), release.objects_only.clone());
    let release = StoredValue::new(release);
    view! {
        <Head title=title.clone() parents=vec![(t!(release.title), urls::RELEASES.to_owned())]>
            <Button press=move || refresh.run(())>{t!(action.refresh)}</Button>
            {job.map(|job| view! { <ButtonLink to=urls::job(&job)>{t!(release.open_job)}</ButtonLink> })}
            <Button kind=Kind::Danger press=move || uninstalling.set(true)>{t!(release.uninstall)}</Button>
        </Head>
        {summary}
        {unsupported.map(|version| {
            view! {
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(release.unsupported_version, version = version)}</Notice>
                </div>
            }
        })}
        {drifted.map(|mesh| view! { <Drifted mesh=mesh/> })}
        <section class="bg-surface border border-line rounded-[10px]">
            <Tabs label=t!(release.subject) tabs=tabs selected=tab/>
            {move || release.with_value(|release| tab_content(tab.get(), release))}
        </section>
        <Dialog open=uninstalling title=t!(release.uninstall_title, release = title)>
            <Uninstall at=at.get_value()/>
        </Dialog>
    }
}

/// The notice of a stale address, with a link to the mesh that updates it.
#[component]
fn Drifted(mesh: MeshName) -> impl IntoView {
    view! {
        <div class="mb-4" role="alert">
            <Notice tone=Tone::Warn>
                <p>{t!(release.drifted)}</p>
                <div class="mt-2">
                    <ButtonLink to=urls::mesh(&mesh)>{t!(release.open_drifted_mesh, mesh = mesh.to_string())}</ButtonLink>
                </div>
            </Notice>
        </div>
    }
}

fn tab_content(tab: usize, release: &ReleaseView) -> AnyView {
    match tab {
        0 => view! { <Resources resources=release.resources.clone()/> }.into_any(),
        1 if release.values.is_empty() => {
            view! { <p class="px-5 py-6 text-[13px] text-ink-3">{t!(release.no_values)}</p> }
                .into_any()
        }
        1 => view! { <Code text=release.values.clone() label=t!(release.values)/> }.into_any(),
        2 => view! { <Code text=release.manifest.clone() label=t!(release.manifest)/> }.into_any(),
        3 if release.notes.is_empty() => {
            view! { <p class="px-5 py-6 text-[13px] text-ink-3">{t!(release.no_notes)}</p> }
                .into_any()
        }
        3 => view! { <Code text=release.notes.clone() label=t!(release.notes)/> }.into_any(),
        _ => view! { <History rows=release.history.clone()/> }.into_any(),
    }
}

#[component]
fn Resources(resources: Vec<ResourceView>) -> impl IntoView {
    let row = |resource: ResourceView| {
        let reason = match &resource.health {
            Health::Waiting(reason) | Health::Failed(reason) | Health::Unknown(reason) => {
                reason.clone()
            }
            Health::Missing => t!(health.missing),
            Health::Ready => String::new(),
        };
        view! {
            <div class="grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[190px_minmax(0,1fr)_auto_20px] items-center gap-x-4 gap-y-0.5 px-5 py-2 border-b border-line last:border-b-0 text-[13px]">
                <span class="font-mono text-[11.5px] text-ink-3 max-md:col-span-2 truncate">{resource.object.kind.clone()}</span>
                <span class="font-mono break-words">{resource.object.name.clone()}</span>
                <span class="text-ink-3 tabular max-md:hidden">{resource.note.clone()}</span>
                <HealthIcon health=Some(resource.health.clone())/>
                {(!reason.is_empty()).then(|| view! { <span class="col-span-full text-[12px] text-warn md:pl-[206px]">{reason}</span> })}
            </div>
        }
    };
    view! { <div>{resources.into_iter().map(row).collect_view()}</div> }
}

#[component]
fn History(rows: Vec<RevisionRow>) -> impl IntoView {
    let row = |revision: RevisionRow| {
        view! {
            <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 border-b border-line last:border-b-0 text-[13px]">
                <span class="tabular w-8">{revision.revision.0}</span>
                <State state=revision.state/>
                <span class="tabular">{revision.chart}</span>
                <span class="flex-1 min-w-[160px] text-ink-2">{revision.description}</span>
                <span class="text-ink-3 tabular">{t!(time.ago, age = age(revision.age))}</span>
            </div>
        }
    };
    view! { <div>{rows.into_iter().map(row).collect_view()}</div> }
}
