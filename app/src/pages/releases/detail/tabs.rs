//! The tabs of a release: resources, values, manifest, notes, and tests where there are some.

use super::{resources::Resources, tests::Tests};
use crate::{
    parts::{Code, Tabs},
    words::t,
};
use leptos::prelude::*;
use wire::release::{ReleaseRef, ReleaseView};

/// The place of the tests among the tabs.
const TESTS: usize = 4;

/// The tabs and the content of the selected one.
#[component]
pub(super) fn ReleaseTabs(
    /// The release.
    at: ReleaseRef,
    /// Its view.
    release: Signal<ReleaseView>,
    /// The selected tab.
    tab: RwSignal<usize>,
    /// Whether the plan of the tests is open.
    testing: RwSignal<bool>,
) -> impl IntoView {
    let tests = Signal::derive(move || release.with(|release| release.tests.clone()));
    let has_tests = Memo::new(move |_| tests.with(|tests| !tests.is_empty()));
    let resources = Signal::derive(move || release.with(|release| release.resources.clone()));
    let number = Memo::new(move |_| resources.with(Vec::len));
    let tabs = move || {
        let mut tabs = vec![
            t!(release.resources_n, n = number.get()),
            t!(release.values),
            t!(release.manifest),
            t!(release.notes),
        ];
        tabs.extend(has_tests.get().then(|| t!(tests.title)));
        view! { <Tabs label=t!(release.subject) tabs=tabs selected=tab/> }
    };
    let content = move || {
        match tab.get() {
        0 => view! { <Resources at=at.clone() resources=resources/> }.into_any(),
        1 => view! { <Text release=release text=|release| &release.values label=t!(release.values) none=t!(release.no_values)/> }.into_any(),
        2 => view! { <Text release=release text=|release| &release.manifest label=t!(release.manifest) none=String::new()/> }.into_any(),
        TESTS if has_tests.get() => {
            let run = Callback::new(move |()| testing.set(true));
            view! { <Tests tests=tests run=run/> }.into_any()
        }
        _ => view! { <Text release=release text=|release| &release.notes label=t!(release.notes) none=t!(release.no_notes)/> }.into_any(),
    }
    };
    view! {
        {tabs}
        {content}
    }
}

/// A text of the release, or what is said without one.
#[component]
fn Text(
    release: Signal<ReleaseView>,
    text: fn(&ReleaseView) -> &String,
    label: String,
    none: String,
) -> impl IntoView {
    let text = Memo::new(move |_| release.with(|release| text(release).clone()));
    move || {
        if text.with(String::is_empty) {
            let none = none.clone();
            view! { <p class="px-5 py-6 text-[13px] text-ink-3">{none}</p> }.into_any()
        } else {
            view! { <Code text=text.get() label=label.clone()/> }.into_any()
        }
    }
}
