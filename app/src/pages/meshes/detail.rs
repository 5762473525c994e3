//! The page of one mesh: its topology and members, its health, its steps, its sample, and its removal.

use super::{
    context::{MeshContext, follow_checks, follow_health, mesh_context},
    health::{Health, HealthMarks},
    map::MeshMap,
    member::{MemberActions, MemberPlans},
    members::Members,
    query::Queried,
    remedy::{Remedies, RemedyDialog},
    removal::Removal,
    sample::Sample,
    setup::Setup,
};
use crate::{
    AppError, api,
    current::keep_current,
    named::named,
    page_cluster::set_page_cluster,
    parts::{
        Button, ButtonLink, Commands, Dialog, Folds, Head, Kind, Live, Notice, ProblemNotice, Tone,
        Updated,
    },
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use wire::{
    ClusterName, MeshName, Time,
    live::Topic,
    mesh::{CommandView, DriftView, MeshView, StepKind, StepState},
};

async fn load(name: String) -> Result<MeshView, AppError> {
    api::meshes::mesh(AppError::parse_name("mesh", name)?).await
}

/// The page of one mesh.
#[component]
pub(crate) fn Mesh() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.read().get("name").unwrap_or_default());
    let mesh = named(move || name.get(), load);
    let read_at = keep_current(mesh, &[Topic::Meshes, Topic::Releases, Topic::Jobs]);
    let reload = Callback::new(move |()| mesh.refetch());
    view! {
        <Live
            from=mesh
            subject=t!(mesh.subject)
            parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]
            view=move |latest| {
                let name = Memo::new(move |_| latest.with(|mesh: &MeshView| mesh.row.name.clone()));
                move || view! { <Page name=name.get() latest=latest read_at=read_at reload=reload/> }
            }
        />
    }
}

#[component]
fn Page(
    name: MeshName,
    latest: Signal<MeshView>,
    read_at: Signal<Time>,
    reload: Callback<()>,
) -> impl IntoView {
    let first = latest.get_untracked();
    let primary = first.row.primary.to_string();
    set_page_cluster(Signal::derive(move || Some(primary.clone())));
    let (title, remotes) = (name.to_string(), first.row.remotes.clone());
    let actions = MemberActions::of(&remotes);
    let name = StoredValue::new(name);
    let mesh = RwSignal::new(first);
    // A step that is as before keeps its open plan.
    Effect::new(move |_| mesh.set(latest.get()));
    let health = follow_health(name.get_value());
    let checked = follow_checks(health);
    Effect::new(move |is_first: Option<()>| {
        checked.track();
        if is_first.is_some() {
            reload.run(());
        }
    });
    Folds::provide();
    let removing = RwSignal::new(false);
    let remove = Callback::new(move |()| removing.set(true));
    provide_context(MeshContext {
        mesh,
        health,
        checked,
        reload,
        actions,
        queried: Queried::of(name),
        remedies: Remedies::new(),
        remove,
    });
    view! {
        <Head title=title parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]>
            <Updated at=read_at/>
            <Verdict/>
            <ButtonLink to=urls::mesh_services(&name.get_value())>{t!(service.title)}</ButtonLink>
            <Button press=move || reload.run(())>{t!(action.refresh)}</Button>
            <Button kind=Kind::Danger press=move || remove.run(())>{t!(mesh.remove_from_console)}</Button>
        </Head>
        <StaleAddresses/>
        <Content/>
        <Removal/>
        <RemedyDialog/>
        {remotes.into_iter().map(|remote| view! { <MemberPlans mesh=name.get_value() remote=remote/> }).collect_view()}
        <Dialog open=removing title=t!(mesh.remove_title, mesh = name.get_value().to_string())>
            <Remove name=name.get_value()/>
        </Dialog>
    }
}

/// What the page shows: while the mesh is set up, its steps first; afterwards its topology, and the setup in a line.
#[component]
fn Content() -> impl IntoView {
    let mesh = mesh_context().mesh;
    let complete = Memo::new(move |_| mesh.with(|mesh| mesh.row.is_complete()));
    let is_done = move |kind| Memo::new(move |_| mesh.with(|mesh| is_done(mesh, kind)));
    let (checked, joined) = (is_done(StepKind::Checks), is_done(StepKind::Join));
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let setup = move || view! { <Setup complete=complete/> };
    view! {
        <Show when=move || !complete.get()>{setup()}</Show>
        <Show when=move || joined.get()>
            <MeshMap/>
            <Members/>
        </Show>
        <Show when=move || checked.get()>
            <Health/>
        </Show>
        <Show when=move || complete.get()>{setup()}</Show>
        <Show when=move || joined.get()>
            <Sample name=name.get_value()/>
        </Show>
    }
}

