//! The drawer of one object of a release: YAML, events, pods and logs. The URL has the object and the tab.

use super::logs::Logs;
use crate::{
    api,
    current::keep_current,
    parts::{Drawer, Live, ObjectDetails, Updated},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wire::{ObjectName, live::Topic, object::ObjectRequest, release::ReleaseRef};

/// The values of the tabs in the URL.
const PARTS: [&str; 4] = ["yaml", "events", "pods", "logs"];

/// Opens the object that the URL names.
#[component]
pub(super) fn ObjectDrawer(
    /// The release.
    at: ReleaseRef,
) -> impl IntoView {
    let query = use_query_map();
    // A dialog opens in the browser only: the server does not read the object.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    let object = Memo::new(move |_| {
        if !in_browser.get() {
            return None;
        }
        let query = query.read();
        query
            .get("object")
            .and_then(|key| ObjectName::from_key(&key))
    });
    let title = Signal::derive(move || {
        let object = object.get();
        object.map(|object| object.to_string()).unwrap_or_default()
    });
    let navigate = use_navigate();
    let page = urls::release(&at);
    let close = Callback::new(move |()| navigate(&page, in_place(false)));
    let at = StoredValue::new(at);
    view! {
        <Drawer open=Signal::derive(move || object.get().is_some()) title=title close=close>
            {move || {
                object
                    .get()
                    .map(|object| view! { <Content request=ObjectRequest { at: at.get_value(), object }/> })
            }}
        </Drawer>
    }
}

/// Navigation that leaves the page where it is scrolled to.
fn in_place(replace: bool) -> NavigateOptions {
    NavigateOptions {
        replace,
        scroll: false,
        ..NavigateOptions::default()
    }
}

/// The tab that the URL names, written back when it changes.
fn tab_of_url(request: &ObjectRequest) -> RwSignal<usize> {
    let part = use_query_map().read_untracked().get("part");
    let index = PARTS.iter().position(|name| Some(*name) == part.as_deref());
    let tab = RwSignal::new(index.unwrap_or(0));
    let page = urls::release_object(&request.at, &request.object);
    let navigate = use_navigate();
    Effect::new(move |before: Option<usize>| {
        let index = tab.get();
        if before.is_some_and(|before| before != index) {
            let part = PARTS.get(index).copied().unwrap_or_default();
            navigate(&format!("{page}&part={part}"), in_place(true));
        }
        index
    });
    tab
}

#[component]
fn Content(request: ObjectRequest) -> impl IntoView {
    let tab = tab_of_url(&request);
    let asked = request.clone();
    let found = Resource::new(move || asked.clone(), api::releases::object);
    let read_at = keep_current(found, &[Topic::Release]);
    let request = StoredValue::new(request);
    view! {
        <div class="flex justify-end px-5 max-md:px-4 pt-2"><Updated at=read_at/></div>
        <Live
            from=found
            subject=t!(object.subject)
            view=move |found| {
                let logs = move |pods, pod| view! { <Logs request=request pods=pods pod=pod/> };
                view! { <ObjectDetails found=found tab=tab logs=logs/> }
            }
        />
    }
}
