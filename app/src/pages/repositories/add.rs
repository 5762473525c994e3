//! Adding a repository: say where it is, look at it, see what is wrong, add it.

use super::probe::Probe;
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    words::say,
};
use leptos::prelude::*;
use wire::{
    Repository, Secret,
    repository::{CredentialsRequest, ProbeView, RepositoryRequest},
};

/// Which login is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    Nobody,
    Password,
    Token,
}

/// What the form holds.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    url: RwSignal<String>,
    login: RwSignal<Login>,
    user: RwSignal<String>,
    secret: RwSignal<String>,
    authority: RwSignal<String>,
    plain: RwSignal<bool>,
    provenance: RwSignal<bool>,
}

impl Form {
    fn new() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            url: RwSignal::new(String::new()),
            login: RwSignal::new(Login::Nobody),
            user: RwSignal::new(String::new()),
            secret: RwSignal::new(String::new()),
            authority: RwSignal::new(String::new()),
            plain: RwSignal::new(false),
            provenance: RwSignal::new(false),
        }
    }

    /// Whether the address is that of a registry.
    fn is_registry(self) -> bool {
        self.url.get().trim_start().starts_with("oci://")
    }

    /// What is asked for; none while the name or the address is missing.
    fn request(self) -> Option<RepositoryRequest> {
        let name = self.name.get();
        let url = self.url.get();
        if Repository::new(name.as_str()).is_err() || url.trim().is_empty() {
            return None;
        }
        let secret = Secret::new(self.secret.get());
        Some(RepositoryRequest {
            name,
            url,
            credentials: match self.login.get() {
                Login::Nobody => CredentialsRequest::Anonymous,
                Login::Password => CredentialsRequest::Password {
                    user: self.user.get(),
                    password: secret,
                },
                Login::Token => CredentialsRequest::Token(secret),
            },
            ca_bundle: self.authority.get(),
            plain: self.plain.get() && self.is_registry(),
            provenance: self.provenance.get(),
        })
    }
}

/// Adding a repository.
#[component]
pub(super) fn AddRepository(
    /// Called when one was added.
    added: Callback<()>,
) -> impl IntoView {
    let form = Form::new();
    let request = Memo::new(move |_| form.request().map(Asked));
    let probe = Action::new(move |asked: &Asked| {
        let asked = asked.clone();
        async move {
            (
                asked.clone(),
                api::repositories::probe_repository(asked.0).await,
            )
        }
    });
    let add = Action::new(|asked: &Asked| api::repositories::add_repository(asked.0.clone()));
    Effect::new(move |_| {
        if matches!(add.value().get(), Some(Ok(_))) {
            added.run(());
        }
    });
    // What was seen counts as long as the form says the same.
    let seen = move || -> Option<Result<ProbeView, AppError>> {
        let (asked, outcome) = probe.value().get()?;
        (request.get() == Some(asked)).then_some(outcome)
    };
    let fine = move || matches!(seen(), Some(Ok(probe)) if probe.seen.is_some());
    let busy = move || probe.pending().get() || add.pending().get();
    let says = move || match (probe.pending().get(), add.pending().get()) {
        (true, _) => say!(repositories.probing),
        (_, true) => say!(repositories.adding),
        _ if fine() => String::new(),
        _ => say!(repositories.look_first),
    };
    let look = move || {
        if let Some(asked) = request.get_untracked() {
            probe.dispatch(asked);
        }
    };
    view! {
        <form
            class="flex flex-col gap-4"
            on:submit=move |event| {
                event.prevent_default();
                look();
            }
        >
            <Where form=form/>
            <LoginFields form=form/>
            <More form=form/>
            <div aria-live="polite">
                {move || seen().map(|outcome| match outcome {
                    Ok(probe) => view! { <Probe probe=probe/> }.into_any(),
                    Err(AppError(problem)) => view! { <ProblemNotice problem=problem/> }.into_any(),
                })}
                {move || add.value().get().and_then(Result::err).filter(|_| !add.pending().get()).map(|AppError(problem)| {
                    view! { <ProblemNotice problem=problem/> }
                })}
            </div>
            <Foot
                says=Signal::derive(says)
                look=Signal::derive(move || request.get().is_some() && !busy())
                add=Signal::derive(move || fine() && !busy())
                press=Callback::new(move |()| {
                    if let Some(asked) = request.get_untracked() {
                        add.dispatch(asked);
                    }
                })
            />
        </form>
    }
}