/// Whether a step of that kind is complete.
fn is_done(mesh: &MeshView, kind: StepKind) -> bool {
    let mut steps = mesh.steps.iter();
    steps.any(|step| step.step.kind == kind && step.state == StepState::Done)
}

/// The stale addresses of each remote: from the health once it is complete, else from the mesh.
#[component]
fn StaleAddresses() -> impl IntoView {
    let MeshContext { mesh, health, .. } = mesh_context();
    let drifted = Memo::new(move |_| match health.get() {
        Some(health) if health.is_whole() => health.drifted,
        _ => mesh.get().drifted,
    });
    let notice = |(remote, drifted)| view! { <Drifted remote=remote drifted=drifted/> };
    move || {
        by_remote(drifted.get())
            .into_iter()
            .map(notice)
            .collect_view()
    }
}

fn by_remote(all: Vec<DriftView>) -> Vec<(ClusterName, Vec<DriftView>)> {
    let remotes = all.chunk_by(|address, next| address.remote == next.remote);
    let remotes = remotes.filter_map(|same| Some((same.first()?.remote.clone(), same.to_vec())));
    remotes.collect()
}

/// The marks of the checks, once the setup is complete: before, its steps say what comes next.
#[component]
fn Verdict() -> impl IntoView {
    let mesh = mesh_context().mesh;
    let complete = Memo::new(move |_| mesh.with(|mesh| mesh.row.is_complete()));
    view! { <Show when=move || complete.get()><HealthMarks/></Show> }
}

/// The stale addresses of one remote, and the button that updates them.
#[component]
pub(super) fn Drifted(remote: ClusterName, drifted: Vec<DriftView>) -> impl IntoView {
    let navigate = use_navigate();
    let mesh = mesh_context().mesh.get_untracked().row.name;
    let member = StoredValue::new((mesh, remote));
    let update = Action::new(move |(): &()| {
        let (mesh, remote) = member.get_value();
        api::meshes::update_addresses(mesh, remote)
    });
    Effect::new(move |_| {
        if let Some(Ok(job)) = update.value().get() {
            navigate(&urls::job(&job), NavigateOptions::default());
        }
    });
    let failed = move || update.value().get().and_then(Result::err);
    let can_update = drifted.iter().any(can_be_updated);
    let by_hand = without_release(&drifted);
    let seed_stored = drifted.iter().all(|address| address.seed_stored);
    let line = |address: DriftView| {
        let remote = address.remote.to_string();
        let text = if address.good.is_empty() {
            t!(
                mesh.stale_address_only,
                remote = remote,
                used = address.used
            )
        } else {
            t!(
                mesh.stale_address,
                remote = remote,
                used = address.used,
                current = address.good
            )
        };
        view! { <p class="break-words">{text} " " <span class="font-mono text-[12px]">{address.key}</span></p> }
    };
    view! {
        <div class="mb-3" role="alert">
            <Notice tone=Tone::Warn>
                {drifted.into_iter().map(line).collect_view()}
                {(!seed_stored).then(|| view! { <p>{t!(mesh.seed_missing)}</p> })}
                {move || failed().map(|AppError(problem)| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
                {by_hand}
                {can_update.then(|| view! {
                    <div class="mt-2">
                        <Button
                            kind=Kind::Go
                            disabled=update.pending()
                            press=move || {
                                update.dispatch(());
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

/// Whether a job can update an address.
fn can_be_updated(address: &DriftView) -> bool {
    !address.good.is_empty() && address.release.is_some()
}

/// The commands for the addresses that no release holds.
fn without_release(drifted: &[DriftView]) -> Option<impl IntoView + use<>> {
    let commands = drifted.iter().filter_map(|address| address.command.clone());
    let commands: Vec<CommandView> = commands.collect();
    (!commands.is_empty()).then(|| {
        view! {
            <p>{t!(mesh.stale_without_release)}</p>
            <Commands commands=commands/>
        }
    })
}

/// The confirmation of the removal from the console.
#[component]
fn Remove(name: MeshName) -> impl IntoView {
    let navigate = use_navigate();
    let remove = Action::new(|name: &MeshName| api::meshes::remove_mesh(name.clone()));
    let failed = move || remove.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            navigate(urls::MESHES, NavigateOptions::default());
        }
    });
    view! {
        <p class="text-ink-2 mb-4">{t!(mesh.remove_note)}</p>
        {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        <div class="flex justify-end mt-4">
            <Button
                kind=Kind::Danger
                disabled=remove.pending()
                press=move || {
                    remove.dispatch(name.clone());
                }
            >
                {t!(mesh.remove_from_console)}
            </Button>
        </div>
    }
}
