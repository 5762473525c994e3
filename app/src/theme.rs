//! Light or dark: a cookie that the server reads, so that the first paint has the right colours.

use leptos::prelude::*;

/// The cookie's name.
const COOKIE: &str = "meshspan_theme";

/// The theme that the request asks for, light unless it says dark.
#[cfg(feature = "ssr")]
pub fn from_cookie() -> &'static str {
    let dark = crate::ssr::cookies()
        .split(';')
        .any(|pair| pair.trim() == "meshspan_theme=dark");
    if dark { "dark" } else { "light" }
}

/// Turns the page to the other theme and keeps it.
pub fn turn() {
    let Some(root) = document().document_element() else {
        return;
    };
    let dark = root.get_attribute("data-theme").as_deref() == Some("dark");
    let next = if dark { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", next);
    let kept = format!("{COOKIE}={next}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = js_cookie(&kept);
}

/// `document.cookie = …`, by the property's name: the typed binding lives on another interface.
fn js_cookie(text: &str) -> Result<bool, wasm_bindgen::JsValue> {
    js_sys::Reflect::set(&document(), &"cookie".into(), &text.into())
}
