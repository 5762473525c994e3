//! One mesh: the path to it step by step, what it carries, and the way back.

use super::{health::Health, member::Member, picture::Picture, removal::Removal, step::Step};
use crate::{
    AppError, api,
    live::stream,
    page_cluster::set_page_cluster,
    parts::{Button, Dialog, Head, Kind, Loaded, Notice, Pill, ProblemNotice, Tone},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use wire::{
    ClusterName, MeshName,
    mesh::{DriftView, HealthView, MeshView, StepKind, StepState},
};

/// What the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Path {
    /// The mesh as it was last read.
    pub(super) mesh: RwSignal<MeshView>,
    /// Its health, as it is told.
    pub(super) health: Memo<Option<HealthView>>,
    /// Whether the checks that are well are unfolded.
    pub(super) unfolded: RwSignal<bool>,
    /// Reads it again.
    pub(super) again: Callback<()>,
    /// Asks whether the mesh is to be forgotten.
    pub(super) forget: Callback<()>,
}

/// The path of the page that asks.
pub(super) fn path() -> Path {
    expect_context::<Path>()
}

async fn load(name: String) -> Result<MeshView, AppError> {
    api::meshes::mesh(AppError::named("mesh", name)?).await
}

/// One mesh.
#[component]
pub(crate) fn Mesh() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let mesh = Resource::new(move || name.get(), load);
    view! { <Loaded from=mesh subject=t!(mesh.subject) view=|mesh| view! { <Page first=mesh/> }/> }
}

#[component]
fn Page(first: MeshView) -> impl IntoView {
    let name = StoredValue::new(first.row.name.clone());
    let primary = first.row.primary.to_string();
    set_page_cluster(Signal::derive(move || Some(primary.clone())));
    let (title, remotes) = (first.row.name.to_string(), first.row.remotes.clone());
    let count = first.steps.len();
    let mesh = RwSignal::new(first);
    let read = Action::new(move |(): &()| api::meshes::mesh(name.get_value()));
    Effect::new(move |_| {
        if let Some(Ok(view)) = read.value().get() {
            mesh.set(view);
        }
    });
    let again = Callback::new(move |()| {
        read.dispatch(());
    });
    let health = follow(name.get_value());
    let failed = move || read.value().get().and_then(Result::err);
    let forgetting = RwSignal::new(false);
    let forget = Callback::new(move |()| forgetting.set(true));
    provide_context(Path {
        mesh,
        health,
        unfolded: RwSignal::new(false),
        again,
        forget,
    });
    let drifted = Memo::new(move |_| match health.get() {
        Some(health) if health.is_whole() => health.drifted,
        _ => mesh.get().drifted,
    });
    // What is to be done next stands above what is known.
    let whole = Memo::new(move |_| mesh.with(|mesh| mesh.row.done == mesh.row.steps));
    let holds = move |kind| Memo::new(move |_| mesh.with(|mesh| holds(mesh, kind)));
    let (looked_after, carries) = (holds(StepKind::Checks), holds(StepKind::Join));
    view! {
        <Head title=title parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]>
            <Progress/>
            <Button disabled=read.pending() press=move || again.run(())>{t!(action.refresh)}</Button>
            <Button kind=Kind::Danger press=move || forgetting.set(true)>{t!(mesh.forget)}</Button>
        </Head>
        {move || failed().map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        {move || by_remote(drifted.get()).into_iter().map(|(remote, drifted)| view! { <Drifted remote=remote drifted=drifted/> }).collect_view()}
        <Show when=move || looked_after.get() && whole.get()>
            <Health/>
        </Show>
        <ol class="grid gap-3 mb-6" aria-label=t!(mesh.steps)>
            {(0..count).map(|place| view! { <Step place=place/> }).collect_view()}
        </ol>
        <Show when=move || looked_after.get() && !whole.get()>
            <Health/>
        </Show>
        <Show when=move || carries.get()>
            <Picture name=name.get_value()/>
        </Show>
        {remotes.into_iter().map(|remote| view! { <Member mesh=name.get_value() remote=remote/> }).collect_view()}
        <Removal/>
        <Dialog open=forgetting title=t!(mesh.forget_title, mesh = name.get_value().to_string())>
            <Forget name=name.get_value()/>
        </Dialog>
    }
}

