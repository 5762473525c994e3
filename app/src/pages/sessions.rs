//! The sessions of the operator: where they are logged in, and the buttons that end one or all of them.

use crate::{
    AppError, api,
    editor::mirror,
    parts::{Button, Dialog, Head, Kind, Loaded, Notice, Pill, ProblemNotice, Tone},
    urls,
    words::{age, t},
};
use leptos::prelude::*;
use wire::session::{SessionEnd, SessionRow, SessionsView};

/// The sessions of the operator.
#[component]
pub(crate) fn Sessions() -> impl IntoView {
    let sessions = Resource::new(|| (), |()| api::session::sessions());
    let ended = Callback::new(move |()| sessions.refetch());
    view! {
        <Head title=t!(sessions.title)>
            <LogOutEverywhere/>
        </Head>
        <Loaded
            from=sessions
            subject=t!(sessions.title)
            view=move |found| view! { <List found=found ended=ended/> }
        />
    }
}

#[component]
fn List(found: SessionsView, ended: Callback<()>) -> impl IntoView {
    let failed = RwSignal::new(None::<AppError>);
    let rows = found
        .sessions
        .into_iter()
        .map(|row| view! { <Row row=row ended=ended failed=failed/> })
        .collect_view();
    let unsaved = found.unsaved.then(|| {
        view! { <div class="mb-4"><Notice tone=Tone::Warn>{t!(sessions.unsaved)}</Notice></div> }
    });
    view! {
        {unsaved}
        <p class="text-[13px] text-ink-2 mb-4 max-w-[70ch]">
            {t!(sessions.lead, idle = age(found.idle_timeout))}
        </p>
        <div aria-live="polite">
            {move || {
                failed
                    .get()
                    .map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })
            }}
        </div>
        <ul class="bg-surface border border-line rounded-[10px] px-5 py-1" aria-label=t!(sessions.title)>
            {rows}
        </ul>
    }
}

#[component]
fn Row(row: SessionRow, ended: Callback<()>, failed: RwSignal<Option<AppError>>) -> impl IntoView {
    let times = [
        t!(sessions.logged_in, age = age(row.age)),
        t!(sessions.used, age = age(row.unused)),
        t!(sessions.ends_in, age = age(row.ends_in)),
    ];
    let end = (!row.current).then(|| view! { <End row=row.clone() ended=ended failed=failed/> });
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 min-h-[53px] border-b border-line last:border-b-0 text-[13px]">
            <div class="flex-1 min-w-[200px]">
                <p class="flex flex-wrap items-center gap-2 font-medium break-words">
                    {row.client.clone()}
                    {row.current.then(|| view! { <Pill tone=Tone::Good>{t!(sessions.current)}</Pill> })}
                </p>
                <p class="text-ink-3 tabular">{times.join(" · ")}</p>
            </div>
            {end}
        </li>
    }
}

/// The button that ends another session.
#[component]
fn End(row: SessionRow, ended: Callback<()>, failed: RwSignal<Option<AppError>>) -> impl IntoView {
    let id = StoredValue::new(row.id);
    let end = Action::new(move |(): &()| api::session::end_session(id.get_value()));
    Effect::new(move |_| match end.value().get() {
        Some(Ok(())) => ended.run(()),
        Some(Err(problem)) => failed.set(Some(problem)),
        None => {}
    });
    view! {
        <Button
            kind=Kind::Danger
            disabled=end.pending()
            press=move || {
                failed.set(None);
                end.dispatch(());
            }
        >
            {t!(sessions.end)}
            <span class="sr-only">{row.client}</span>
        </Button>
    }
}

/// The button and the dialog that end all sessions, this one too.
#[component]
fn LogOutEverywhere() -> impl IntoView {
    let open = RwSignal::new(false);
    let log_out = Action::new(|(): &()| api::session::log_out_everywhere());
    Effect::new(move |_| {
        let login = match log_out.value().get() {
            Some(Ok(SessionEnd::Saved)) => urls::LOGIN,
            Some(Ok(SessionEnd::Unsaved)) => urls::LOGIN_UNSAVED,
            Some(Err(_)) | None => return,
        };
        mirror::remove_all();
        let _ = window().location().set_href(&urls::absolute(login));
    });
    let failed = move || log_out.value().get().and_then(Result::err);
    view! {
        <Button kind=Kind::Danger press=move || open.set(true)>{t!(sessions.everywhere)}</Button>
        <Dialog open=open title=t!(sessions.everywhere)>
            <p class="text-ink-2 mb-4">{t!(sessions.everywhere_note)}</p>
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end mt-4">
                <Button
                    kind=Kind::Danger
                    disabled=log_out.pending()
                    press=move || {
                        log_out.dispatch(());
                    }
                >
                    {t!(sessions.everywhere_confirm)}
                </Button>
            </div>
        </Dialog>
    }
}
