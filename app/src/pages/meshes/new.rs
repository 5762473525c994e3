//! The page that creates a mesh: a table of the clusters, in which the primary and the remotes are selected.
//!
//! What speaks against a selection is shown at its row, by the rules that the server applies too.

mod row;
mod selection;
mod words;

use crate::{
    AppError, api,
    current::keep_current,
    pages::catalog::facts::{Recommendation, version_options},
    parts::{
        Button, ButtonLink, Empty, Head, Kind, Live, Loading, ProblemNotice, Rows, Search, tw,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use row::{CandidateRow, matches};
use selection::Selection;
use wire::{
    MeshName,
    live::Topic,
    mesh::{MeshCandidate, MeshFinding, MeshOptionsView, NewMeshRequest},
};
use words::of_finding;

/// The number of clusters above which the table has a filter.
const FILTER_FROM: usize = 10;

/// The page that creates a mesh.
#[component]
pub(crate) fn NewMesh() -> impl IntoView {
    // A row of each cluster would make the first HTML of many clusters large.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    view! {
        <Head title=t!(mesh.new) parents=vec![(t!(mesh.title), urls::MESHES.to_owned())]/>
        <Show when=move || in_browser.get() fallback=|| view! { <Loading subject=t!(clusters.title)/> }>
            <Options/>
        </Show>
    }
}

#[component]
fn Options() -> impl IntoView {
    let options = Resource::new(|| (), |()| api::meshes::mesh_options());
    keep_current(options, &[Topic::Clusters, Topic::Meshes]);
    view! { <Live from=options subject=t!(clusters.title) view=|options| view! { <Page options=options/> }/> }
}

#[component]
fn Page(options: Signal<MeshOptionsView>) -> impl IntoView {
    let is_enough = Memo::new(move |_| options.with(|options| options.candidates.len() > 1));
    view! {
        <Show
            when=move || is_enough.get()
            fallback=|| view! {
                <Empty reason=t!(mesh.two_clusters_required)>
                    <ButtonLink kind=Kind::Go to=urls::CLUSTERS>{t!(mesh.add_clusters)}</ButtonLink>
                </Empty>
            }
        >
            <Form options=options/>
        </Show>
    }
}

async fn create(request: Option<NewMeshRequest>) -> Result<MeshName, AppError> {
    match request {
        Some(request) => api::meshes::create_mesh(request).await,
        None => Err(AppError(wire::Problem::new(wire::Code::BadMesh))),
    }
}

#[component]
fn Form(options: Signal<MeshOptionsView>) -> impl IntoView {
    let navigate = use_navigate();
    let selection = Selection::suggested(options);
    let create = Action::new(move |(): &()| create(selection.request()));
    Effect::new(move |_| {
        if let Some(Ok(name)) = create.value().get() {
            navigate(&urls::mesh(&name), NavigateOptions::default());
        }
    });
    let failed = move || create.value().get().and_then(Result::err);
    view! {
        <form
            class="grid gap-5"
            on:submit=move |event| {
                event.prevent_default();
                if selection.reason().is_none() {
                    create.dispatch(());
                }
            }
        >
            <div class="grid md:grid-cols-2 gap-5 items-start">
                <Name selection=selection/>
                <Istio options=options selection=selection/>
            </div>
            <Candidates options=options selection=selection/>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <Footer selection=selection pending=create.pending().into()/>
        </form>
    }
}

#[component]
fn Name(selection: Selection) -> impl IntoView {
    let error = Memo::new(move |_| selection.name_error());
    view! {
        <div>
            <label class="block text-[13px] font-medium mb-1" for="mesh-name">{t!(mesh.name)}</label>
            <input
                id="mesh-name"
                type="text"
                autocomplete="off"
                spellcheck="false"
                class="h-9 max-md:h-11 w-full max-w-[320px] px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[6px]"
                aria-describedby="mesh-name-note"
                aria-invalid=move || error.with(Option::is_some).to_string()
                prop:value=move || selection.name()
                on:input=move |event| selection.enter_name(event_target_value(&event))
            />
            <p
                id="mesh-name-note"
                class="text-[12px] mt-1"
                class=("text-bad", move || error.with(Option::is_some))
                class=("text-ink-3", move || error.with(Option::is_none))
            >
                {move || error.get().unwrap_or_else(|| t!(mesh.name_note))}
            </p>
        </div>
    }
}

/// The version of Istio, and why one is recommended.
#[component]
fn Istio(options: Signal<MeshOptionsView>, selection: Selection) -> impl IntoView {
    let versions = Memo::new(move |_| options.with(|options| options.istio.clone()));
    let choices = move || {
        let shown = selection.istio().unwrap_or_default();
        version_options(versions.get().versions, &shown)
    };
    view! {
        <div>
            <label class="block text-[13px] font-medium mb-1" for="mesh-istio">{t!(mesh.istio)}</label>
            <select
                id="mesh-istio"
                class="h-9 max-md:h-11 w-full max-w-[420px] px-2 text-[13px] bg-surface border border-field rounded-[6px] mb-1"
                on:change=move |event| selection.choose_istio(event_target_value(&event))
            >
                {choices}
            </select>
            {move || view! { <Recommendation versions=versions.get()/> }}
        </div>
    }
}

/// The table of the clusters, and above it a filter when they are many. A selected cluster stays in view.
#[component]
fn Candidates(options: Signal<MeshOptionsView>, selection: Selection) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let all = Memo::new(move |_| options.with(|options| options.candidates.len()));
    let rows = Memo::new(move |_| {
        let words = words.get();
        let candidates = options
            .with(|options| options.candidates.clone())
            .into_iter();
        let is_shown = |candidate: &MeshCandidate| {
            matches(candidate, &words) || selection.is_selected(&candidate.name)
        };
        candidates.filter(is_shown).collect::<Vec<_>>()
    });
    let header = |label: String, width: &'static str| view! { <th role="columnheader" class=width>{label}</th> };
    view! {
        <Show when=move || { all.get() > FILTER_FROM }>
            <div class="flex flex-wrap items-center gap-3 -mb-2" role="search">
                <Search label=t!(mesh.find_cluster) words=words search=move |found| words.set(found)/>
                <p class="text-[12.5px] text-ink-2 tabular" role="status">
                    {move || count!(mesh.clusters_shown, n = all.get(), shown = rows.with(Vec::len))}
                </p>
            </div>
        </Show>
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <table role="table" class="list-table" aria-label=t!(clusters.title)>
                <thead role="rowgroup" class="max-md:sr-only">
                    <tr role="row">
                        {header(t!(mesh.cluster), tw("w-[18%]"))}
                        {header(t!(mesh.primary), tw("w-[7%]"))}
                        {header(t!(mesh.remote), tw("w-[7%]"))}
                        {header(t!(clusters.state), tw("w-[12%]"))}
                        {header(t!(clusters.version), tw("w-[9%]"))}
                        {header(t!(clusters.network_name), tw("w-[9%]"))}
                        {header(t!(clusters.pod_cidrs), tw("w-[13%]"))}
                        {header(t!(clusters.service_cidrs), tw("w-[13%]"))}
                        {header(t!(clusters.meshes), tw("w-[12%]"))}
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <Rows
                        rows=rows.into()
                        key=|row: &MeshCandidate| row.name.clone()
                        view=move |row| view! { <CandidateRow row=row selection=selection/> }
                    />
                </tbody>
            </table>
        </section>
        <p class="text-[12px] text-ink-3">{t!(mesh.roles_note)}</p>
    }
}

