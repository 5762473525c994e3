//! Target: on which cluster, in which namespace, under which name.

use super::{steps::Step, wizard};
use crate::{
    AppError, api,
    parts::{Button, ButtonLink, Empty, Kind, Loaded, Pill, ProblemNotice, Tone, cluster_swatch, tw},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    Namespace, ReleaseName,
    cluster::{ClusterState, ClusterView},
    install::TargetRequest,
};

/// Target.
#[component]
pub(super) fn Target() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::clusters());
    view! { <Loaded from=clusters subject=t!(frame.clusters) view=|found| view! { <Form clusters=found/> }/> }
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
    let start = wizard.draft.get_untracked();
    let cluster = RwSignal::new(start.cluster.clone());
    let namespace = RwSignal::new(start.namespace.clone());
    let release = RwSignal::new(start.release.clone());
    let save = Action::new(|request: &TargetRequest| api::install::set_target(request.clone()));
    Effect::new(move |_| {
        if let Some(Ok(draft)) = save.value().get() {
            wizard.draft.set(draft);
            wizard.go.run(Step::Checks);
        }
    });
    let bad_namespace = move || {
        Namespace::new(namespace.get())
            .err()
            .map(|error| error.to_string())
    };
    let bad_release = move || {
        ReleaseName::new(release.get())
            .err()
            .map(|error| error.to_string())
    };
    let request = move || {
        Some(TargetRequest {
            draft: wizard.draft.get().id,
            cluster: cluster.get()?,
            namespace: Namespace::new(namespace.get()).ok()?,
            release: ReleaseName::new(release.get()).ok()?,
        })
    };
    let failed = move || save.value().get().and_then(Result::err);
    view! {
        <form
            class="flex flex-col gap-5"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(request) = request() {
                    save.dispatch(request);
                }
            }
        >
            <fieldset>
                <legend class="text-[13px] font-semibold mb-2">{t!(install.cluster)}</legend>
                <div class="grid gap-3 md:grid-cols-2">
                    {clusters.into_iter().map(|one| view! { <Choice view=one chosen=cluster/> }).collect_view()}
                </div>
            </fieldset>
            <div class="grid gap-4 md:grid-cols-2">
                <Name id="namespace" word=t!(install.namespace) note=t!(install.namespace_note) text=namespace bad=Signal::derive(bad_namespace)/>
                <Name id="release" word=t!(install.release) note=t!(install.release_note) text=release bad=Signal::derive(bad_release)/>
            </div>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end bg-surface border border-line rounded-[10px] px-4 py-3 max-md:sticky max-md:bottom-0">
                <button type="submit" class=GO disabled=move || request().is_none() || save.pending().get()>
                    {t!(install.run_checks)}
                </button>
            </div>
        </form>
    }
    .into_any()
}

const GO: &str = tw(
    "inline-flex items-center justify-center gap-2 h-8 max-md:h-10 px-3 rounded-[6px] border border-span bg-span text-span-ink text-[13px] font-medium whitespace-nowrap hover:opacity-90 disabled:opacity-50",
);

#[component]
fn Choice(view: ClusterView, chosen: RwSignal<Option<wire::ClusterName>>) -> impl IntoView {
    let name = StoredValue::new(view.name.clone());
    let on = move || chosen.get().as_ref() == Some(&name.get_value());
    let (answers, note) = match &view.state {
        ClusterState::Ready(facts) => (true, facts.version.clone()),
        ClusterState::Unreachable(_) => (false, t!(clusters.unreachable)),
    };
    let class = move || {
        if on() {
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
                prop:checked=on
                disabled=!answers
                on:change=move |_| chosen.set(Some(name.get_value()))
            />
            <i class=cluster_swatch(view.colour)></i>
            <span class="font-medium flex-1 min-w-0 truncate">{view.name.to_string()}</span>
            <Pill tone=if answers { Tone::Plain } else { Tone::Bad }>{note}</Pill>
        </label>
    }
}

#[component]
fn Name(
    id: &'static str,
    word: String,
    note: String,
    text: RwSignal<String>,
    bad: Signal<Option<String>>,
) -> impl IntoView {
    let described = format!("{id}-note");
    view! {
        <div>
            <label class="block text-[13px] font-semibold mb-1" for=id>{word}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                class="h-8 max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]"
                aria-describedby=described.clone()
                aria-invalid=move || bad.get().is_some().to_string()
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
            <p id=described class="mt-1 text-[12px]" class=("text-bad", move || bad.get().is_some()) class=("text-ink-3", move || bad.get().is_none())>
                {move || bad.get().unwrap_or_else(|| note.clone())}
            </p>
        </div>
    }
}

/// The footer of the steps after this one: back, whatever else, and on.
#[component]
pub(super) fn Foot(
    /// The step before.
    back: Step,
    children: Children,
) -> impl IntoView {
    let wizard = wizard();
    view! {
        <div class="flex flex-wrap items-center gap-3 mt-4 bg-surface border border-line rounded-[10px] px-4 py-3 max-md:sticky max-md:bottom-0">
            <Button kind=Kind::Flat press=move || wizard.go.run(back)>{t!(action.back)}</Button>
            <span class="flex-1"></span>
            {children()}
        </div>
    }
}
