//! The event stream, as signals: one for all visible tabs of a browser. Start at [`Stream`].

mod lock;
mod sharing;
mod source;
mod tabs;
mod topics;

use crate::{AppError, api};
use leptos::{prelude::*, task::spawn_local};
use source::Connection;
use std::{cell::RefCell, collections::BTreeSet};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, VisibilityState};
use wire::{
    Code, DraftId, JobId, MeshName,
    install::ChecksView,
    job::JobView,
    live::{ChangesView, FrameView},
    mesh::HealthView,
    release::ReleaseRef,
};

/// The name of the `<meta>` element that holds the id of the session, which is no secret.
pub(crate) const SESSION_META_NAME: &str = "session";
/// The name of the `<meta>` element that holds the id of the build that the page was made by.
pub(crate) const BUILD_META_NAME: &str = "build";

/// The state that the event stream updates. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Stream {
    /// The state of the frame around every page.
    pub(crate) frame: RwSignal<Option<FrameView>>,
    /// The job of the open page.
    pub(crate) job: RwSignal<Option<JobView>>,
    /// The health of the mesh of the open page.
    pub(crate) health: RwSignal<Option<HealthView>>,
    /// The checks of the open draft.
    pub(crate) checks: RwSignal<Option<ChecksView>>,
    /// What has changed since the stream began; none before the first message.
    pub(crate) changes: RwSignal<Option<ChangesView>>,
    /// Whether the stream is disconnected; the browser reconnects on its own.
    pub(crate) disconnected: RwSignal<bool>,
    /// Whether the server serves other browser files than those of this page.
    pub(crate) outdated: RwSignal<bool>,
    /// Whether the session has expired.
    pub(crate) session_expired: RwSignal<bool>,
    job_topic: RwSignal<Option<JobId>>,
    mesh_topic: RwSignal<Option<MeshName>>,
    checks_topic: RwSignal<Option<DraftId>>,
    /// The number of times that the checks were started again.
    checks_run: RwSignal<u32>,
    release_topic: RwSignal<Option<ReleaseRef>>,
    /// The number of times that the stream was opened again.
    reopened: RwSignal<u32>,
    /// Whether the tab is visible.
    pub(crate) visible: RwSignal<bool>,
}

impl Stream {
    /// Puts the stream into the context, and opens it in the browser.
    pub(crate) fn provide() -> Self {
        let stream = Self {
            frame: RwSignal::new(None),
            job: RwSignal::new(None),
            health: RwSignal::new(None),
            checks: RwSignal::new(None),
            changes: RwSignal::new(None),
            disconnected: RwSignal::new(false),
            outdated: RwSignal::new(false),
            session_expired: RwSignal::new(false),
            job_topic: RwSignal::new(None),
            mesh_topic: RwSignal::new(None),
            checks_topic: RwSignal::new(None),
            checks_run: RwSignal::new(0),
            release_topic: RwSignal::new(None),
            reopened: RwSignal::new(0),
            visible: RwSignal::new(true),
        };
        provide_context(stream);
        Effect::new(move |_| watch_visibility(stream.visible));
        stream.share();
        stream.check();
        stream
    }

    /// Follows a job while the component that calls this lives.
    pub(crate) fn follow_job(self, id: JobId) {
        follow(self.job_topic, self.job, id);
    }

    /// Starts the checks of a draft and follows them while the component that calls this lives; the
    /// callback starts them again.
    pub(crate) fn follow_checks(self, draft: DraftId) -> Callback<()> {
        follow(self.checks_topic, self.checks, draft);
        Callback::new(move |()| {
            self.checks.set(None);
            self.checks_run.update(|run| *run += 1);
        })
    }

    /// Compares the build of the server with the one of this page. A page of a development build
    /// reloads; other pages may hold unsaved input, so the operator reloads them.
    fn compare_build(self, build: &str) {
        if page_build().is_none_or(|own| own == build) {
            return;
        }
        if cfg!(debug_assertions) {
            let _ = window().location().reload();
        } else {
            self.outdated.set(true);
        }
    }

    /// Opens the stream again. A browser gives up when a server answers with an error: the session may have
    /// expired, or a reverse proxy answers for a console that starts.
    fn reopen(self) {
        spawn_local(async move {
            match api::session::session().await {
                Err(AppError(problem)) if problem.code == Code::NotLoggedIn => {
                    self.session_expired.set(true);
                }
                _ => self.reopened.update(|count| *count += 1),
            }
        });
    }

    /// The names of the registered clusters.
    pub(crate) fn cluster_names(self) -> BTreeSet<String> {
        self.frame.with(|frame| {
            let clusters = frame.iter().flat_map(|frame| &frame.clusters);
            clusters
                .map(|(cluster, _, _)| cluster.to_string())
                .collect()
        })
    }

    /// The colour of a cluster.
    pub(crate) fn cluster_colour(self, name: &str) -> u8 {
        let colour = self.frame.with(|frame| {
            let mut clusters = frame.as_ref()?.clusters.iter();
            let (_, colour, _) = clusters.find(|(cluster, _, _)| cluster.as_str() == name)?;
            Some(*colour)
        });
        colour.unwrap_or(1)
    }

    /// Follows a release while the component that calls this lives; none when the URL names none.
    pub(crate) fn follow_release(self, at: Signal<Option<ReleaseRef>>) {
        Effect::new(move |_| self.release_topic.set(at.get()));
        on_cleanup(move || {
            // The next page may follow another one already.
            let own = at.try_get_untracked().flatten();
            if own.is_some() && self.release_topic.try_get_untracked() == Some(own) {
                let _ = self.release_topic.try_set(None);
            }
        });
    }

    /// Follows the health of a mesh while the component that calls this lives.
    pub(crate) fn follow_mesh(self, name: MeshName) {
        follow(self.mesh_topic, self.health, name);
    }
}

fn follow<Name, View>(topic: RwSignal<Option<Name>>, view: RwSignal<Option<View>>, name: Name)
where
    Name: Clone + PartialEq + Send + Sync + 'static,
    View: Send + Sync + 'static,
{
    let own_topic = name.clone();
    Effect::new(move |_| {
        if topic.get_untracked().as_ref() != Some(&name) {
            view.set(None);
            topic.set(Some(name.clone()));
        }
    });
    on_cleanup(move || {
        // The next page may have set another topic already.
        if topic.try_get_untracked().flatten().as_ref() == Some(&own_topic) {
            let _ = topic.try_set(None);
        }
    });
}

/// The build that the page was made by.
pub(crate) fn page_build() -> Option<String> {
    let selector = format!("meta[name='{BUILD_META_NAME}']");
    let element = document().query_selector(&selector).ok().flatten();
    element.and_then(|element| element.get_attribute("content"))
}

/// The event stream of the page.
pub(crate) fn stream() -> Stream {
    expect_context::<Stream>()
}

thread_local! {
    /// The stream, in the tab that holds it.
    static SOURCE: RefCell<Option<Connection>> = const { RefCell::new(None) };
    /// The stream of the checks of the open draft.
    static CHECKS: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Follows whether the tab is visible; a tab that the browser freezes is not.
fn watch_visibility(visible: RwSignal<bool>) {
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        let is_visible = document().visibility_state() == VisibilityState::Visible;
        visible.set(is_visible && event.type_() != "freeze");
    });
    for event in ["visibilitychange", "freeze", "resume"] {
        // The listeners live as long as the document.
        let _ =
            document().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    }
    listener.forget();
}
