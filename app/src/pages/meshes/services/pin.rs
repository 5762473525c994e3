//! The button that pins a Service, so that its proxies are sampled without an open page, or unpins it.

use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::{Problem, mesh::ServiceRef};

/// What the pin buttons of a page share: what happens after a change, and why the last one failed. Cheap to copy.
#[derive(Clone, Copy)]
pub(in super::super) struct Pins {
    failed: RwSignal<Option<Problem>>,
    changed: Callback<()>,
}

impl Pins {
    pub(in super::super) fn new(changed: Callback<()>) -> Self {
        Self {
            failed: RwSignal::new(None),
            changed,
        }
    }

    /// Reads the page again.
    pub(super) fn changed(self) -> Callback<()> {
        self.changed
    }
}

/// Why the last change failed.
#[component]
pub(in super::super) fn PinProblem(pins: Pins) -> impl IntoView {
    move || {
        let problem = pins.failed.get();
        problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })
    }
}

/// Pins or unpins a Service.
#[component]
pub(in super::super) fn PinButton(
    at: ServiceRef,
    #[prop(into)] pinned: Signal<bool>,
    pins: Pins,
) -> impl IntoView {
    let name = StoredValue::new(at.service.to_string());
    let change = Action::new(move |is_pinned: &bool| {
        let (at, is_pinned) = (at.clone(), *is_pinned);
        async move {
            if is_pinned {
                api::meshes::unpin_service(at).await
            } else {
                api::meshes::pin_service(at).await
            }
        }
    });
    Effect::new(move |_| match change.value().get() {
        None => {}
        Some(Ok(())) => {
            pins.failed.set(None);
            pins.changed.run(());
        }
        Some(Err(AppError(problem))) => pins.failed.set(Some(problem)),
    });
    let label = move || {
        let service = name.get_value();
        if pinned.get() {
            t!(service.unpin_service, service = service)
        } else {
            t!(service.pin_service, service = service)
        }
    };
    let word = move || {
        if pinned.get() {
            t!(service.unpin)
        } else {
            t!(service.pin)
        }
    };
    view! {
        <Button
            inactive=change.pending()
            press=move || {
                change.dispatch(pinned.get_untracked());
            }
            attr:aria-label=label
        >
            {word}
        </Button>
    }
}
