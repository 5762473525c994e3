//! One event stream for all visible tabs of a browser: a browser opens six connections to a host at most.
//!
//! The visible tabs of a session wait for one lock. The tab that holds it opens the stream of the topics of all
//! of them, and passes each message on; when it is closed or hidden, the next tab takes over. A browser
//! without locks or channels opens one stream for each tab. Start at [`Tabs::join`].

use super::{SESSION_META_NAME, lock::Lock, topics::Topics};
use js_sys::Date;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};
use wire::live::Live;

/// How often a tab repeats its topics.
const INTERVAL: Duration = Duration::from_secs(5);
/// When the topics of a tab that is silent are dropped, in milliseconds.
const MAX_SILENCE: f64 = 15_000.0;

/// A message between the tabs.
#[derive(Serialize, Deserialize)]
enum Message {
    /// A visible tab follows these topics.
    Follows { tab: u64, topics: Topics },
    /// A tab is hidden.
    Hidden { tab: u64 },
    /// A tab holds the stream now: the others tell their topics.
    Holds,
    /// A message of the stream.
    Live(String),
    /// Whether the stream is disconnected.
    Disconnected(bool),
}

/// A tab that another tab holds the stream for.
#[derive(Clone, PartialEq)]
struct Follower {
    topics: Topics,
    /// When its last message was received.
    received: f64,
}

/// What a tab does with what the holder passes on.
#[derive(Clone, Copy)]
pub(super) struct Receiver {
    /// A message of the stream.
    pub(super) message: Callback<String>,
    /// Whether the stream is disconnected.
    pub(super) disconnected: RwSignal<bool>,
}

/// The tabs of a session. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Tabs {
    id: u64,
    /// Whether this tab holds the stream.
    pub(super) holds: RwSignal<bool>,
    followers: RwSignal<BTreeMap<u64, Follower>>,
}

/// What a tab has open for the others.
struct Membership {
    channel: BroadcastChannel,
    _lock: Lock,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<Membership>> = const { RefCell::new(None) };
    /// The last message of the stream of each kind, for tabs that begin to follow.
    static SNAPSHOTS: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

impl Tabs {
    pub(super) fn new() -> Self {
        // Random in the browser; the server has one tab.
        let id = if cfg!(feature = "ssr") {
            0
        } else {
            (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
        };
        Self {
            id,
            holds: RwSignal::new(false),
            followers: RwSignal::new(BTreeMap::new()),
        }
    }

    /// The topics of all visible tabs, with those of this one.
    pub(super) fn all(self, own: Memo<Topics>) -> Memo<Topics> {
        Memo::new(move |_| {
            let mut all = own.get();
            self.followers.with(|followers| {
                for follower in followers.values() {
                    all.add(&follower.topics);
                }
            });
            all
        })
    }

    /// Takes part while the tab is visible.
    pub(super) fn join(self, own: Memo<Topics>, receiver: Receiver) {
        let membership =
            page_session().and_then(|session| self.membership(&session, own, receiver));
        if membership.is_none() {
            self.holds.set(true);
        }
        MEMBERSHIP.set(membership);
        self.follow(own, receiver);
    }

    /// Ends the part of a tab that is hidden, or whose session has ended.
    pub(super) fn leave(self) {
        post(&Message::Hidden { tab: self.id });
        MEMBERSHIP.set(None);
        self.holds.set(false);
        self.followers.set(BTreeMap::new());
    }

    /// Tells the topics of this tab to the tab that holds the stream, which answers with what it knows of them.
    pub(super) fn follow(self, own: Memo<Topics>, receiver: Receiver) {
        if self.holds.get_untracked() {
            // The stream may have these topics already, for another tab.
            for text in snapshots() {
                receiver.message.run(text);
            }
        } else {
            self.tell(own);
        }
    }

    fn tell(self, own: Memo<Topics>) {
        post(&Message::Follows {
            tab: self.id,
            topics: own.get_untracked(),
        });
    }

    /// Repeats the topics of this tab, or drops those of tabs that are silent, until the page ends.
    pub(super) fn keep_alive(self, own: Memo<Topics>) {
        let repeat = move || {
            if !self.holds.get_untracked() {
                self.tell(own);
            }
            let earliest = Date::now() - MAX_SILENCE;
            let is_silent = |follower: &Follower| follower.received < earliest;
            if self
                .followers
                .with_untracked(|all| all.values().any(is_silent))
            {
                self.followers
                    .update(|all| all.retain(|_, follower| !is_silent(follower)));
            }
        };
        let timer = set_interval_with_handle(repeat, INTERVAL);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    }

    /// Passes a message of the stream on.
    pub(super) fn pass_on(text: &str) {
        if let Some(kind) = kind(text) {
            SNAPSHOTS.with_borrow_mut(|known| known.insert(kind, text.to_owned()));
        }
        post(&Message::Live(text.to_owned()));
    }

    /// Tells whether the stream is disconnected.
    pub(super) fn tell_disconnected(disconnected: bool) {
        post(&Message::Disconnected(disconnected));
    }

    /// Forgets the messages of the stream before another one is opened.
    pub(super) fn begin() {
        SNAPSHOTS.with_borrow_mut(BTreeMap::clear);
    }

    fn membership(
        self,
        session: &str,
        own: Memo<Topics>,
        receiver: Receiver,
    ) -> Option<Membership> {
        let name = format!("meshspan-live-{session}");
        let channel = BroadcastChannel::new(&name).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            if let Ok(message) = serde_json::from_str(&text) {
                self.receive(message, own, receiver);
            }
        });
        channel.set_onmessage(Some(message.as_ref().unchecked_ref()));
        let granted = move || {
            let _ = self.holds.try_set(true);
            post(&Message::Holds);
        };
        Some(Membership {
            _lock: Lock::request(&name, granted)?,
            channel,
            _message: message,
        })
    }

