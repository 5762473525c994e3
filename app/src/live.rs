//! The event stream, as signals: one for all visible tabs of a browser. Start at [`Stream`].

mod lock;
mod source;
mod tabs;
mod topics;

pub(crate) use tabs::SESSION_META_NAME;

use leptos::prelude::*;
use source::Connection;
use std::{cell::RefCell, time::Duration};
use tabs::{Receiver, Tabs};
use topics::Topics;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, VisibilityState};
use wire::{
    DraftId, JobId, MeshName,
    install::ChecksView,
    job::JobView,
    live::{ChangesView, FrameView, Live},
    mesh::HealthView,
    release::ReleaseRef,
};

/// Topics that change within this time open one stream.
const DEBOUNCE: Duration = Duration::from_millis(50);

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
            visible: RwSignal::new(true),
        };
        provide_context(stream);
        Effect::new(move |_| watch_visibility(stream.visible));
        stream.share();
        stream.check();
        stream
    }

    /// Opens the one stream of the visible tabs, in the tab that holds it.
    fn share(self) {
        let tabs = Tabs::new();
        let own = Memo::new(move |_| {
            let (job, mesh) = (self.job_topic.get(), self.mesh_topic.get());
            let release = self.release_topic.get();
            Topics::default()
                .with("job", job.map(|id| id.to_string()))
                .with("mesh", mesh.map(|name| name.to_string()))
                .with("release", release.map(|at| at.to_string()))
        });
        let all = tabs.all(own);
        let is_open = Memo::new(move |_| self.visible.get() && !self.session_expired.get());
        let receiver = Receiver {
            message: Callback::new(move |text: String| self.receive(&text)),
            disconnected: self.disconnected,
        };
        Effect::new(move |was_open: Option<bool>| {
            let is_open = is_open.get();
            match (was_open.unwrap_or_default(), is_open) {
                (false, true) => tabs.join(own, receiver),
                (true, false) => tabs.leave(),
                _ => {}
            }
            is_open
        });
        Effect::new(move |_| {
            own.track();
            tabs.follow(own, receiver);
        });
        Effect::new(move |_| tabs.keep_alive(own));
        Effect::new(move |_| {
            let topics = all.get();
            if !(is_open.get() && tabs.holds.get()) {
                SOURCE.set(None);
                return;
            }
            // The other tabs tell their topics at once, and a page its own.
            let open = move || {
                Tabs::begin();
                SOURCE.set(self.connect(&topics));
            };
            let timer = set_timeout_with_handle(open, DEBOUNCE);
            on_cleanup(move || {
                if let Ok(timer) = timer {
                    timer.clear();
                }
            });
        });
    }

    fn connect(self, topics: &Topics) -> Option<Connection> {
        let on_message = move |text: String| {
            if self.disconnected.get_untracked() {
                self.disconnected.set(false);
                Tabs::tell_disconnected(false);
            }
            Tabs::pass_on(&text);
            self.receive(&text);
        };
        let on_error = move || {
            self.disconnected.set(true);
            Tabs::tell_disconnected(true);
        };
        Connection::open(&topics.query(), on_message, on_error)
    }

    /// Opens the stream of the checks of a draft, which start with it: no other tab shares them.
    fn check(self) {
        Effect::new(move |_| {
            let (draft, run) = (self.checks_topic.get(), self.checks_run.get());
            let is_open = self.visible.get() && !self.session_expired.get();
            let connection = draft.filter(|_| is_open).and_then(|draft| {
                let on_message = move |text: String| {
                    if let Ok(Live::Checks(checks)) = serde_json::from_str(&text) {
                        self.checks.set(Some(*checks));
                    }
                };
                Connection::open(&format!("checks={draft}&turn={run}"), on_message, || ())
            });
            CHECKS.set(connection);
        });
    }

    /// Applies a message of the stream.
    fn receive(self, text: &str) {
        match serde_json::from_str(text) {
            Ok(Live::Frame(frame)) => self.frame.set(Some(frame)),
            Ok(Live::Job(job)) => self.receive_job(*job),
            Ok(Live::Health(health)) => self.receive_health(*health),
            Ok(Live::Changes(changes)) => self.changes.set(Some(changes)),
            Ok(Live::Build(build)) => self.compare_build(&build),
            Ok(Live::LoggedOut) => self.session_expired.set(true),
            Ok(Live::Checks(_)) | Err(_) => {}
        }
    }

    /// The job of the page; the stream has those of other tabs too.
    fn receive_job(self, job: JobView) {
        if self.job_topic.get_untracked().as_ref() == Some(&job.id) {
            self.job.set(Some(job));
        }
    }

    /// The health of the mesh of the page; the stream has those of other tabs too.
    fn receive_health(self, health: HealthView) {
        if self.mesh_topic.get_untracked().as_ref() == Some(&health.mesh) {
            self.health.set(Some(health));
        }
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

    /// The colour of a cluster, from 1 to 8.
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
fn page_build() -> Option<String> {
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
