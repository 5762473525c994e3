//! The form that logs in with a login link: on the login page, and over a page whose session has expired.

use crate::{
    login_command::login_command,
    parts::{Button, Copy, Kind},
    session_requests::{LoginError, log_in},
    words::t,
};
use leptos::prelude::*;

/// The command for a login link, and the field for the link.
#[component]
pub(crate) fn LoginForm(
    /// What happens after the login.
    done: Callback<()>,
) -> impl IntoView {
    let link = RwSignal::new(String::new());
    let send = Action::new_local(move |link: &String| {
        let link = link.clone();
        async move { log_in(&link).await }
    });
    Effect::new(move |_| {
        if send.value().get() == Some(Ok(())) {
            link.set(String::new());
            done.run(());
        }
    });
    let failed = move || match send.value().get()?.err()? {
        LoginError::NoToken => Some(t!(login.no_token)),
        LoginError::Refused => Some(t!(login.link_used)),
        LoginError::Offline => Some(t!(problem.offline)),
    };
    let is_empty =
        Signal::derive(move || link.with(|link| link.trim().is_empty()) || send.pending().get());
    view! {
        <p class="text-ink-2 mb-2">{t!(login.instructions)}</p>
        <div class="flex flex-wrap items-center gap-2">
            <code class="flex-1 min-w-0 font-mono text-[13px] bg-sunken rounded-[6px] px-3 py-1.5 break-words select-all">{login_command()}</code>
            <Copy text=login_command() label=t!(login.copy)/>
        </div>
        <form
            class="mt-4"
            on:submit=move |event| {
                event.prevent_default();
                send.dispatch_local(link.get_untracked());
            }
        >
            <label class="block text-[13px] font-semibold mb-1" for="login-link">{t!(login.link)}</label>
            <div class="flex flex-wrap gap-2">
                <input
                    id="login-link"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    class="flex-1 min-w-[200px] h-8 max-md:h-10 px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]"
                    aria-describedby="login-link-note"
                    prop:value=link
                    on:input=move |event| link.set(event_target_value(&event))
                />
                <Button kind=Kind::Go submit=true disabled=is_empty press=|| ()>{t!(login.title)}</Button>
            </div>
            <p id="login-link-note" class="mt-1 text-[12px] text-ink-3">{t!(login.note)}</p>
            <p class="mt-1 text-[13px] text-bad" role="alert">{failed}</p>
        </form>
    }
}
