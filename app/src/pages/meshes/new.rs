//! The page that creates a mesh: name, primary and remotes, with a suggestion for each.

use crate::{
    AppError, api,
    parts::{Button, ButtonLink, ClusterChip, Empty, Head, Kind, LoadedInBrowser, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ClusterName, MeshName,
    cluster::{ClusterView, Role},
    mesh::NewMeshRequest,
};

/// The page that creates a mesh.
#[component]
pub(crate) fn NewMesh() -> impl IntoView {
    let clusters = LocalResource::new(api::clusters::clusters);
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
        <LoadedInBrowser from=clusters subject=t!(clusters.title) view=shown/>
    }
}

/// The suggested primary: a cluster with a control plane, else the first.
fn suggested_primary(clusters: &[ClusterView]) -> Option<ClusterName> {
    let primary = clusters
        .iter()
        .find(|cluster| matches!(cluster.role, Some(Role::Primary | Role::Both)));
    primary
        .or(clusters.first())
        .map(|cluster| cluster.name.clone())
}

/// The fields of the form.
#[derive(Clone, Copy)]
struct Fields {
    clusters: StoredValue<Vec<ClusterName>>,
    name: RwSignal<String>,
    primary: RwSignal<Option<ClusterName>>,
    remotes: RwSignal<Vec<ClusterName>>,
}

impl Fields {
    /// The suggestion: the mesh has the name of its primary, and all other clusters are remotes.
    fn suggested(clusters: &[ClusterView]) -> Self {
        let fields = Self {
            clusters: StoredValue::new(
                clusters
                    .iter()
                    .map(|cluster| cluster.name.clone())
                    .collect(),
            ),
            name: RwSignal::new(String::new()),
            primary: RwSignal::new(None),
            remotes: RwSignal::new(Vec::new()),
        };
        if let Some(primary) = suggested_primary(clusters) {
            fields.name.set(primary.to_string());
            fields.select_primary(primary);
        }
        fields
    }

    /// Selects the primary; all other clusters become remotes.
    fn select_primary(self, primary: ClusterName) {
        let clusters = self.clusters.get_value().into_iter();
        let remotes = clusters.filter(|cluster| *cluster != primary);
        self.remotes.set(remotes.collect());
        self.primary.set(Some(primary));
    }

    /// Adds a cluster to the remotes, or removes it.
    fn toggle_remote(self, cluster: ClusterName) {
        self.remotes.update(|remotes| {
            let before = remotes.len();
            remotes.retain(|remote| *remote != cluster);
            if remotes.len() == before {
                remotes.push(cluster);
            }
        });
    }

    fn request(self) -> Option<NewMeshRequest> {
        Some(NewMeshRequest {
            name: self.name.get_untracked(),
            primary: self.primary.get_untracked()?,
            remotes: self.remotes.get_untracked(),
        })
    }
}

async fn create(request: Option<NewMeshRequest>) -> Result<MeshName, AppError> {
    match request {
        Some(request) => api::meshes::create_mesh(request).await,
        None => Err(AppError(wire::Problem::new(wire::Code::BadMesh))),
    }
}

#[component]
fn Form(clusters: Vec<ClusterView>) -> impl IntoView {
    let navigate = use_navigate();
    let fields = Fields::suggested(&clusters);
    let create = Action::new(move |(): &()| create(fields.request()));
    Effect::new(move |_| {
        if let Some(Ok(name)) = create.value().get() {
            navigate(&urls::mesh(&name), NavigateOptions::default());
        }
    });
    let failed = move || create.value().get().and_then(Result::err);
    let label = move || {
        if create.pending().get() {
            t!(mesh.creating)
        } else {
            t!(mesh.create_mesh)
        }
    };
    view! {
        <form
            class="max-w-[640px] grid gap-5"
            on:submit=move |event| {
                event.prevent_default();
                create.dispatch(());
            }
        >
            <Name name=fields.name/>
            <Primary fields=fields/>
            <Remotes fields=fields/>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div>
                <Button
                    kind=Kind::Go
                    submit=true
                    disabled=Signal::derive(move || create.pending().get() || fields.remotes.get().is_empty())
                    press=|| ()
                >
                    {label}
                </Button>
            </div>
        </form>
    }
}

#[component]
fn Name(name: RwSignal<String>) -> impl IntoView {
    view! {
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
    }
}

#[component]
fn Primary(fields: Fields) -> impl IntoView {
    let row = move |name: ClusterName| {
        let cluster = StoredValue::new(name.clone());
        view! {
            <label class="flex items-center gap-2.5 h-10 max-md:h-11 px-4 border-b border-line last:border-b-0 text-[13px] cursor-pointer hover:bg-sunken">
                <input
                    type="radio"
                    name="primary"
                    class="size-4 accent-span"
                    prop:checked=move || fields.primary.get() == Some(cluster.get_value())
                    on:change=move |_| fields.select_primary(cluster.get_value())
                />
                <ClusterChip name=name.to_string()/>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-medium mb-1">{t!(mesh.primary)}</legend>
            <div class="bg-surface border border-line rounded-[10px]">
                {fields.clusters.get_value().into_iter().map(row).collect_view()}
            </div>
            <p class="text-[12px] text-ink-3 mt-1">{t!(mesh.primary_note)}</p>
        </fieldset>
    }
}

#[component]
fn Remotes(fields: Fields) -> impl IntoView {
    let row = move |name: ClusterName| {
        let cluster = StoredValue::new(name.clone());
        let is_primary = move || fields.primary.get() == Some(cluster.get_value());
        view! {
            <label class="flex items-center gap-2.5 h-10 max-md:h-11 px-4 border-b border-line last:border-b-0 text-[13px] cursor-pointer hover:bg-sunken" class=("opacity-50", is_primary)>
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    disabled=is_primary
                    prop:checked=move || fields.remotes.get().contains(&cluster.get_value())
                    on:change=move |_| fields.toggle_remote(cluster.get_value())
                />
                <ClusterChip name=name.to_string()/>
            </label>
        }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-medium mb-1">{t!(mesh.remotes)}</legend>
            <div class="bg-surface border border-line rounded-[10px]">
                {fields.clusters.get_value().into_iter().map(row).collect_view()}
            </div>
            <p class="text-[12px] text-ink-3 mt-1">{t!(mesh.remotes_note)}</p>
        </fieldset>
    }
}
