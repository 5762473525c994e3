//! A new mesh: its name, its primary, its remotes. With two clusters nothing is left to choose.

use crate::{
    AppError, api,
    parts::{Button, ButtonLink, ClusterChip, Empty, Head, Kind, Loaded, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ClusterName,
    cluster::{ClusterView, Role},
    mesh::NewMeshRequest,
};

/// A new mesh.
#[component]
pub(crate) fn NewMesh() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::clusters());
    let shown = |found: Vec<ClusterView>| {
        if found.len() < 2 {
            return view! {
                <Empty reason=t!(mesh.two_clusters_required)>
                    <ButtonLink kind=Kind::Go to=urls::CLUSTERS>{t!(mesh.add_clusters)}</ButtonLink>
                </Empty>
            }
            .into_any();
        }
        view! { <Form clusters=found/> }.into_any()
    };
    view! {
        <Head title=t!(mesh.new) parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]/>
        <Loaded from=clusters subject=t!(clusters.title) view=shown/>
    }
}

/// The cluster that is offered as the primary: one that has a control plane, else the first.
fn likely(clusters: &[ClusterView]) -> Option<ClusterName> {
    let leading = clusters
        .iter()
        .find(|one| matches!(one.role, Some(Role::Primary | Role::Both)));
    leading.or(clusters.first()).map(|one| one.name.clone())
}

#[component]
fn Form(clusters: Vec<ClusterView>) -> impl IntoView {
    let go = use_navigate();
    let names: Vec<ClusterName> = clusters.iter().map(|one| one.name.clone()).collect();
    let first = likely(&clusters);
    let others = |primary: &Option<ClusterName>, names: &[ClusterName]| -> Vec<ClusterName> {
        let rest = names.iter().filter(|name| Some(*name) != primary.as_ref());
        rest.cloned().collect()
    };
    let remotes = RwSignal::new(others(&first, &names));
    let called = first.as_ref().map(ToString::to_string);
    let name = RwSignal::new(called.unwrap_or_default());
    let primary = RwSignal::new(first);
    let begin = Action::new(move |(): &()| {
        let request = primary.get_untracked().map(|primary| NewMeshRequest {
            name: name.get_untracked(),
            primary,
            remotes: remotes.get_untracked(),
        });
        async move {
            match request {
                Some(request) => api::meshes::create_mesh(request).await,
                None => Err(AppError(wire::Problem::new(wire::Code::BadMesh))),
            }
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(name)) = begin.value().get() {
            go(&urls::mesh(&name), NavigateOptions::default());
        }
    });
    let failed = move || begin.value().get().and_then(Result::err);
    let all = StoredValue::new(names);
    let choose = Callback::new(move |chosen: ClusterName| {
        remotes.set(others(&Some(chosen.clone()), &all.get_value()));
        primary.set(Some(chosen));
    });
    view! {
        <form
            class="max-w-[640px] grid gap-5"
            on:submit=move |event| {
                event.prevent_default();
                begin.dispatch(());
            }
        >
            <label class="block">
                <span class="block text-[13px] font-medium mb-1">{t!(mesh.name)}</span>
                <input
                    type="text"
                    class="h-9 max-md:h-11 w-full max-w-[320px] px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[6px]"
                    prop:value=name
                    on:input=move |event| name.set(event_target_value(&event))
                />
                <span class="block text-[12px] text-ink-3 mt-1">{t!(mesh.name_note)}</span>
            </label>
            <Primary names=all.get_value() primary=primary choose=choose/>
            <Remotes names=all.get_value() primary=primary remotes=remotes/>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div>
                <Button
                    kind=Kind::Go
                    submit=true
                    disabled=Signal::derive(move || begin.pending().get() || remotes.get().is_empty())
                    press=|| ()
                >
                    {move || if begin.pending().get() { t!(mesh.creating) } else { t!(mesh.create_mesh) }}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn Primary(
    names: Vec<ClusterName>,
    primary: RwSignal<Option<ClusterName>>,
    choose: Callback<ClusterName>,
) -> impl IntoView {
    let row = move |name: ClusterName| {
        let own = StoredValue::new(name.clone());
        view! {
            <label class="flex items-center gap-2.5 h-10 max-md:h-11 px-4 border-b border-line last:border-b-0 text-[13px] cursor-pointer hover:bg-sunken">
                <input
                    type="radio"
                    name="primary"
                    class="size-4 accent-span"
                    prop:checked=move || primary.get() == Some(own.get_value())
                    on:change=move |_| choose.run(own.get_value())
                />
                <ClusterChip name=name.to_string()/>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-medium mb-1">{t!(mesh.primary)}</legend>
            <div class="bg-surface border border-line rounded-[10px]">
                {names.into_iter().map(row).collect_view()}
            </div>
            <p class="text-[12px] text-ink-3 mt-1">{t!(mesh.primary_note)}</p>
        </fieldset>
    }
}

#[component]
fn Remotes(
    names: Vec<ClusterName>,
    primary: RwSignal<Option<ClusterName>>,
    remotes: RwSignal<Vec<ClusterName>>,
) -> impl IntoView {
    let row = move |name: ClusterName| {
        let own = StoredValue::new(name.clone());
        let leads = move || primary.get() == Some(own.get_value());
        let turn = move |_| {
            remotes.update(|remotes| {
                let before = remotes.len();
                remotes.retain(|one| *one != own.get_value());
                if remotes.len() == before {
                    remotes.push(own.get_value());
                }
            });
        };
        view! {
            <label class="flex items-center gap-2.5 h-10 max-md:h-11 px-4 border-b border-line last:border-b-0 text-[13px] cursor-pointer hover:bg-sunken" class=("opacity-50", leads)>
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    disabled=leads
                    prop:checked=move || remotes.get().contains(&own.get_value())
                    on:change=turn
                />
                <ClusterChip name=name.to_string()/>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-medium mb-1">{t!(mesh.remotes)}</legend>
            <div class="bg-surface border border-line rounded-[10px]">
                {names.into_iter().map(row).collect_view()}
            </div>
            <p class="text-[12px] text-ink-3 mt-1">{t!(mesh.remotes_note)}</p>
        </fieldset>
    }
}
