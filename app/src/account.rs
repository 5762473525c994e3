//! The menu of the account in the top bar: who is logged in, how long, and the ways out.

use crate::{
    api,
    clock::clock,
    editor::mirror,
    live::stream,
    parts::{Glyph, Icon, Link},
    session_requests::log_out,
    urls,
    words::{age, t},
};
use leptos::{
    ev::{click, focusin},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast as _;
use wire::session::{SessionRole, SessionView};

/// The menu of the account.
#[component]
pub(crate) fn AccountMenu() -> impl IntoView {
    let session = Resource::new(|| (), |()| api::session::session());
    let live = stream();
    Effect::new(move |was_expired: Option<bool>| {
        let is_expired = live.session_expired.get();
        if was_expired == Some(true) && !is_expired {
            session.refetch();
        }
        is_expired
    });
    let open = RwSignal::new(false);
    let menu = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    close_outside(menu, open);
    let name = move || {
        let session = session.get().and_then(Result::ok);
        session.map_or_else(|| t!(frame.account), |session| session.operator)
    };
    let leave = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                let _ = button.focus();
            }
        }
    };
    view! {
        <div class="relative" node_ref=menu on:keydown=leave>
            <button
                type="button"
                node_ref=button
                class="inline-flex items-center gap-2 h-8 max-md:h-10 px-2 rounded-[6px] text-[13px] text-ink-2 hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                aria-controls="account-menu"
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon glyph=Glyph::Person/>
                <span class="sr-only">{t!(frame.account)} " "</span>
                <span class="max-md:sr-only"><Transition>{name}</Transition></span>
                <Icon glyph=Glyph::Chevron/>
            </button>
            <div id="account-menu" role="group" aria-label=t!(frame.account)>
                <Show when=move || open.get()>
                    <Content session=session/>
                </Show>
            </div>
        </div>
    }
}

/// Closes the menu when something outside of it is clicked or gets the focus.
fn close_outside(menu: NodeRef<html::Div>, open: RwSignal<bool>) {
    Effect::new(move |_| {
        let close = move |target: Option<web_sys::EventTarget>| {
            let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            let is_inside = menu
                .get_untracked()
                .is_some_and(|menu| menu.contains(node.as_ref()));
            if open.get_untracked() && !is_inside {
                open.set(false);
            }
        };
        let clicks = window_event_listener(click, move |event| close(event.target()));
        let focus = window_event_listener(focusin, move |event| close(event.target()));
        on_cleanup(move || {
            clicks.remove();
            focus.remove();
        });
    });
}

#[component]
fn Content(session: Resource<Result<SessionView, crate::AppError>>) -> impl IntoView {
    let clock = clock();
    let facts = move || {
        let session = session.get()?.ok()?;
        let left = age(clock.now().seconds_until(session.ends));
        let role = match session.role {
            SessionRole::Operator => t!(account.role_operator),
        };
        Some(view! {
            <p class="font-medium break-words">{session.operator}</p>
            <p class="text-ink-2">{role}</p>
            <p class="text-ink-3 tabular">{t!(account.ends_in, age = left)}</p>
        })
    };
    // Text that the console does not have is in this browser only.
    let is_unsaved = mirror::is_present();
    let out = Action::new_local(|(): &()| async {
        let _ = log_out().await;
    });
    view! {
        <div class="absolute right-0 top-full mt-1 z-30 w-[260px] max-w-[calc(100vw_-_24px)] bg-raised border border-line rounded-[10px] shadow-float p-1.5 text-[13px]">
            <div class="px-2.5 py-2 border-b border-line mb-1.5">{facts}</div>
            <Link
                href=urls::SESSIONS
                attr:class="flex items-center gap-2.5 h-8 max-md:h-11 px-2.5 rounded-[6px] hover:bg-sunken"
            >
                <Icon glyph=Glyph::Key/>
                {t!(sessions.title)}
            </Link>
            {is_unsaved.then(|| view! { <p class="px-2.5 py-1.5 text-bad">{t!(account.discards)}</p> })}
            <button
                type="button"
                class="flex w-full items-center gap-2.5 h-8 max-md:h-11 px-2.5 rounded-[6px] text-left hover:bg-sunken"
                on:click=move |_| {
                    out.dispatch_local(());
                }
            >
                <Icon glyph=Glyph::Close/>
                {if is_unsaved { t!(account.log_out_and_discard) } else { t!(frame.log_out) }}
            </button>
        </div>
    }
}
