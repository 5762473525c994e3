//! The event stream of a visible tab, as signals. A hidden tab closes its own.

use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent, VisibilityState};
use wire::{
    DraftId, JobId, MeshName,
    install::ChecksView,
    job::JobView,
    live::{FrameView, Live},
    mesh::HealthView,
};

/// What the stream brings. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Stream {
    /// The frame around every page.
    pub(crate) frame: RwSignal<Option<FrameView>>,
    /// The job whose page is open.
    pub(crate) job: RwSignal<Option<JobView>>,
    /// The mesh whose page is open.
    pub(crate) health: RwSignal<Option<HealthView>>,
    /// The checks that are open.
    pub(crate) checks: RwSignal<Option<ChecksView>>,
    /// Whether the stream is lost for now; the browser tries again by itself.
    pub(crate) lost: RwSignal<bool>,
    /// Whether the session is over.
    pub(crate) over: RwSignal<bool>,
    job_topic: RwSignal<Option<JobId>>,
    mesh_topic: RwSignal<Option<MeshName>>,
    checks_topic: RwSignal<Option<DraftId>>,
    /// How often the checks were asked for.
    checks_turn: RwSignal<u32>,
    visible: RwSignal<bool>,
}

impl Stream {
    /// Puts the stream into the context, and opens it in the browser.
    pub(crate) fn provide() -> Self {
        let stream = Self {
            frame: RwSignal::new(None),
            job: RwSignal::new(None),
            health: RwSignal::new(None),
            checks: RwSignal::new(None),
            lost: RwSignal::new(false),
            over: RwSignal::new(false),
            job_topic: RwSignal::new(None),
            mesh_topic: RwSignal::new(None),
            checks_topic: RwSignal::new(None),
            checks_turn: RwSignal::new(0),
            visible: RwSignal::new(true),
        };
        provide_context(stream);
        Effect::new(move |_| watch_visibility(stream.visible));
        Effect::new(move |_| {
            let job = stream.job_topic.get().map(|id| format!("job={id}"));
            let mesh = stream.mesh_topic.get().map(|name| format!("mesh={name}"));
            let (checks, turn) = (stream.checks_topic.get(), stream.checks_turn.get());
            let checks = checks.map(|draft| format!("checks={draft}&turn={turn}"));
            let topics: Vec<String> = [job, mesh, checks].into_iter().flatten().collect();
            let open = stream.visible.get() && !stream.over.get();
            SOURCE.with_borrow_mut(|source| {
                *source = open.then(|| Open::new(&topics.join("&"), stream)).flatten();
            });
        });
        stream
    }

    /// Follows a job while the component that calls this lives.
    pub(crate) fn follow_job(self, id: JobId) {
        follow(self.job_topic, self.job, id);
    }

    /// Lets the checks of a draft be carried out and follows them, while the component that calls this
    /// lives; what it gives back lets them be carried out again.
    pub(crate) fn follow_checks(self, draft: DraftId) -> Callback<()> {
        follow(self.checks_topic, self.checks, draft);
        Callback::new(move |()| {
            self.checks.set(None);
            self.checks_turn.update(|turn| *turn += 1);
        })
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
    let own = name.clone();
    Effect::new(move |_| {
        if topic.get_untracked().as_ref() != Some(&name) {
            view.set(None);
            topic.set(Some(name.clone()));
        }
    });
    on_cleanup(move || {
        // The next page may have chosen another topic already.
        if topic.try_get_untracked().flatten().as_ref() == Some(&own) {
            let _ = topic.try_set(None);
        }
    });
}

/// The stream of the page that asks.
pub(crate) fn stream() -> Stream {
    expect_context::<Stream>()
}

/// An open stream and the closures it calls; dropped, it is closed.
struct Open {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _error: Closure<dyn FnMut(Event)>,
}

thread_local! {
    static SOURCE: RefCell<Option<Open>> = const { RefCell::new(None) };
}

impl Open {
    fn new(topics: &str, stream: Stream) -> Option<Self> {
        let source = EventSource::new(&format!("/live?{topics}")).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            stream.lost.set(false);
            let text = event.data().as_string().unwrap_or_default();
            match serde_json::from_str(&text) {
                Ok(Live::Frame(frame)) => stream.frame.set(Some(frame)),
                Ok(Live::Job(job)) => stream.job.set(Some(*job)),
                Ok(Live::Health(health)) => stream.health.set(Some(*health)),
                Ok(Live::Checks(checks)) => stream.checks.set(Some(*checks)),
                Ok(Live::LoggedOut) => stream.over.set(true),
                Err(_) => {}
            }
        });
        let error = Closure::<dyn FnMut(Event)>::new(move |_| stream.lost.set(true));
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self {
            source,
            _message: message,
            _error: error,
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

fn watch_visibility(visible: RwSignal<bool>) {
    let heard = Closure::<dyn FnMut(Event)>::new(move |_| {
        visible.set(document().visibility_state() == VisibilityState::Visible);
    });
    let listened = document()
        .add_event_listener_with_callback("visibilitychange", heard.as_ref().unchecked_ref());
    if listened.is_ok() {
        // The document lives as long as the page: so does its listener.
        heard.forget();
    }
}
