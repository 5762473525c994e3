//! The page of one mesh: its topology and members, its health, its steps, its sample, and its removal.

use super::{
    context::{MeshContext, follow_checks, follow_health, mesh_context},
    health::{Health, HealthMarks, progress_tone},
    map::MeshMap,
    member::{MemberActions, MemberPlans},
    members::Members,
    remedy::{Remedies, RemedyDialog},
    removal::Removal,
    sample::Sample,
    step::Step,
};
use crate::{
    AppError, api,
    current::keep_current,
    named::named,
    page_cluster::set_page_cluster,
    parts::{
        Button, ButtonLink, Commands, Dialog, Fold, Folds, Glyph, Head, Icon, Kind, Live, Notice,
        Pill, ProblemNotice, Tone, Updated,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use wire::{
    ClusterName, MeshName, Time,
    check::CheckStatus,
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
    let (steps, actions) = (first.steps.len(), MemberActions::of(&remotes));
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
        remedies: Remedies::new(),
        remove,
    });
    view! {
        <Head title=title parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]>
            <Updated at=read_at/>
            <Progress/>
            <ButtonLink to=urls::mesh_services(&name.get_value())>{t!(service.title)}</ButtonLink>
            <Button press=move || reload.run(())>{t!(action.refresh)}</Button>
            <Button kind=Kind::Danger press=move || remove.run(())>{t!(mesh.remove_from_console)}</Button>
        </Head>
        <StaleAddresses/>
        <Content steps=steps/>
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
fn Content(steps: usize) -> impl IntoView {
    let mesh = mesh_context().mesh;
    let complete = Memo::new(move |_| mesh.with(|mesh| mesh.row.is_complete()));
    let is_done = move |kind| Memo::new(move |_| mesh.with(|mesh| is_done(mesh, kind)));
    let (checked, joined) = (is_done(StepKind::Checks), is_done(StepKind::Join));
    let name = StoredValue::new(mesh.get_untracked().row.name);
    let setup = move || view! { <Setup steps=steps complete=complete/> };
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

/// The steps; a line that unfolds once all of them are complete.
#[component]
fn Setup(steps: usize, complete: Memo<bool>) -> impl IntoView {
    let mesh = mesh_context().mesh;
    let is_folded = complete.get_untracked();
    let list = move || {
        view! {
            <ol class="grid gap-3" aria-label=t!(mesh.steps)>
                {(0..steps).map(|index| view! { <Step index=index/> }).collect_view()}
            </ol>
        }
    };
    if !is_folded {
        return view! { <div class="mb-6">{list()}</div> }.into_any();
    }
    let progress = move || {
        let row = mesh.get().row;
        count!(
            mesh.progress,
            n = row.steps,
            done = row.done.unwrap_or_default()
        )
    };
    let summary = view! {
        <Icon glyph=Glyph::Good class="size-[18px] shrink-0 text-good"/>
        <h2 class="text-[14px] font-medium">{t!(mesh.setup)}</h2>
        <span class="flex-1 text-ink-2">{progress}</span>
        <span class="text-span font-medium">{t!(mesh.show_steps)}</span>
    };
    view! {
        <Fold
            key="setup"
            class="bg-surface border border-line rounded-[10px] mb-3"
            summary_class="flex items-center gap-2.5 px-5 max-md:px-4 py-3 cursor-pointer text-[13px]"
            summary=summary.into_any()
        >
            <div class="px-5 max-md:px-4 pb-4">{list()}</div>
        </Fold>
    }
    .into_any()
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

/// The number of complete steps; once all of them are, the marks of the checks.
#[component]
fn Progress() -> impl IntoView {
    let MeshContext { mesh, health, .. } = mesh_context();
    let complete = Memo::new(move |_| mesh.with(|mesh| mesh.row.is_complete()));
    let tone = Signal::derive(move || {
        let row = mesh.get().row;
        let failed = health.with(|health| {
            let health = health.as_ref();
            health.is_some_and(|health| health.doctor.count(CheckStatus::Failed) > 0)
        });
        progress_tone(row.is_complete(), failed)
    });
    view! {
        <Show when=move || !complete.get() fallback=HealthMarks>
            <Pill tone=tone>
                {move || {
                    let row = mesh.get().row;
                    count!(mesh.progress, n = row.steps, done = row.done.unwrap_or_default())
                }}
            </Pill>
        </Show>
    }
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
