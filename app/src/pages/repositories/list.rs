//! The list of repositories: charts, last sync and problem of each.

use super::{add::AddRepository, skipped::Skipped};
use crate::{
    AppError, api,
    clock::{Clock, clock},
    current::keep_current,
    parts::{
        Button, Dialog, Folds, Glyph, Head, Icon, Kind, Link, Live, Notice, Pill, ProblemNotice,
        Rows, Tone, Updated,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::{
    Repository,
    live::Topic,
    repository::{CredentialsView, RepositoryKind, RepositoryView},
};

/// The list of repositories.
#[component]
pub(crate) fn Repositories() -> impl IntoView {
    let repositories = Resource::new(|| (), |()| api::repositories::repositories());
    let read_at = keep_current(repositories, &[Topic::Repositories]);
    let query = use_query_map();
    let adding = RwSignal::new(false);
    Effect::new(move |_| {
        if query.read().get("add").is_some() {
            adding.set(true);
        }
    });
    let changed = Callback::new(move |()| {
        adding.set(false);
        repositories.refetch();
    });
    view! {
        <Head title=t!(repositories.title)>
            <Updated at=read_at/>
            <Button kind=Kind::Go press=move || adding.set(true)>
                <Icon glyph=Glyph::Plus/>
                {t!(repositories.add)}
            </Button>
        </Head>
        <Live
            from=repositories
            subject=t!(repositories.title)
            view=move |found| view! { <List found=found changed=changed/> }
        />
        <Dialog open=adding title=t!(repositories.add)>
            <AddRepository added=changed/>
        </Dialog>
    }
}

#[component]
fn List(found: Signal<Vec<RepositoryView>>, changed: Callback<()>) -> impl IntoView {
    let only_built_in = Memo::new(move |_| {
        found.with(|found| {
            let mut found = found.iter();
            found.all(|repository| repository.kind == RepositoryKind::BuiltIn)
        })
    });
    view! {
        <Show when=move || only_built_in.get()>
            <div class="mb-4"><Notice tone=Tone::Plain>{t!(repositories.none)}</Notice></div>
        </Show>
        <div class="flex flex-col gap-3">
            <Rows
                rows=found
                key=|repository: &RepositoryView| repository.name.clone()
                view=move |repository| view! { <Row repository=repository changed=changed/> }
            />
        </div>
    }
}

#[component]
fn Row(repository: Signal<RepositoryView>, changed: Callback<()>) -> impl IntoView {
    let view = repository.get_untracked();
    let name = StoredValue::new(view.name.clone());
    let is_remote = matches!(view.kind, RepositoryKind::Http | RepositoryKind::Oci);
    let sync = Action::new(move |(): &()| api::repositories::sync_repository(name.get_value()));
    Effect::new(move |_| {
        if matches!(sync.value().get(), Some(Ok(_))) {
            changed.run(());
        }
    });
    let seen = Memo::new(move |_| repository.with(|repository| repository.seen.clone()));
    let failed = move || {
        let synced = sync.value().get();
        let failed = synced.and_then(|synced| Some(synced.err()?.0));
        failed.or_else(|| repository.with(|repository| repository.problem.clone()))
    };
    let clock = clock();
    Folds::provide();
    let charts = urls::repository_charts(&view.name);
    let label = view.name.to_string();
    let title = label.clone();
    view! {
        <article class="bg-surface border border-line rounded-[10px] px-5 py-4 flex flex-col gap-3 min-w-0" aria-label=label>
            <div class="flex flex-wrap items-start gap-x-4 gap-y-2">
                <div class="flex-1 min-w-[200px]">
                    <h2 class="flex flex-wrap items-center gap-2 text-[15px] font-semibold">
                        <Link href=charts attr:class="hover:underline">{title}</Link>
                        <Pill>{kind(view.kind)}</Pill>
                        {is_remote.then(|| view! { <State failed=Signal::derive(move || failed().is_some())/> })}
                    </h2>
                    {(!view.url.is_empty()).then(|| view! { <p class="font-mono text-[12px] text-ink-3 break-all mt-0.5">{view.url.clone()}</p> })}
                    <p class="text-[13px] text-ink-2 mt-1 tabular">{move || repository.with(|view| summary(view, clock))}</p>
                    {move || seen.get().map(|seen| view! { <Skipped seen=seen/> })}
                </div>
                {is_remote.then(|| {
                    view! {
                        <div class="flex items-center gap-2">
                            <Button
                                disabled=sync.pending()
                                press=move || {
                                    sync.dispatch(());
                                }
                            >
                                {t!(repositories.sync)}
                            </Button>
                            <Remove name=name.get_value() removed=changed/>
                        </div>
                    }
                })}
            </div>
            {is_remote.then(|| view! {
                <div aria-live="polite">
                    {move || failed().map(|problem| view! { <ProblemNotice problem=problem/> })}
                </div>
            })}
        </article>
    }
}

#[component]
fn State(failed: Signal<bool>) -> impl IntoView {
    let tone = Signal::derive(move || if failed.get() { Tone::Bad } else { Tone::Good });
    let label = move || {
        if failed.get() {
            t!(repositories.failing)
        } else {
            t!(repositories.ready)
        }
    };
    let glyph = Signal::derive(move || {
        if failed.get() {
            Glyph::Bad
        } else {
            Glyph::Good
        }
    });
    view! {
        <Pill tone=tone>
            <Icon glyph=glyph class="size-3 shrink-0"/>
            {label}
        </Pill>
    }
}

fn kind(kind: RepositoryKind) -> String {
    match kind {
        RepositoryKind::BuiltIn => t!(repositories.built_in),
        RepositoryKind::Uploaded => t!(repositories.uploaded),
        RepositoryKind::Http => t!(repositories.http),
        RepositoryKind::Oci => t!(repositories.oci),
    }
}

/// The charts of a repository, its last sync, and how the console connects to it.
fn summary(view: &RepositoryView, clock: Clock) -> String {
    let mut parts = Vec::new();
    if let Some(seen) = &view.seen {
        parts.push(count!(repositories.charts, n = seen.charts));
    }
    parts.push(match view.synced {
        Some(at) => t!(repositories.synced_ago, age = clock.age(at)),
        None if view.url.is_empty() => t!(repositories.in_console),
        None => t!(repositories.never_synced),
    });
    match &view.credentials {
        CredentialsView::Anonymous => {}
        CredentialsView::Password(user) => {
            parts.push(t!(repositories.user_name, user = user.clone()));
        }
        CredentialsView::Token => parts.push(t!(repositories.token_login)),
    }
    if view.ca_bundle {
        parts.push(t!(repositories.custom_ca));
    }
    if view.provenance {
        parts.push(t!(repositories.provenance_required));
    }
    parts.join(" · ")
}

/// The button and the dialog that remove a repository.
#[component]
fn Remove(name: Repository, removed: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let title = t!(repositories.remove_title, repository = name.to_string());
    let name = StoredValue::new(name);
    let remove = Action::new(move |(): &()| api::repositories::remove_repository(name.get_value()));
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            removed.run(());
        }
    });
    let failed = move || remove.value().get().and_then(Result::err);
    view! {
        <Button kind=Kind::Danger press=move || open.set(true)>
            <Icon glyph=Glyph::Trash/>
            {t!(repositories.remove)}
        </Button>
        <Dialog open=open title=title>
            <p class="text-ink-2 mb-4">{t!(repositories.remove_note)}</p>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end mt-4">
                <Button
                    kind=Kind::Danger
                    disabled=remove.pending()
                    press=move || {
                        remove.dispatch(());
                    }
                >
                    {t!(repositories.remove)}
                </Button>
            </div>
        </Dialog>
    }
}
