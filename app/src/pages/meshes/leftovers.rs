//! The leftovers of a mesh on a cluster once all steps are undone: their list, the selection, and the job that
//! deletes the selected ones.

mod crds;
mod selection;

use super::context::mesh_context;
use crate::{
    api,
    pages::{
        changed_plan::LoadedPlan,
        releases::uninstall::Counts,
        start::{Confirmed, StartPlan},
    },
    parts::{Button, Dialog, Download, ProblemNotice},
    urls,
    words::{count, t},
};
use crds::Crds;
use leptos::prelude::*;
use selection::{Blocker, Selection};
use wire::{
    ClusterName, MeshName,
    mesh::{CleanupPlanView, MeshNamespaceView},
};

/// A cluster of the mesh, with the button that opens its leftovers.
#[component]
pub(super) fn Leftovers(cluster: ClusterName) -> impl IntoView {
    let open = RwSignal::new(false);
    let heading = t!(mesh.leftovers_on, cluster = cluster.to_string());
    let mesh = mesh_context().mesh.get_untracked().row.name;
    let member = StoredValue::new((mesh, cluster));
    view! {
        <li class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2 border-b border-line last:border-b-0">
            <span class="flex-1 min-w-[180px]">{heading.clone()}</span>
            <Button press=move || open.set(true)>{t!(mesh.show_leftovers)}</Button>
            <Dialog open=open title=heading>
                <LoadPlan member=member open=open/>
            </Dialog>
        </li>
    }
}

#[component]
fn LoadPlan(member: StoredValue<(MeshName, ClusterName)>, open: RwSignal<bool>) -> impl IntoView {
    let load = |(mesh, cluster)| api::meshes::cleanup_plan(mesh, cluster);
    let plan = Resource::new(move || member.get_value(), load);
    let content = move |plan: CleanupPlanView| {
        if plan.is_empty() {
            view! { <NoLeftovers cluster=plan.cluster open=open/> }.into_any()
        } else {
            view! { <Plan plan=plan/> }.into_any()
        }
    };
    view! { <LoadedPlan from=plan subject=t!(mesh.leftovers) review=|plan: &CleanupPlanView| plan.review.clone() view=content/> }
}

/// No leftovers: the mesh can be removed from the console.
#[component]
fn NoLeftovers(cluster: ClusterName, open: RwSignal<bool>) -> impl IntoView {
    let remove = mesh_context().remove;
    view! {
        <p class="text-ink-2 mb-4">{t!(mesh.no_leftovers, cluster = cluster.to_string())}</p>
        <div class="flex justify-end">
            <Button press=move || {
                open.set(false);
                remove.run(());
            }>{t!(mesh.remove_mesh)}</Button>
        </div>
    }
}

/// The leftovers with a checkbox each, and the button that deletes the selected ones.
#[component]
fn Plan(plan: CleanupPlanView) -> impl IntoView {
    let selection = RwSignal::new(Selection::suggested(&plan));
    let problem = plan.problem.clone();
    let backup = urls::cluster_backup(&plan.mesh, &plan.cluster);
    let has_crds = !plan.crds.is_empty();
    let namespaces = plan.namespaces.clone();
    let plan = StoredValue::new(plan);
    view! {
        <div class="flex flex-col gap-4 text-[13px]">
            {problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
            <RuntimeObjects plan=plan selection=selection/>
            {has_crds.then(|| view! {
                <SelectCrds plan=plan selection=selection/>
                <div class="flex flex-wrap items-center gap-3">
                    <Download from=backup>{t!(mesh.download_backup)}</Download>
                    <span class="text-[12px] text-ink-3 flex-1 min-w-[200px]">{t!(mesh.backup_note)}</span>
                </div>
            })}
            {namespaces.into_iter().map(|namespace| view! { <Namespace namespace=namespace selection=selection/> }).collect_view()}
            <DeleteSelected plan=plan selection=selection/>
        </div>
    }
}

#[component]
fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] checked: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    set: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label class="flex items-start gap-2">
            <input
                type="checkbox"
                class="size-4 accent-span shrink-0 mt-px"
                disabled=disabled
                prop:checked=checked
                on:change=move |event| set(event_target_checked(&event))
            />
            <span class="font-medium break-words min-w-0">{label}</span>
        </label>
    }
}