/// The health of a mesh, followed while the page is open.
fn follow(name: MeshName) -> Memo<Option<HealthView>> {
    let live = stream();
    live.follow_mesh(name.clone());
    Memo::new(move |_| live.health.get().filter(|health| health.mesh == name))
}

/// Whether a step of that kind holds.
fn holds(mesh: &MeshView, kind: StepKind) -> bool {
    let mut steps = mesh.steps.iter();
    steps.any(|step| step.step.kind == kind && step.state == StepState::Done)
}

fn by_remote(all: Vec<DriftView>) -> Vec<(ClusterName, Vec<DriftView>)> {
    let remotes = all.chunk_by(|one, next| one.remote == next.remote);
    let remotes = remotes.filter_map(|same| Some((same.first()?.remote.clone(), same.to_vec())));
    remotes.collect()
}

/// How far the mesh has come.
#[component]
fn Progress() -> impl IntoView {
    let Path { mesh, .. } = path();
    let tone = Signal::derive(move || {
        let row = mesh.get().row;
        if row.done == row.steps {
            Tone::Good
        } else {
            Tone::Busy
        }
    });
    view! {
        <Pill tone=tone>
            {move || {
                let row = mesh.get().row;
                t!(mesh.progress, done = row.done, all = row.steps)
            }}
        </Pill>
    }
}

/// Addresses of one remote that are good no more, and the one job that mends them.
#[component]
fn Drifted(remote: ClusterName, drifted: Vec<DriftView>) -> impl IntoView {
    let go = use_navigate();
    let name = StoredValue::new((path().mesh.get_untracked().row.name, remote));
    let point = Action::new(move |(): &()| {
        let (mesh, remote) = name.get_value();
        api::meshes::update_addresses(mesh, remote)
    });
    Effect::new(move |_| {
        if let Some(Ok(job)) = point.value().get() {
            go(&urls::job(&job), NavigateOptions::default());
        }
    });
    let failed = move || point.value().get().and_then(Result::err);
    let mends = drifted.iter().any(|one| !one.good.is_empty());
    let line = |one: DriftView| {
        let remote = one.remote.to_string();
        let said = if one.good.is_empty() {
            t!(mesh.stale_address_only, remote = remote, used = one.used)
        } else {
            t!(
                mesh.stale_address,
                remote = remote,
                used = one.used,
                good = one.good
            )
        };
        view! { <p class="break-words">{said} " " <span class="font-mono text-[12px]">{one.key}</span></p> }
    };
    view! {
        <div class="mb-3" role="alert">
            <Notice tone=Tone::Warn>
                {drifted.into_iter().map(line).collect_view()}
                {move || failed().map(|AppError(problem)| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
                {mends.then(|| view! {
                    <div class="mt-2">
                        <Button
                            kind=Kind::Go
                            disabled=point.pending()
                            press=move || {
                                point.dispatch(());
                            }
                        >
                            {t!(mesh.update_addresses)}
                        </Button>
                    </div>
                })}
            </Notice>
        </div>
    }
}

/// Forgetting a mesh changes nothing on its clusters.
#[component]
fn Forget(name: MeshName) -> impl IntoView {
    let go = use_navigate();
    let forget = Action::new(|name: &MeshName| api::meshes::remove_mesh(name.clone()));
    let failed = move || forget.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if matches!(forget.value().get(), Some(Ok(()))) {
            go(urls::MESHES, NavigateOptions::default());
        }
    });
    view! {
        <p class="text-ink-2 mb-4">{t!(mesh.forget_note)}</p>
        {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        <div class="flex justify-end mt-4">
            <Button
                kind=Kind::Danger
                disabled=forget.pending()
                press=move || {
                    forget.dispatch(name.clone());
                }
            >
                {t!(mesh.forget)}
            </Button>
        </div>
    }
}
