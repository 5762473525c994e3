//! Which editors are open in other tabs: each holds a lock of the browser, which ends with its page.
//!
//! The bindings of the Web Locks API are not stable, so that its two functions are called by name.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// How the names of the locks begin.
const PREFIX: &str = "meshspan:editor:";

/// Marks an editor as open, as long as the page lives.
pub(crate) fn hold(editor: &str) {
    let Some((locks, request)) = function("request") else {
        return;
    };
    // The lock is held until the promise of this function is fulfilled.
    let forever = Closure::<dyn FnMut() -> Promise>::new(|| Promise::new(&mut |_, _| {}));
    let name = JsValue::from_str(&format!("{PREFIX}{editor}"));
    let _ = request.call2(&locks, &name, forever.as_ref());
    forever.forget();
}

/// The editors that are open in any tab; none where the browser has no locks.
pub(crate) async fn open_editors() -> Vec<String> {
    held().await.unwrap_or_default()
}

async fn held() -> Option<Vec<String>> {
    let (locks, query) = function("query")?;
    let snapshot: Promise = query.call0(&locks).ok()?.dyn_into().ok()?;
    let snapshot = JsFuture::from(snapshot).await.ok()?;
    let held = Array::from(&property(&snapshot, "held")?);
    let names = held.iter().filter_map(|lock| {
        let name = property(&lock, "name")?.as_string()?;
        name.strip_prefix(PREFIX).map(str::to_owned)
    });
    Some(names.collect())
}

/// The lock manager of the browser, and a function of it.
fn function(name: &str) -> Option<(JsValue, Function)> {
    let locks = property(&window().navigator(), "locks")?;
    let function = property(&locks, name)?.dyn_into().ok()?;
    Some((locks, function))
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
