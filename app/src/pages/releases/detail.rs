//! The page of one release: its resources with their health, values, manifest, notes and history.

mod comparison;
mod drawer;
mod logs;
mod rail;
mod resources;
mod summary;
mod tabs;
mod tests;

pub(crate) use tests::TestList;

use super::{
    interrupted::Interrupted, left_fields::LeftFields, test::RunTests, uninstall::Uninstall,
};
use crate::{
    AppError, api,
    current::keep_current,
    live::stream,
    named::named,
    page_cluster::set_page_namespace,
    parts::{Button, ButtonLink, Dialog, Head, Kind, Live, Notice, Tone, Updated},
    urls,
    words::t,
};
use comparison::RevisionsCompared;
use drawer::ObjectDrawer;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rail::{Rail, compared};
use summary::Summary;
use tabs::ReleaseTabs;
use wire::{
    ClusterName, MeshName, Namespace, Problem, ReleaseName, Time,
    live::Topic,
    release::{ReleaseRef, ReleaseView},
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

/// The release of the parameters of the path.
pub(super) fn release_of_params() -> Memo<Result<ReleaseRef, AppError>> {
    let params = use_params_map();
    Memo::new(move |_| {
        let params = params.read();
        release_of_url(
            params.get("cluster"),
            params.get("namespace"),
            params.get("name"),
        )
    })
}

/// The page of one release.
#[component]
pub(crate) fn Release() -> impl IntoView {
    let at = release_of_params();
    set_page_namespace(Signal::derive(move || {
        let at = at.get().ok()?;
        Some((at.cluster.to_string(), at.namespace.to_string()))
    }));
    let release = named(move || at.get(), load);
    let read_at = keep_current(release, &[Topic::Release, Topic::Jobs]);
    stream().follow_release(Signal::derive(move || at.get().ok()));
    let refresh = Callback::new(move |()| release.refetch());
    view! {
        <Live
            from=release
            subject=t!(release.subject)
            parents=vec![(t!(release.title), urls::RELEASES.to_owned())]
            view=move |release| {
                let at = Memo::new(move |_| release.with(|release: &ReleaseView| release.row.at.clone()));
                move || view! { <Page at=at.get() release=release read_at=read_at refresh=refresh/> }
            }
        />
    }
}

#[component]
fn Page(
    at: ReleaseRef,
    release: Signal<ReleaseView>,
    /// When the page was read.
    read_at: Signal<Time>,
    refresh: Callback<()>,
) -> impl IntoView {
    let (uninstalling, testing) = (RwSignal::new(false), RwSignal::new(false));
    let title = at.release.to_string();
    let at = StoredValue::new(at);
    let job = Memo::new(move |_| release.with(|release| release.row.job.clone()));
    let open_job = move || {
        job.get()
            .map(|job| view! { <ButtonLink to=urls::job(&job)>{t!(release.open_job)}</ButtonLink> })
    };
    let unsupported = Memo::new(move |_| release.with(|release| release.objects_only.clone()));
    let unsupported = move || {
        unsupported.get().map(|version| {
            view! {
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(release.unsupported_version, version = version)}</Notice>
                </div>
            }
        })
    };
    let drifted = Memo::new(move |_| release.with(|release| release.row.drifted.clone()));
    let drifted = move || drifted.get().map(|mesh| view! { <Drifted mesh=mesh/> });
    view! {
        <Head title=title.clone() parents=vec![(t!(release.title), urls::RELEASES.to_owned())]>
            <Updated at=read_at/>
            <Button press=move || refresh.run(())>{t!(action.refresh)}</Button>
            {open_job}
            <TestButton release=release testing=testing/>
            <Button kind=Kind::Danger press=move || uninstalling.set(true)>{t!(release.uninstall)}</Button>
            <UpgradeLink at=at.get_value() release=release/>
        </Head>
        <Summary release=release/>
        {unsupported}
        {drifted}
        <Interrupted at=at.get_value() release=release/>
        <LeftFields at=at.get_value() release=release refresh=refresh/>
        <Revisions at=at.get_value() release=release testing=testing/>
        <ObjectDrawer at=at.get_value()/>
        <Dialog open=uninstalling title=t!(release.uninstall_title, release = title.clone())>
            <Uninstall at=at.get_value()/>
        </Dialog>
        <Dialog open=testing title=t!(tests.dialog, release = title)>
            <RunTests at=at.get_value()/>
        </Dialog>
    }
}

/// The button that opens the plan of the tests, when the release has some.
#[component]
fn TestButton(release: Signal<ReleaseView>, testing: RwSignal<bool>) -> impl IntoView {
    let has_tests = Memo::new(move |_| release.with(|release| !release.tests.is_empty()));
    move || {
        has_tests
            .get()
            .then(|| view! { <Button press=move || testing.set(true)>{t!(tests.test)}</Button> })
    }
}

/// The link to the upgrade, to the newer version where there is one.
#[component]
fn UpgradeLink(at: ReleaseRef, release: Signal<ReleaseView>) -> impl IntoView {
    let newer = Memo::new(move |_| release.with(|release| release.newer.clone()));
    move || {
        let label = match newer.get() {
            Some(version) => t!(release.upgrade_to, version = version),
            None => t!(release.upgrade),
        };
        view! { <ButtonLink kind=Kind::Go to=urls::upgrade(&at)>{label}</ButtonLink> }
    }
}

/// The rail of the revisions, and beside it the newest revision or the comparison of two.
#[component]
fn Revisions(
    at: ReleaseRef,
    release: Signal<ReleaseView>,
    /// Whether the plan of the tests is open.
    testing: RwSignal<bool>,
) -> impl IntoView {
    let tab = RwSignal::new(0);
    let compared = compared(release);
    let of = StoredValue::new(at.clone());
    let content = move || match compared.get() {
        Some(compared) => {
            view! { <RevisionsCompared at=of.get_value() compared=compared/> }.into_any()
        }
        None => view! {
            <section class="bg-surface border border-line rounded-[10px]">
                <ReleaseTabs at=of.get_value() release=release tab=tab testing=testing/>
            </section>
        }
        .into_any(),
    };
    view! {
        <div class="grid gap-4 lg:grid-cols-[270px_minmax(0,1fr)] items-start">
            <Rail at=at release=release compared=compared/>
            <div class="min-w-0 max-lg:order-first">
                {content}
            </div>
        </div>
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
