//! What is folded until somebody unfolds it, and stays so while its page is read again.

use leptos::{html, prelude::*};
use std::collections::HashMap;

/// Which folds of a page are unfolded, by their keys: a view that is made again finds its state here.
#[derive(Clone, Copy)]
pub(crate) struct Folds(StoredValue<HashMap<String, ArcRwSignal<bool>>>);

impl Folds {
    /// Provides the folds of a page to its elements.
    pub(crate) fn provide() {
        provide_context(Self(StoredValue::new(HashMap::new())));
    }

    /// The state of a fold; of its own where the page keeps none.
    fn state(key: &str, at_first: bool) -> ArcRwSignal<bool> {
        let state = || ArcRwSignal::new(at_first);
        let kept = use_context::<Self>().and_then(|folds| {
            folds.0.try_update_value(|folds| {
                let fold = folds.entry(key.to_owned());
                fold.or_insert_with(state).clone()
            })
        });
        kept.unwrap_or_else(state)
    }
}

/// Shows its summary, and its children once it is unfolded. The element of the browser, which also works before the
/// page is hydrated.
#[component]
pub(crate) fn Fold(
    /// Its name among the folds of the page.
    #[prop(into)]
    key: String,
    /// The classes of the element.
    class: &'static str,
    /// The classes of the summary.
    summary_class: &'static str,
    /// What is always shown.
    #[prop(into)]
    summary: AnyView,
    /// Whether it is unfolded when the page is opened.
    #[prop(optional)]
    unfolded: bool,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let fold = Folds::state(&key, unfolded);
    let state = fold.clone();
    Effect::new(move |was_there: Option<bool>| {
        let Some(details) = node.get() else {
            return false;
        };
        // It may have been unfolded before the page was hydrated.
        if was_there != Some(true) && details.open() {
            state.set(true);
        }
        details.set_open(state.get());
        true
    });
    let toggled = move |_| {
        if let Some(details) = node.get_untracked() {
            fold.set(details.open());
        }
    };
    view! {
        <details node_ref=node class=class open=unfolded on:toggle=toggled>
            <summary class=summary_class>{summary}</summary>
            {children()}
        </details>
    }
}