/// The runtime objects of the control plane.
#[component]
fn RuntimeObjects(
    plan: StoredValue<CleanupPlanView>,
    selection: RwSignal<Selection>,
) -> impl IntoView {
    let objects = plan.with_value(|plan| plan.runtime_objects.clone());
    (!objects.is_empty()).then(|| {
        view! {
            <div class="grid gap-2">
                <Checkbox
                    label=t!(mesh.runtime_objects)
                    checked=Signal::derive(move || selection.get().runtime_objects)
                    set=move |on| selection.update(|selection| selection.runtime_objects = on)
                />
                <Counts title=count!(mesh.runtime_objects_count, n = objects.len()) objects=objects/>
            </div>
        }
    })
}

/// The CRDs, which are deleted all or none.
#[component]
fn SelectCrds(plan: StoredValue<CleanupPlanView>, selection: RwSignal<Selection>) -> impl IntoView {
    let crds = plan.with_value(|plan| plan.crds.clone());
    let unreadable = crds.iter().any(|crd| crd.unreadable.is_some());
    let counts = crds.iter().flat_map(|crd| &crd.objects);
    let resources: u32 = counts.map(|(_, count)| count).sum();
    let label = t!(
        mesh.crds_count,
        crds = count!(mesh.crd_number, n = crds.len()),
        resources = count!(mesh.resource_number, n = resources)
    );
    view! {
        <div class="grid gap-2">
            <Checkbox
                label=label
                checked=Signal::derive(move || selection.get().crds)
                disabled=unreadable
                set=move |on| selection.update(|selection| selection.crds = on)
            />
            <Crds crds=crds/>
        </div>
    }
}

/// A namespace, and the reason for which it cannot be deleted.
#[component]
fn Namespace(namespace: MeshNamespaceView, selection: RwSignal<Selection>) -> impl IntoView {
    let name = namespace.name.clone();
    let namespace = StoredValue::new(namespace);
    let blocker = Memo::new(move |_| namespace.with_value(|row| selection.get().blocker(row)));
    let checked = Signal::derive(move || {
        let selected = namespace.with_value(|row| selection.get().namespaces.contains(&row.name));
        selected && blocker.get().is_none()
    });
    let note = move || match blocker.get() {
        None => t!(mesh.namespace_empty),
        Some(Blocker::OtherResources(resources)) => {
            t!(mesh.namespace_kept, resources = resources)
        }
        Some(Blocker::Unknown(reason)) => t!(mesh.namespace_unknown, reason = reason),
        Some(Blocker::Crds(resources)) => count!(mesh.namespace_needs_crds, n = resources),
        Some(Blocker::RuntimeObjects(objects)) => {
            t!(mesh.namespace_needs_runtime_objects, n = objects)
        }
    };
    let set = move |on| {
        namespace.with_value(|row| selection.update(|selection| selection.set(&row.name, on)));
    };
    view! {
        <div class="grid gap-1">
            <Checkbox
                label=t!(mesh.namespace, name = name)
                checked=checked
                disabled=Signal::derive(move || blocker.get().is_some())
                set=set
            />
            <p class="pl-6 text-[12px] text-ink-2 break-words">{note}</p>
        </div>
    }
}

/// The button that starts the job, confirmed with the name of the mesh.
#[component]
fn DeleteSelected(
    plan: StoredValue<CleanupPlanView>,
    selection: RwSignal<Selection>,
) -> impl IntoView {
    let delete = Action::new(move |sent: &Confirmed| {
        let request = plan.with_value(|plan| selection.get_untracked().request(plan));
        api::meshes::clean_up(sent.review.clone(), request, sent.typed.clone())
    });
    let blocked = Signal::derive(move || plan.with_value(|plan| !selection.get().is_ready(plan)));
    let review = plan.with_value(|plan| plan.review.clone());
    view! {
        <StartPlan review=review label=t!(mesh.delete_selected) blocked=blocked action=delete/>
    }
}