/// The button, and beside it what is missing or what has to be accepted.
#[component]
fn Footer(selection: Selection, pending: Signal<bool>) -> impl IntoView {
    let reason = Memo::new(move |_| selection.reason());
    let warnings = Memo::new(move |_| selection.warnings().len());
    let remotes = Memo::new(move |_| selection.number_of_remotes());
    let message = move || match reason.get() {
        Some(MeshFinding::NoPrimary) if remotes.get() == 0 => t!(mesh.select_clusters),
        Some(finding) => of_finding(&finding),
        None => count!(mesh.remotes_selected, n = remotes.get()),
    };
    let label = move || {
        if pending.get() {
            t!(mesh.creating)
        } else {
            t!(mesh.create_mesh)
        }
    };
    let is_blocked = Signal::derive(move || {
        pending.get() || reason.with(Option::is_some) || !selection.is_accepted()
    });
    view! {
        <div class="flex flex-wrap items-center justify-end gap-x-4 gap-y-2 bg-surface border border-line rounded-[10px] px-4 py-3 sticky bottom-0 z-10 shadow-float" data-sticky-footer="">
            <p class="flex-1 min-w-[200px] text-[13px] text-ink-2" role="status">{message}</p>
            <Show when=move || { warnings.get() > 0 }>
                <label class="inline-flex items-center gap-2 text-[13px] min-h-8 max-md:min-h-10">
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        prop:checked=move || selection.is_accepted()
                        on:change=move |event| selection.accept(event_target_checked(&event))
                    />
                    {move || count!(install.accept_warnings, n = warnings.get())}
                </label>
            </Show>
            <Button kind=Kind::Go submit=true disabled=is_blocked press=|| ()>{label}</Button>
        </div>
    }
}
