//! Opens the streams of a page: the one that all visible tabs share, and the one of the checks of a draft.

use super::{
    CHECKS, SOURCE, Stream,
    source::Connection,
    tabs::{Receiver, Tabs},
    topics::Topics,
};
use leptos::prelude::*;
use std::time::Duration;
use wire::{job::JobView, live::Live, mesh::HealthView};

/// Topics that change within this time open one stream.
const DEBOUNCE: Duration = Duration::from_millis(50);
/// The pause before a stream that the server refused is opened again.
const REOPEN_PAUSE: Duration = Duration::from_secs(2);

impl Stream {
    /// Opens the one stream of the visible tabs, in the tab that holds it.
    pub(super) fn share(self) {
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
        let is_open = self.is_open();
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
            self.reopened.track();
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

    /// Whether the page follows anything: it is visible, and its session is valid.
    fn is_open(self) -> Memo<bool> {
        Memo::new(move |_| self.visible.get() && !self.session_expired.get())
    }

    /// Opens a stream again that the server refused.
    fn reopen_refused(self, is_refused: bool) {
        if is_refused {
            set_timeout(move || self.reopen(), REOPEN_PAUSE);
        }
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
        let on_error = move |is_refused| {
            self.disconnected.set(true);
            Tabs::tell_disconnected(true);
            self.reopen_refused(is_refused);
        };
        Connection::open(&topics.query(), on_message, on_error)
    }

    /// Opens the stream of the checks of a draft, which start with it: no other tab shares them.
    pub(super) fn check(self) {
        let is_open = self.is_open();
        Effect::new(move |_| {
            let (draft, run) = (self.checks_topic.get(), self.checks_run.get());
            self.reopened.track();
            let is_open = is_open.get();
            let connection = draft.filter(|_| is_open).and_then(|draft| {
                let on_message = move |text: String| {
                    if let Ok(Live::Checks(checks)) = serde_json::from_str(&text) {
                        self.checks.set(Some(*checks));
                    }
                };
                Connection::open(
                    &format!("checks={draft}&turn={run}"),
                    on_message,
                    move |is_refused| {
                        self.reopen_refused(is_refused);
                    },
                )
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
}
