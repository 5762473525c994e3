//! All repositories as they stand: what each holds, when it was read, what is wrong with it.

use super::add::AddRepository;
use crate::{
    AppError, api,
    parts::{Button, Dialog, Glyph, Head, Icon, Kind, Loaded, Notice, Pill, ProblemNotice, Tone},
    words::{age, say},
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_query_map};
use wire::{
    Repository,
    repository::{CredentialsView, RepositoryKind, RepositoryView},
};

/// All repositories.
#[component]
pub(crate) fn Repositories() -> impl IntoView {
    let repositories = Resource::new(|| (), |()| api::repositories::repositories());
    let query = use_query_map();
    let adding = RwSignal::new(query.read_untracked().get("add").is_some());
    let changed = Callback::new(move |()| {
        adding.set(false);
        repositories.refetch();
    });
    view! {
        <Head title=say!(repositories.title)>
            <Button kind=Kind::Go press=move || adding.set(true)>
                <Icon glyph=Glyph::Plus/>
                {say!(repositories.add)}
            </Button>
        </Head>
        <Loaded
            from=repositories
            what=say!(repositories.title)
            view=move |found| view! { <List found=found changed=changed/> }
        />
        <Dialog open=adding title=say!(repositories.add)>
            <AddRepository added=changed/>
        </Dialog>
    }
}

#[component]
fn List(found: Vec<RepositoryView>, changed: Callback<()>) -> impl IntoView {
    let alone = found.iter().all(|one| one.kind == RepositoryKind::BuiltIn);
    view! {
        {alone.then(|| view! { <div class="mb-4"><Notice tone=Tone::Plain>{say!(repositories.none)}</Notice></div> })}
        <div class="flex flex-col gap-3">
            {found.into_iter().map(|one| view! { <Row view=one changed=changed/> }).collect_view()}
        </div>
    }
}

#[component]
fn Row(view: RepositoryView, changed: Callback<()>) -> impl IntoView {
    let shown = RwSignal::new(view.clone());
    let name = StoredValue::new(view.name.clone());
    let elsewhere = matches!(view.kind, RepositoryKind::Http | RepositoryKind::Oci);
    let refresh =
        Action::new(move |(): &()| api::repositories::refresh_repository(name.get_value()));
    Effect::new(move |_| {
        if let Some(Ok(view)) = refresh.value().get() {
            shown.set(view);
        }
    });
    let failed = move || {
        let asked = refresh
            .value()
            .get()
            .and_then(Result::err)
            .map(|AppError(problem)| problem);
        asked.or_else(|| shown.get().problem)
    };
    let to = format!("/catalog?from={}", view.name);
    let label = view.name.to_string();
    let word = label.clone();
    view! {
        <article class="bg-surface border border-line rounded-[10px] px-5 py-4 flex flex-col gap-3 min-w-0" aria-label=label>
            <div class="flex flex-wrap items-start gap-x-4 gap-y-2">
                <div class="flex-1 min-w-[200px]">
                    <h2 class="flex flex-wrap items-center gap-2 text-[15px] font-semibold">
                        <A href=to attr:class="hover:underline">{word}</A>
                        <Pill>{kind(view.kind)}</Pill>
                        {elsewhere.then(|| view! { <State failing=Signal::derive(move || failed().is_some())/> })}
                    </h2>
                    {(!view.url.is_empty()).then(|| view! { <p class="font-mono text-[12px] text-ink-3 break-all mt-0.5">{view.url.clone()}</p> })}
                    <p class="text-[13px] text-ink-2 mt-1 tabular">{move || said(&shown.get())}</p>
                </div>
                {elsewhere.then(|| {
                    view! {
                        <div class="flex items-center gap-2">
                            <Button
                                disabled=refresh.pending()
                                press=move || {
                                    refresh.dispatch(());
                                }
                            >
                                {say!(repositories.refresh)}
                            </Button>
                            <Remove name=name.get_value() removed=changed/>
                        </div>
                    }
                })}
            </div>
            {elsewhere.then(|| view! {
                <div aria-live="polite">
                    {move || failed().map(|problem| view! { <ProblemNotice problem=problem/> })}
                </div>
            })}
        </article>
    }
}

#[component]
fn State(failing: Signal<bool>) -> impl IntoView {
    let tone = Signal::derive(move || if failing.get() { Tone::Bad } else { Tone::Good });
    let word = move || {
        if failing.get() {
            say!(repositories.failing)
        } else {
            say!(repositories.ready)
        }
    };
    let glyph = Signal::derive(move || {
        if failing.get() {
            Glyph::Bad
        } else {
            Glyph::Good
        }
    });
    view! {
        <Pill tone=tone>
            <Icon glyph=glyph class="size-3 shrink-0"/>
            {word}
        </Pill>
    }
}

fn kind(kind: RepositoryKind) -> String {
    match kind {
        RepositoryKind::BuiltIn => say!(repositories.built_in),
        RepositoryKind::Uploaded => say!(repositories.uploaded),
        RepositoryKind::Http => say!(repositories.http),
        RepositoryKind::Oci => say!(repositories.oci),
    }
}

/// What a repository holds, when it was read, how the console goes there.
fn said(view: &RepositoryView) -> String {
    let mut said = Vec::new();
    if let Some(seen) = view.seen {
        said.push(say!(repositories.charts_n, n = seen.charts));
    }
    said.push(match view.age {
        Some(seconds) => say!(repositories.read_ago, age = age(seconds)),
        None if view.url.is_empty() => say!(repositories.here),
        None => say!(repositories.never_read),
    });
    match &view.credentials {
        CredentialsView::Anonymous => {}
        CredentialsView::Password(user) => {
            said.push(say!(repositories.as_user, user = user.clone()))
        }
        CredentialsView::Token => said.push(say!(repositories.by_token)),
    }
    if view.ca_bundle {
        said.push(say!(repositories.own_authority));
    }
    if view.provenance {
        said.push(say!(repositories.vouched));
    }
    said.join(" · ")
}

/// Forgetting a repository changes nothing that was installed from it.
#[component]
fn Remove(name: Repository, removed: Callback<()>) -> impl IntoView {
    let asking = RwSignal::new(false);
    let title = say!(repositories.remove_title, repository = name.to_string());
    let name = StoredValue::new(name);
    let remove = Action::new(move |(): &()| api::repositories::remove_repository(name.get_value()));
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            removed.run(());
        }
    });
    let failed = move || remove.value().get().and_then(Result::err);
    view! {
        <Button kind=Kind::Danger press=move || asking.set(true)>
            <Icon glyph=Glyph::Trash/>
            {say!(repositories.remove)}
        </Button>
        <Dialog open=asking title=title>
            <p class="text-ink-2 mb-4">{say!(repositories.remove_says)}</p>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end mt-4">
                <Button
                    kind=Kind::Danger
                    disabled=remove.pending()
                    press=move || {
                        remove.dispatch(());
                    }
                >
                    {say!(repositories.remove)}
                </Button>
            </div>
        </Dialog>
    }
}