/// What is going on, and the two things to do.
#[component]
fn Foot(
    says: Signal<String>,
    /// Whether it can be looked at now.
    look: Signal<bool>,
    /// Whether it can be added now.
    add: Signal<bool>,
    /// Adds it.
    press: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center justify-end gap-3">
            <p class="flex-1 text-[12px] text-ink-3" role="status">{says}</p>
            <Button submit=true disabled=Signal::derive(move || !look.get()) press=|| ()>
                {say!(repositories.probe)}
            </Button>
            <Button kind=Kind::Go disabled=Signal::derive(move || !add.get()) press=move || press.run(())>
                {say!(repositories.add)}
            </Button>
        </div>
    }
}

/// A request that can be compared: what was looked at is what is added.
#[derive(Clone)]
struct Asked(RepositoryRequest);

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        one.name == other.name
            && one.url == other.url
            && one.credentials == other.credentials
            && one.ca_bundle == other.ca_bundle
            && one.plain == other.plain
            && one.provenance == other.provenance
    }
}

/// Name and address.
#[component]
fn Where(form: Form) -> impl IntoView {
    view! {
        <div class="grid gap-4 md:grid-cols-[200px_minmax(0,1fr)]">
            <Text id="repository-name" word=say!(repositories.name) note=say!(repositories.name_note) text=form.name/>
            <Text id="repository-url" word=say!(repositories.url) note=say!(repositories.url_note) text=form.url/>
        </div>
    }
}

/// The login, when there is one.
#[component]
fn LoginFields(form: Form) -> impl IntoView {
    let choice = move |login: Login, word: String| {
        view! {
            <label class="inline-flex items-center gap-2 h-8 max-md:h-10 text-[13px] cursor-pointer">
                <input
                    type="radio"
                    name="login"
                    class="size-4 accent-span"
                    prop:checked=move || form.login.get() == login
                    on:change=move |_| form.login.set(login)
                />
                {word}
            </label>
        }
    };
    let secret = move |word: String| {
        view! { <Text id="repository-secret" kind="password" word=word note=say!(repositories.secret_note) text=form.secret/> }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-semibold">{say!(repositories.login)}</legend>
            <div class="flex flex-wrap gap-x-5">
                {choice(Login::Nobody, say!(repositories.login_none))}
                {choice(Login::Password, say!(repositories.login_password))}
                {choice(Login::Token, say!(repositories.login_token))}
            </div>
            <div class="grid gap-4 md:grid-cols-2">
                {move || match form.login.get() {
                    Login::Nobody => ().into_any(),
                    Login::Password => view! {
                        <Text id="repository-user" word=say!(repositories.user) note=String::new() text=form.user/>
                        {secret(say!(repositories.password))}
                    }.into_any(),
                    Login::Token => secret(say!(repositories.token)).into_any(),
                }}
            </div>
        </fieldset>
    }
}

/// What few repositories need.
#[component]
fn More(form: Form) -> impl IntoView {
    let tick = move |on: RwSignal<bool>, word: String| {
        view! {
            <label class="flex items-center gap-2 min-h-8 max-md:min-h-10 text-[13px] cursor-pointer">
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    prop:checked=on
                    on:change=move |event| on.set(event_target_checked(&event))
                />
                {word}
            </label>
        }
    };
    view! {
        <details>
            <summary class="text-[13px] text-span cursor-pointer">{say!(repositories.more)}</summary>
            <div class="mt-3">
                <label class="block text-[13px] font-semibold mb-1" for="repository-authority">{say!(repositories.authority)}</label>
                <textarea
                    id="repository-authority"
                    rows="4"
                    spellcheck="false"
                    class="w-full font-mono text-[12.5px] bg-surface border border-field rounded-[6px] px-3 py-2"
                    placeholder="-----BEGIN CERTIFICATE-----"
                    aria-describedby="repository-authority-note"
                    prop:value=form.authority
                    on:input=move |event| form.authority.set(event_target_value(&event))
                ></textarea>
                <p id="repository-authority-note" class="text-[12px] text-ink-3">{say!(repositories.authority_note)}</p>
            </div>
            {tick(form.provenance, say!(repositories.provenance))}
        </details>
        <Show when=move || form.is_registry()>{tick(form.plain, say!(repositories.plain))}</Show>
    }
}

#[component]
fn Text(
    id: &'static str,
    #[prop(default = "text")] kind: &'static str,
    word: String,
    note: String,
    text: RwSignal<String>,
) -> impl IntoView {
    let described = format!("{id}-note");
    view! {
        <div>
            <label class="block text-[13px] font-semibold mb-1" for=id>{word}</label>
            <input
                id=id
                type=kind
                autocomplete="off"
                spellcheck="false"
                class="h-8 max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]"
                aria-describedby=described.clone()
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
            <p id=described class="mt-1 text-[12px] text-ink-3">{note}</p>
        </div>
    }
}
