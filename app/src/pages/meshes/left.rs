//! The end of a mesh: what is still there on a cluster when no step stands, and what of it is to go.

mod chosen;
mod found;

use super::detail::path;
use crate::{
    AppError, api,
    pages::releases::uninstall::Counts,
    parts::{Button, Dialog, Download, Kind, Loaded, ProblemNotice, TypedName},
    routes,
    words::say,
};
use chosen::{Bound, Chosen};
use found::Definitions;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ClusterName, MeshName,
    mesh::{CleanupPlanView, MeshNamespaceView},
};

/// A cluster of the mesh, and the way to what is left on it.
#[component]
pub(super) fn Left(cluster: ClusterName) -> impl IntoView {
    let open = RwSignal::new(false);
    let heading = say!(mesh.left_on, cluster = cluster.to_string());
    let mesh = path().mesh.get_untracked().row.name;
    let own = StoredValue::new((mesh, cluster));
    view! {
        <li class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2 border-b border-line last:border-b-0">
            <span class="flex-1 min-w-[180px]">{heading.clone()}</span>
            <Button press=move || open.set(true)>{say!(mesh.look)}</Button>
            <Dialog open=open title=heading>
                <Planned own=own open=open/>
            </Dialog>
        </li>
    }
}

#[component]
fn Planned(own: StoredValue<(MeshName, ClusterName)>, open: RwSignal<bool>) -> impl IntoView {
    let ask = |(mesh, cluster)| api::meshes::clear_plan(mesh, cluster);
    let plan = Resource::new(move || own.get_value(), ask);
    let shown = move |plan: CleanupPlanView| {
        if plan.is_empty() {
            view! { <Nothing cluster=plan.cluster open=open/> }.into_any()
        } else {
            view! { <Plan plan=plan/> }.into_any()
        }
    };
    view! { <Loaded from=plan what=say!(mesh.left) view=shown/> }
}

/// Nothing is left: the mesh can be forgotten.
#[component]
fn Nothing(cluster: ClusterName, open: RwSignal<bool>) -> impl IntoView {
    let forget = path().forget;
    view! {
        <p class="text-ink-2 mb-4">{say!(mesh.nothing_left, cluster = cluster.to_string())}</p>
        <div class="flex justify-end">
            <Button press=move || {
                open.set(false);
                forget.run(());
            }>{say!(mesh.forget_it)}</Button>
        </div>
    }
}

/// What is left, the ticks, and the button.
#[component]
fn Plan(plan: CleanupPlanView) -> impl IntoView {
    let chosen = RwSignal::new(Chosen::usual(&plan));
    let problem = plan.problem.clone();
    let backup = routes::backup_now(&plan.mesh, &plan.cluster);
    let defined = !plan.crds.is_empty();
    let plan = StoredValue::new(plan);
    let homes = plan.with_value(|plan| plan.namespaces.clone());
    view! {
        <div class="flex flex-col gap-4 text-[13px]">
            {problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
            <Made plan=plan chosen=chosen/>
            {defined.then(|| view! {
                <Defined plan=plan chosen=chosen/>
                <div class="flex flex-wrap items-center gap-3">
                    <Download from=backup>{say!(mesh.download_backup)}</Download>
                    <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]">{say!(mesh.backup_says)}</span>
                </div>
            })}
            {homes.into_iter().map(|home| view! { <Home home=home chosen=chosen/> }).collect_view()}
            <Start plan=plan chosen=chosen/>
        </div>
    }
}

/// A tick with its words, and what it is about below.
#[component]
fn Tick(
    #[prop(into)] words: String,
    #[prop(into)] on: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    turn: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label class="flex items-start gap-2">
            <input
                type="checkbox"
                class="size-4 accent-span shrink-0 mt-px"
                disabled=disabled
                prop:checked=on
                on:change=move |event| turn(event_target_checked(&event))
            />
            <span class="font-medium break-words min-w-0">{words}</span>
        </label>
    }
}

