//! The dialog that adds a repository: enter its URL, test the connection, add it.

use super::probe::Probe;
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::{
    Repository, Secret,
    repository::{CredentialsRequest, ProbeView, RepositoryRequest},
};

/// The kind of credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CredentialKind {
    None,
    Password,
    Token,
}

/// The fields of the form.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    url: RwSignal<String>,
    credentials: RwSignal<CredentialKind>,
    user: RwSignal<String>,
    secret: RwSignal<String>,
    ca: RwSignal<String>,
    plain_http: RwSignal<bool>,
    require_provenance: RwSignal<bool>,
}

impl Form {
    fn new() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            url: RwSignal::new(String::new()),
            credentials: RwSignal::new(CredentialKind::None),
            user: RwSignal::new(String::new()),
            secret: RwSignal::new(String::new()),
            ca: RwSignal::new(String::new()),
            plain_http: RwSignal::new(false),
            require_provenance: RwSignal::new(false),
        }
    }

    /// Whether the URL is that of a registry.
    fn is_registry(self) -> bool {
        self.url.get().trim_start().starts_with("oci://")
    }

    /// The request; none while the name or the URL is missing.
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
            credentials: match self.credentials.get() {
                CredentialKind::None => CredentialsRequest::Anonymous,
                CredentialKind::Password => CredentialsRequest::Password {
                    user: self.user.get(),
                    password: secret,
                },
                CredentialKind::Token => CredentialsRequest::Token(secret),
            },
            ca_bundle: self.ca.get(),
            plain: self.plain_http.get() && self.is_registry(),
            provenance: self.require_provenance.get(),
        })
    }
}

/// The content of the dialog.
#[component]
pub(super) fn AddRepository(
    /// Called when a repository was added.
    added: Callback<()>,
) -> impl IntoView {
    let form = Form::new();
    let request = Memo::new(move |_| form.request().map(Request));
    let test: TestAction = Action::new(move |request: &Request| {
        let request = request.clone();
        async move {
            let result = api::repositories::test_repository(request.0.clone()).await;
            (request, result)
        }
    });
    let add = Action::new(|request: &Request| api::repositories::add_repository(request.0.clone()));
    Effect::new(move |_| {
        if matches!(add.value().get(), Some(Ok(_))) {
            added.run(());
        }
    });
    // The result of a test is valid as long as the form is not changed.
    let result = move || -> Option<Result<ProbeView, AppError>> {
        let (tested, result) = test.value().get()?;
        (request.get() == Some(tested)).then_some(result)
    };
    let passed =
        Signal::derive(move || matches!(result(), Some(Ok(probe)) if probe.seen.is_some()));
    let failed = move || {
        let problem = add.value().get().and_then(Result::err);
        problem.filter(|_| !add.pending().get())
    };
    view! {
        <form
            class="flex flex-col gap-4"
            on:submit=move |event| {
                event.prevent_default();
                if let Some(request) = request.get_untracked() {
                    test.dispatch(request);
                }
            }
        >
            <Location form=form/>
            <Credentials form=form/>
            <Advanced form=form/>
            <div aria-live="polite">
                {move || result().map(|result| match result {
                    Ok(probe) => view! { <Probe probe=probe/> }.into_any(),
                    Err(AppError(problem)) => view! { <ProblemNotice problem=problem/> }.into_any(),
                })}
                {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            </div>
            <Buttons request=request testing=test.pending() passed=passed add=add/>
        </form>
    }
}

type TestAction = Action<Request, (Request, Result<ProbeView, AppError>)>;
type AddAction = Action<Request, Result<Repository, AppError>>;

/// The progress, and the buttons that test the connection and add the repository.
#[component]
fn Buttons(
    request: Memo<Option<Request>>,
    #[prop(into)] testing: Signal<bool>,
    /// Whether the test of the current request passed.
    passed: Signal<bool>,
    add: AddAction,
) -> impl IntoView {
    let busy = move || testing.get() || add.pending().get();
    let progress = move || match (testing.get(), add.pending().get()) {
        (true, _) => t!(repositories.testing),
        (_, true) => t!(repositories.adding),
        _ if passed.get() => String::new(),
        _ => t!(repositories.test_first),
    };
    view! {
        <div class="flex flex-wrap items-center justify-end gap-3">
            <p class="flex-1 text-[12px] text-ink-3" role="status">{progress}</p>
            <Button submit=true disabled=Signal::derive(move || request.get().is_none() || busy()) press=|| ()>
                {t!(repositories.test_connection)}
            </Button>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || !passed.get() || busy())
                press=move || {
                    if let Some(request) = request.get_untracked() {
                        add.dispatch(request);
                    }
                }
            >
                {t!(repositories.add)}
            </Button>
        </div>
    }
}

