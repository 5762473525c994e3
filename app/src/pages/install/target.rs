//! The step Target: cluster, namespace and release name.

use super::{Wizard, steps::Step, wizard};
use crate::{
    AppError, api,
    parts::{
        Button, ButtonLink, Empty, Kind, LoadedInBrowser, Pill, ProblemNotice, Tone,
        cluster_swatch, tw,
    },
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName, HelmVersion, Namespace, ReleaseName,
    cluster::{ClusterState, ClusterView},
    install::TargetRequest,
};

/// The step Target.
#[component]
pub(super) fn Target() -> impl IntoView {
    let clusters = LocalResource::new(api::clusters::clusters);
    view! { <LoadedInBrowser from=clusters subject=t!(frame.clusters) view=|found| view! { <Form clusters=found/> }/> }
}

#[component]
fn Form(clusters: Vec<ClusterView>) -> impl IntoView {
    if clusters.is_empty() {
        return view! {
            <Empty reason=t!(clusters.none)>
                <ButtonLink kind=Kind::Go to=urls::CLUSTERS>{t!(clusters.add)}</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let wizard = wizard();
    let fields = Fields::of(wizard);
    let save = Action::new(|request: &TargetRequest| api::install::set_target(request.clone()));
    Effect::new(move |_| {
        if let Some(Ok(draft)) = save.value().get() {
            wizard.editing.follow_draft(draft);
            wizard.go.run(Step::Checks);
        }
    });
    let failed = move || save.value().get().and_then(Result::err);
    let card = move |cluster| view! { <ClusterCard cluster=cluster selected=fields.cluster/> };
    view! {
        <form
            class="flex flex-col gap-5"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(request) = fields.request(wizard) {
                    save.dispatch(request);
                }
            }
        >
            <fieldset>
                <legend class="text-[13px] font-semibold mb-2">{t!(install.cluster)}</legend>
                <div class="grid gap-3 md:grid-cols-2">{clusters.into_iter().map(card).collect_view()}</div>
            </fieldset>
            <Names fields=fields/>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end bg-surface border border-line rounded-[10px] px-4 py-3 sticky bottom-0 z-10 shadow-float" data-sticky-footer="">
                <Button
                    kind=Kind::Go
                    submit=true
                    disabled=Signal::derive(move || {
                        fields.request(wizard).is_none() || save.pending().get() || !wizard.editing.is_saved()
                    })
                    press=|| ()
                >
                    {t!(install.run_checks)}
                </Button>
            </div>
        </form>
    }
    .into_any()
}

/// The fields of the form.
#[derive(Clone, Copy)]
struct Fields {
    cluster: RwSignal<Option<ClusterName>>,
    namespace: RwSignal<String>,
    release: RwSignal<String>,
    helm: RwSignal<HelmVersion>,
}

impl Fields {
    /// The fields with the target of the draft.
    fn of(wizard: Wizard) -> Self {
        let draft = wizard.draft.get_untracked();
        Self {
            cluster: RwSignal::new(draft.cluster),
            namespace: RwSignal::new(draft.namespace),
            release: RwSignal::new(draft.release),
            helm: RwSignal::new(draft.helm),
        }
    }

    /// The request; none while a field is empty or invalid.
    fn request(self, wizard: Wizard) -> Option<TargetRequest> {
        Some(TargetRequest {
            draft: wizard.draft.get().id,
            cluster: self.cluster.get()?,
            namespace: Namespace::new(self.namespace.get()).ok()?,
            release: ReleaseName::new(self.release.get()).ok()?,
            helm: self.helm.get(),
            revision: wizard.draft.with(|draft| draft.revision),
        })
    }
}

/// The fields of the namespace and of the release name.
#[component]
fn Names(fields: Fields) -> impl IntoView {
    let Fields {
        namespace, release, ..
    } = fields;
    let releases = wizard()
        .draft
        .with_untracked(|draft| draft.releases.clone());
    let namespace_error = move || {
        let error = Namespace::new(namespace.get()).err();
        error.map(|error| error.to_string())
    };
    let release_error = move || {
        let error = ReleaseName::new(release.get()).err();
        error.map(|error| error.to_string())
    };
    view! {
        <div class="grid gap-4 md:grid-cols-2">
            <NameField id="namespace" label=t!(install.namespace) note=t!(install.namespace_note) text=namespace error=Signal::derive(namespace_error)/>
            {if releases.is_empty() {
                view! { <NameField id="release" label=t!(install.release) note=t!(install.release_note) text=release error=Signal::derive(release_error)/> }.into_any()
            } else {
                view! { <Releases releases=releases/> }.into_any()
            }}
            <HelmField selected=fields.helm/>
        </div>
    }
}

/// The releases of a bundle, whose names are fixed.
#[component]
fn Releases(releases: Vec<ReleaseName>) -> impl IntoView {
    let row = |release: ReleaseName| view! { <li>{release.to_string()}</li> };
    view! {
        <div>
            <h2 id="releases" class="text-[13px] font-semibold mb-1">{t!(install.releases)}</h2>
            <ol class="font-mono text-[13px] list-decimal pl-5" aria-labelledby="releases">
                {releases.into_iter().map(row).collect_view()}
            </ol>
            <p class="mt-1 text-[12px] text-ink-3">{t!(install.releases_note)}</p>
        </div>
    }
}

/// The version of Helm that the release follows.
#[component]
fn HelmField(selected: RwSignal<HelmVersion>) -> impl IntoView {
    let option = move |version: HelmVersion| {
        let name = match version {
            HelmVersion::V3 => t!(install.helm_3),
            HelmVersion::V4 => t!(install.helm_4),
        };
        view! { <option value=version.as_str() selected=move || selected.get() == version>{name}</option> }
    };
    view! {
        <div>
            <label class="block text-[13px] font-semibold mb-1" for="helm">{t!(install.helm)}</label>
            <select
                id="helm"
                class="h-8 max-md:h-10 w-full px-2.5 text-[13px] bg-surface border border-field rounded-[4px]"
                aria-describedby="helm-note"
                on:change=move |event| {
                    if let Ok(version) = event_target_value(&event).parse() {
                        selected.set(version);
                    }
                }
            >
                {HelmVersion::ALL.map(option)}
            </select>
            <p id="helm-note" class="mt-1 text-[12px] text-ink-3">{t!(install.helm_note)}</p>
        </div>
    }
}

#[component]
fn ClusterCard(cluster: ClusterView, selected: RwSignal<Option<ClusterName>>) -> impl IntoView {
    let name = StoredValue::new(cluster.name.clone());
    let is_selected = move || selected.get().as_ref() == Some(&name.get_value());
    let (reachable, note) = match &cluster.state {
        ClusterState::Ready => {
            let facts = cluster.facts.as_ref();
            (
                true,
                facts.map(|facts| facts.version.clone()).unwrap_or_default(),
            )
        }
        // The checks tell more.
        ClusterState::Connecting => (true, t!(clusters.connecting_one)),
        ClusterState::Unreachable(_) => (false, t!(clusters.unreachable)),
        ClusterState::Unusable(_) => (false, t!(clusters.unusable)),
    };
    let class = move || {
        if is_selected() {
            tw(
                "flex items-center gap-3 px-4 py-3 bg-span-soft border border-span rounded-[10px] cursor-pointer",
            )
        } else {
            tw(
                "flex items-center gap-3 px-4 py-3 bg-surface border border-line rounded-[10px] cursor-pointer hover:border-line-strong",
            )
        }
    };
    view! {
        <label class=class>
            <input
                type="radio"
                name="cluster"
                class="size-4 accent-span"
                prop:checked=is_selected
                disabled=!reachable
                on:change=move |_| selected.set(Some(name.get_value()))
            />
            <i class=cluster_swatch(cluster.colour)></i>
            <span class="font-medium flex-1 min-w-0 truncate">{cluster.name.to_string()}</span>
            <Pill tone=if reachable { Tone::Plain } else { Tone::Bad }>{note}</Pill>
        </label>
    }
}

#[component]
fn NameField(
    id: &'static str,
    label: String,
    note: String,
    text: RwSignal<String>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let note_id = format!("{id}-note");
    view! {
        <div>
            <label class="block text-[13px] font-semibold mb-1" for=id>{label}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                class="h-8 max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]"
                aria-describedby=note_id.clone()
                aria-invalid=move || error.get().is_some().to_string()
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
            <p id=note_id class="mt-1 text-[12px]" class=("text-bad", move || error.get().is_some()) class=("text-ink-3", move || error.get().is_none())>
                {move || error.get().unwrap_or_else(|| note.clone())}
            </p>
        </div>
    }
}

/// The footer of the other steps: the button back, and the actions of the step.
#[component]
pub(super) fn StepFooter(
    /// The previous step.
    back: Step,
    children: Children,
) -> impl IntoView {
    let wizard = wizard();
    view! {
        <div class="flex flex-wrap items-center gap-3 mt-4 bg-surface border border-line rounded-[10px] px-4 py-3 sticky bottom-0 z-10 shadow-float" data-sticky-footer="">
            <Button kind=Kind::Flat press=move || wizard.go.run(back)>{t!(action.back)}</Button>
            <span class="flex-1"></span>
            {children()}
        </div>
    }
}
