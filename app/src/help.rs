//! Help and settings: the keys, the theme, and what this console is. Opened from the top bar, by the palette and
//! by keys.

use crate::{
    api,
    live::page_build,
    parts::{Button, Dialog, Glyph, Icon, Menu},
    theme::Theme,
    words::t,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;

/// The dialogs that open from every page. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Help {
    /// The list of keys.
    pub(crate) keys: RwSignal<bool>,
    /// The settings.
    pub(crate) settings: RwSignal<bool>,
    /// The version.
    pub(crate) about: RwSignal<bool>,
}

impl Help {
    /// Puts the dialogs into the context of the frame, and opens the keys by `?`.
    pub(crate) fn provide() -> Self {
        let help = Self {
            keys: RwSignal::new(false),
            settings: RwSignal::new(false),
            about: RwSignal::new(false),
        };
        provide_context(help);
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_open = help.keys.try_get_untracked().unwrap_or(true);
            if event.key() == "?" && !event.ctrl_key() && !is_typing(&event) && !is_open {
                event.prevent_default();
                help.keys.set(true);
            }
        });
        on_cleanup(move || listener.remove());
        help
    }
}

/// The dialogs of the frame.
pub(crate) fn help() -> Help {
    expect_context::<Help>()
}

/// Whether the key is typed into a field.
pub(crate) fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| {
        let name = element.tag_name();
        matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
    })
}

/// The button in the top bar.
#[component]
pub(crate) fn HelpMenu() -> impl IntoView {
    let open = RwSignal::new(false);
    let help = help();
    let item = move |label: String, dialog: RwSignal<bool>| {
        view! {
            <button
                type="button"
                class="w-full flex items-center px-3.5 h-9 max-md:h-11 text-left text-[13px] hover:bg-sunken"
                on:click=move |_| {
                    open.set(false);
                    dialog.set(true);
                }
            >
                {label}
            </button>
        }
    };
    view! {
        <Menu label=Signal::stored(t!(help.title)) open=open button=ViewFn::from(|| view! { <Icon glyph=Glyph::Unknown/> })>
            {item(t!(help.keys), help.keys)}
            {item(t!(help.settings), help.settings)}
            {item(t!(help.about), help.about)}
        </Menu>
    }
}

/// The dialogs themselves.
#[component]
pub(crate) fn HelpDialogs() -> impl IntoView {
    let Help {
        keys,
        settings,
        about,
    } = help();
    view! {
        <Dialog open=keys title=t!(help.keys)><Keys/></Dialog>
        <Dialog open=settings title=t!(help.settings)><Settings/></Dialog>
        <Dialog open=about title=t!(help.about)><About/></Dialog>
    }
}

#[component]
fn Keys() -> impl IntoView {
    let rows = [
        (vec!["Ctrl K", "⌘ K", "/"], t!(help.key_palette)),
        (vec!["?"], t!(help.key_help)),
        (vec!["Esc"], t!(help.key_escape)),
        (vec!["Tab", "Shift Tab"], t!(help.key_tab)),
        (vec!["Enter"], t!(help.key_enter)),
        (vec!["←", "→"], t!(help.key_tabs)),
        (vec!["↑", "↓"], t!(help.key_palette_select)),
    ];
    let row = |(keys, text): (Vec<&'static str>, String)| {
        let keys = keys.into_iter().map(|key| {
            view! { <kbd class="px-1.5 py-0.5 text-[12px] border border-line-strong rounded-[4px] bg-surface">{key}</kbd> }
        });
        view! {
            <tr class="border-t border-line">
                <th scope="row" class="py-2 pr-4 text-left font-normal">
                    <span class="flex flex-wrap gap-1.5">{keys.collect_view()}</span>
                </th>
                <td class="py-2 text-ink-2">{text}</td>
            </tr>
        }
    };
    view! { <table class="w-full text-[13px]"><tbody>{rows.into_iter().map(row).collect_view()}</tbody></table> }
}

/// The theme: the only setting that a browser keeps.
#[component]
fn Settings() -> impl IntoView {
    let chosen = RwSignal::new(Theme::chosen());
    let option = move |theme: Option<Theme>, label: String| {
        view! {
            <label class="flex items-center gap-2.5 h-9 max-md:h-11">
                <input
                    type="radio"
                    name="theme"
                    class="size-4 accent-span"
                    prop:checked=move || chosen.get() == theme
                    on:change=move |_| {
                        Theme::choose(theme);
                        chosen.set(theme);
                    }
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="text-[13px]">
            <legend class="font-medium">{t!(help.theme)}</legend>
            {option(None, t!(help.theme_system))}
            {option(Some(Theme::Light), t!(help.theme_light))}
            {option(Some(Theme::Dark), t!(help.theme_dark))}
        </fieldset>
        <p class="mt-2 text-[12px] text-ink-3">{t!(help.settings_note)}</p>
    }
}

#[component]
fn About() -> impl IntoView {
    let keys = help().keys;
    let session = LocalResource::new(api::session::session);
    let operator = move || {
        session
            .get()
            .and_then(Result::ok)
            .map(|session| session.operator)
    };
    let row = |name: String, value: String| {
        view! {
            <dt class="text-ink-3">{name}</dt>
            <dd class="font-mono break-words">{value}</dd>
        }
    };
    view! {
        <dl class="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-[13px]">
            {row(t!(help.version), env!("CARGO_PKG_VERSION").to_owned())}
            {row(t!(help.build), page_build().unwrap_or_default())}
            {move || operator().map(|operator| row(t!(help.operator), operator))}
        </dl>
        <p class="mt-3 text-[13px] text-ink-2">{t!(help.about_text)}</p>
        <div class="flex justify-end mt-4">
            <Button press=move || keys.set(true)>{t!(help.keys)}</Button>
        </div>
    }
}