/// A request that can be compared: only a request that was tested is added.
#[derive(Clone)]
struct Request(RepositoryRequest);

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        let (request, other) = (&self.0, &other.0);
        request.name == other.name
            && request.url == other.url
            && request.credentials == other.credentials
            && request.ca_bundle == other.ca_bundle
            && request.plain == other.plain
            && request.provenance == other.provenance
    }
}

/// The name and the URL.
#[component]
fn Location(form: Form) -> impl IntoView {
    view! {
        <div class="grid gap-4 md:grid-cols-[200px_minmax(0,1fr)]">
            <Text id="repository-name" label=t!(repositories.name) note=t!(repositories.name_note) text=form.name/>
            <Text id="repository-url" label=t!(repositories.url) note=t!(repositories.url_note) text=form.url/>
        </div>
    }
}

/// The credentials.
#[component]
fn Credentials(form: Form) -> impl IntoView {
    let option = move |kind: CredentialKind, label: String| {
        view! {
            <label class="inline-flex items-center gap-2 h-8 max-md:h-10 text-[13px] cursor-pointer">
                <input
                    type="radio"
                    name="credentials"
                    class="size-4 accent-span"
                    prop:checked=move || form.credentials.get() == kind
                    on:change=move |_| form.credentials.set(kind)
                />
                {label}
            </label>
        }
    };
    let secret = move |label: String| {
        view! { <Text id="repository-secret" kind="password" label=label note=t!(repositories.secret_note) text=form.secret/> }
    };
    view! {
        <fieldset>
            <legend class="text-[13px] font-semibold">{t!(repositories.credentials)}</legend>
            <div class="flex flex-wrap gap-x-5">
                {option(CredentialKind::None, t!(repositories.credentials_none))}
                {option(CredentialKind::Password, t!(repositories.credentials_password))}
                {option(CredentialKind::Token, t!(repositories.credentials_token))}
            </div>
            <div class="grid gap-4 md:grid-cols-2">
                {move || match form.credentials.get() {
                    CredentialKind::None => ().into_any(),
                    CredentialKind::Password => view! {
                        <Text id="repository-user" label=t!(repositories.user) note=String::new() text=form.user/>
                        {secret(t!(repositories.password))}
                    }.into_any(),
                    CredentialKind::Token => secret(t!(repositories.token)).into_any(),
                }}
            </div>
        </fieldset>
    }
}

/// The CA certificate, provenance and plain HTTP.
#[component]
fn Advanced(form: Form) -> impl IntoView {
    let checkbox = move |on: RwSignal<bool>, label: String| {
        view! {
            <label class="flex items-center gap-2 min-h-8 max-md:min-h-10 text-[13px] cursor-pointer">
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    prop:checked=on
                    on:change=move |event| on.set(event_target_checked(&event))
                />
                {label}
            </label>
        }
    };
    view! {
        <details>
            <summary class="text-[13px] text-span cursor-pointer">{t!(repositories.more)}</summary>
            <div class="mt-3">
                <label class="block text-[13px] font-semibold mb-1" for="repository-ca">{t!(repositories.ca)}</label>
                <textarea
                    id="repository-ca"
                    rows="4"
                    spellcheck="false"
                    class="w-full font-mono text-[12.5px] bg-surface border border-field rounded-[6px] px-3 py-2"
                    placeholder="-----BEGIN CERTIFICATE-----"
                    aria-describedby="repository-ca-note"
                    prop:value=form.ca
                    on:input=move |event| form.ca.set(event_target_value(&event))
                ></textarea>
                <p id="repository-ca-note" class="text-[12px] text-ink-3">{t!(repositories.ca_note)}</p>
            </div>
            {checkbox(form.require_provenance, t!(repositories.require_provenance))}
        </details>
        <Show when=move || form.is_registry()>{checkbox(form.plain_http, t!(repositories.plain_http))}</Show>
    }
}

#[component]
fn Text(
    id: &'static str,
    #[prop(default = "text")] kind: &'static str,
    label: String,
    note: String,
    text: RwSignal<String>,
) -> impl IntoView {
    let described = format!("{id}-note");
    view! {
        <div>
            <label class="block text-[13px] font-semibold mb-1" for=id>{label}</label>
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
