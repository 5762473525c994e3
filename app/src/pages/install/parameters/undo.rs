//! Undo and redo: buttons, keys, and the menu of the browser, whose own history knows nothing of the form.

use super::editing::Editing;
use crate::{editor::Place, parts::tw, words::t};
use leptos::{
    ev::{beforeinput, keydown},
    prelude::*,
};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

/// The id of the text area.
pub(super) const TEXT_ID: &str = "values-yaml";
/// The attribute of the elements whose keys change the text.
const SCOPE: &str = "[data-undo-scope]";
/// The height of a line of the text area, in pixels.
const LINE_HEIGHT: i32 = 20;

/// A direction in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Undo,
    Redo,
}

/// The direction of a key.
fn direction(key: &str, has_control: bool, has_shift: bool, has_alt: bool) -> Option<Direction> {
    if !has_control || has_alt {
        return None;
    }
    match (key, has_shift) {
        ("z" | "Z", false) => Some(Direction::Undo),
        ("z" | "Z", true) | ("y" | "Y", false) => Some(Direction::Redo),
        _ => None,
    }
}

/// The buttons, with their keys.
#[component]
pub(super) fn UndoButtons(editing: Editing) -> impl IntoView {
    let is_apple = RwSignal::new(false);
    Effect::new(move |_| is_apple.set(is_apple_keyboard()));
    listen(editing);
    let undo_keys = move || if is_apple.get() { "⌘Z" } else { "Ctrl+Z" };
    let redo_keys = move || {
        if is_apple.get() {
            "⇧⌘Z"
        } else {
            "Ctrl+Shift+Z"
        }
    };
    let class = tw(
        "inline-flex items-center gap-2 h-8 max-md:h-10 px-2.5 rounded-[6px] border border-line-strong bg-surface text-[13px] font-medium hover:bg-sunken disabled:opacity-50",
    );
    view! {
        <div class="flex flex-wrap items-center gap-2 mb-3" role="toolbar" aria-label=t!(install.history)>
            <button
                type="button"
                class=class
                aria-keyshortcuts="Control+Z Meta+Z"
                disabled=move || !editing.can_undo()
                on:click=move |_| editing.undo()
            >
                {t!(install.undo)}
                <kbd class="font-mono text-[11px] text-ink-3 max-md:hidden" aria-hidden="true">{undo_keys}</kbd>
            </button>
            <button
                type="button"
                class=class
                aria-keyshortcuts="Control+Shift+Z Meta+Shift+Z Control+Y"
                disabled=move || !editing.can_redo()
                on:click=move |_| editing.redo()
            >
                {t!(install.redo)}
                <kbd class="font-mono text-[11px] text-ink-3 max-md:hidden" aria-hidden="true">{redo_keys}</kbd>
            </button>
        </div>
    }
}

/// Handles the keys and the menu while the component that calls this lives.
fn listen(editing: Editing) {
    Effect::new(move |_| {
        let go = move |direction| match direction {
            Direction::Undo => editing.undo(),
            Direction::Redo => editing.redo(),
        };
        let keys = window_event_listener(keydown, move |event: KeyboardEvent| {
            let has_control = event.ctrl_key() || event.meta_key();
            let wanted = direction(
                &event.key(),
                has_control,
                event.shift_key(),
                event.alt_key(),
            );
            if let Some(direction) = wanted.filter(|_| is_in_scope(event.target())) {
                event.prevent_default();
                go(direction);
            }
        });
        let menu = window_event_listener(beforeinput, move |event| {
            let wanted = match event.input_type().as_str() {
                "historyUndo" => Direction::Undo,
                "historyRedo" => Direction::Redo,
                _ => return,
            };
            if is_in_scope(event.target()) {
                event.prevent_default();
                go(wanted);
            }
        });
        on_cleanup(move || {
            keys.remove();
            menu.remove();
        });
    });
    Effect::new(move |_| {
        if let Some((place, caret)) = editing.focus.get() {
            let text = editing.text.get_untracked();
            // The elements have the new text by then.
            request_animation_frame(move || focus(&place, &text, caret));
        }
    });
}

/// Whether an event belongs to the editor: to the form, the text or the buttons, or to no element at all.
fn is_in_scope(target: Option<web_sys::EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_none_or(|element| {
        let is_body = element.tag_name().eq_ignore_ascii_case("body");
        is_body || element.closest(SCOPE).ok().flatten().is_some()
    })
}

fn is_apple_keyboard() -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    ["Mac", "iP"].iter().any(|name| platform.starts_with(name))
}

/// Moves the focus to the place of a change.
fn focus(place: &Place, text: &str, caret: usize) {
    let element = match place {
        Place::Field(path) => document().get_element_by_id(&path.join(".")),
        Place::Text | Place::Whole => document().get_element_by_id(TEXT_ID),
    };
    let Some(element) = element else { return };
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
    let before = text.get(..caret).unwrap_or(text);
    if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        let position = u32::try_from(before.encode_utf16().count()).ok();
        let _ = area.set_selection_start(position);
        let _ = area.set_selection_end(position);
        scroll_to(area, before);
    }
}

/// Scrolls to the line of the caret: the text area is as high as its text, and does not scroll itself.
fn scroll_to(area: &HtmlTextAreaElement, before: &str) {
    let line = i32::try_from(before.matches('\n').count()).unwrap_or_default();
    let (top, scroller) = (line * LINE_HEIGHT, area.closest("[data-scroller]"));
    let Some(scroller) = scroller.ok().flatten() else {
        return;
    };
    let (shown, height) = (scroller.scroll_top(), scroller.client_height());
    if top < shown || top + 2 * LINE_HEIGHT > shown + height {
        scroller.set_scroll_top((top - height / 2).max(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_keys_undo_and_redo() {
        assert_eq!(direction("z", true, false, false), Some(Direction::Undo));
        assert_eq!(direction("Z", true, true, false), Some(Direction::Redo));
        assert_eq!(direction("y", true, false, false), Some(Direction::Redo));
        assert_eq!(direction("z", false, false, false), None);
        assert_eq!(direction("z", true, false, true), None);
        assert_eq!(direction("x", true, false, false), None);
    }
}