    fn receive(self, message: Message, own: Memo<Topics>, receiver: Receiver) {
        let holds = self.holds.get_untracked();
        match message {
            Message::Follows { tab, topics } if holds => {
                let follower = Follower {
                    topics: topics.clone(),
                    received: Date::now(),
                };
                let before = self.followers.try_update(|all| all.insert(tab, follower));
                if before
                    .flatten()
                    .is_none_or(|before| before.topics != topics)
                {
                    for text in snapshots() {
                        post(&Message::Live(text));
                    }
                }
            }
            Message::Hidden { tab } if holds => {
                self.followers.update(|all| drop(all.remove(&tab)));
            }
            Message::Holds if !holds => self.tell(own),
            Message::Live(text) if !holds => receiver.message.run(text),
            Message::Disconnected(disconnected) if !holds => {
                receiver.disconnected.set(disconnected);
            }
            Message::Follows { .. }
            | Message::Hidden { .. }
            | Message::Holds
            | Message::Live(_)
            | Message::Disconnected(_) => {}
        }
    }
}

/// What a message of the stream is about: a later one replaces it.
fn kind(text: &str) -> Option<String> {
    Some(match serde_json::from_str(text).ok()? {
        Live::Frame(_) => "frame".into(),
        Live::Job(job) => format!("job {}", job.id),
        Live::Health(health) => format!("mesh {}", health.mesh),
        Live::Changes(_) => "changes".into(),
        Live::Build(_) => "build".into(),
        Live::Checks(_) | Live::LoggedOut => return None,
    })
}

/// The last message of the stream of each kind.
fn snapshots() -> Vec<String> {
    SNAPSHOTS.with_borrow(|known| known.values().cloned().collect())
}

fn post(message: &Message) {
    MEMBERSHIP.with_borrow(|membership| {
        if let (Some(membership), Ok(text)) = (membership, serde_json::to_string(message)) {
            let _ = membership.channel.post_message(&text.into());
        }
    });
}

/// The session that the page was made for; none on the login page.
fn page_session() -> Option<String> {
    let selector = format!("meta[name='{SESSION_META_NAME}']");
    let element = document().query_selector(&selector).ok().flatten();
    let session = element?.get_attribute("content")?;
    Some(session).filter(|session| !session.is_empty())
}