/// What the control plane made while it ran.
#[component]
fn Made(plan: StoredValue<CleanupPlanView>, chosen: RwSignal<Chosen>) -> impl IntoView {
    let made = plan.with_value(|plan| plan.runtime_objects.clone());
    (!made.is_empty()).then(|| {
        view! {
            <div class="grid gap-2">
                <Tick
                    words=say!(mesh.made)
                    on=Signal::derive(move || chosen.get().made)
                    turn=move |on| chosen.update(|chosen| chosen.made = on)
                />
                <Counts title=say!(mesh.made_n, n = made.len()) objects=made/>
            </div>
        }
    })
}

/// The definitions, of which all can go or none.
#[component]
fn Defined(plan: StoredValue<CleanupPlanView>, chosen: RwSignal<Chosen>) -> impl IntoView {
    let definitions = plan.with_value(|plan| plan.crds.clone());
    let unread = definitions.iter().any(|one| one.unreadable.is_some());
    let counts = definitions.iter().flat_map(|one| &one.objects);
    let objects: u32 = counts.map(|(_, count)| count).sum();
    let words = say!(mesh.definitions_n, n = definitions.len(), objects = objects);
    view! {
        <div class="grid gap-2">
            <Tick
                words=words
                on=Signal::derive(move || chosen.get().definitions)
                disabled=unread
                turn=move |on| chosen.update(|chosen| chosen.definitions = on)
            />
            <Definitions definitions=definitions/>
        </div>
    }
}

/// A namespace, and what stands in its way.
#[component]
fn Home(home: MeshNamespaceView, chosen: RwSignal<Chosen>) -> impl IntoView {
    let name = home.name.clone();
    let own = StoredValue::new(home);
    let bound = Memo::new(move |_| own.with_value(|home| chosen.get().bound(home)));
    let on = Signal::derive(move || {
        let ticked = own.with_value(|home| chosen.get().homes.contains(&home.name));
        ticked && bound.get() == Bound::Free
    });
    let why = move || match bound.get() {
        Bound::Free => say!(mesh.home_free),
        Bound::Holds(what) => say!(mesh.home_holds, what = what),
        Bound::Unknown(why) => say!(mesh.home_unknown, why = why),
        Bound::WithDefinitions(n) => say!(mesh.home_with_definitions, n = n),
        Bound::WithMade(n) => say!(mesh.home_with_made, n = n),
    };
    view! {
        <div class="grid gap-1">
            <Tick
                words=say!(mesh.home, name = name)
                on=on
                disabled=Signal::derive(move || bound.get() != Bound::Free)
                turn=move |on| own.with_value(|home| chosen.update(|chosen| chosen.turn(&home.name, on)))
            />
            <p class="pl-6 text-[12px] text-ink-2 break-words">{why}</p>
        </div>
    }
}

/// The mesh's name, when definitions go, and the button that starts the job.
#[component]
fn Start(plan: StoredValue<CleanupPlanView>, chosen: RwSignal<Chosen>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let name = plan.with_value(|plan| plan.mesh.to_string());
    let go = use_navigate();
    let start = Action::new(move |(): &()| {
        api::meshes::clear(plan.with_value(|plan| chosen.get_untracked().request(plan)))
    });
    Effect::new(move |_| {
        if let Some(Ok(job)) = start.value().get() {
            go(&routes::job(&job), NavigateOptions::default());
        }
    });
    let failed = move || start.value().get().and_then(Result::err);
    let ready = move || {
        let ready = plan.with_value(|plan| chosen.get().is_ready(plan, &typed.get()));
        ready && !start.pending().get()
    };
    view! {
        <Show when=move || chosen.get().definitions>
            <TypedName name=name.clone() typed=typed/>
        </Show>
        {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        <div class="flex justify-end">
            <Button
                kind=Kind::Danger
                disabled=Signal::derive(move || !ready())
                press=move || {
                    start.dispatch(());
                }
            >
                {say!(mesh.clear_do)}
            </Button>
        </div>
    }
}
