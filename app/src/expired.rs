//! The dialog over a page whose session has expired: the page and what was typed in it stay.

use crate::{
    live::stream,
    login_form::LoginForm,
    parts::{Dialog, Notice, Tone},
    words::t,
};
use leptos::prelude::*;

/// The dialog, and the notice that stays when the dialog is closed.
#[component]
pub(crate) fn ExpiredSession() -> impl IntoView {
    let live = stream();
    let open = RwSignal::new(false);
    // Every request that fails says so again; the dialog opens once.
    let is_expired = Memo::new(move |_| live.session_expired.get());
    Effect::new(move |_| open.set(is_expired.get()));
    let done = Callback::new(move |()| live.session_expired.set(false));
    view! {
        <Dialog open=open title=t!(login.expired)>
            <p class="text-ink-2 mb-4">{t!(login.expired_note)}</p>
            <LoginForm done=done/>
        </Dialog>
        <div aria-live="polite">
            <Show when=move || is_expired.get()>
                <div class="mb-4">
                    <Notice tone=Tone::Warn>
                        {t!(problem.not_logged_in)} " "
                        <button type="button" class="underline font-medium" on:click=move |_| open.set(true)>
                            {t!(login.title)}
                        </button>
                    </Notice>
                </div>
            </Show>
        </div>
    }
}
