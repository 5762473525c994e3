//! A lock of the browser: one tab holds it, the others wait for it.
//!
//! The browser gives the lock to the next tab when its holder is closed. Start at [`Lock::request`].

use js_sys::{Function, Object, Promise, Reflect};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::AbortController;

/// A lock that is held or waited for. Dropping it gives it up.
pub(super) struct Lock {
    is_wanted: Rc<Cell<bool>>,
    /// Ends the holding; none while it is waited for.
    release: Rc<RefCell<Option<Function>>>,
    abort: AbortController,
}

impl Lock {
    /// Waits for the lock of this name; `granted` is called once it is held. None when the browser has no
    /// locks.
    pub(super) fn request(name: &str, granted: impl FnOnce() + 'static) -> Option<Self> {
        let navigator = leptos::prelude::window().navigator();
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        let request = Reflect::get(&locks, &"request".into()).ok()?;
        let request: Function = request.dyn_into().ok()?;
        let abort = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &abort.signal()).ok()?;
        let is_wanted = Rc::new(Cell::new(true));
        let release = Rc::new(RefCell::new(None));
        let (wanted, resolver) = (is_wanted.clone(), release.clone());
        let hold = Closure::once_into_js(move |_: JsValue| {
            if !wanted.get() {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            let held = Promise::new(&mut |resolve, _| {
                resolver.borrow_mut().replace(resolve);
            });
            granted();
            held
        });
        let pending = request.call3(&locks, &name.into(), &options, &hold).ok()?;
        let pending: Promise = pending.dyn_into().ok()?;
        // It ends with an error when it is given up before it is held.
        wasm_bindgen_futures::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(pending).await;
        });
        Some(Self {
            is_wanted,
            release,
            abort,
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.is_wanted.set(false);
        match self.release.borrow_mut().take() {
            Some(release) => {
                let _ = release.call0(&JsValue::NULL);
            }
            None => self.abort.abort(),
        }
    }
}
