//! Watches: a stream of changes from a revision on.
//!
//! A watch reads the store's log and waits for more; it ends at its timeout, or with the sandbox.
//! Start at [`answer`].

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use http::{Response, header};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::object;
use crate::refusal::Refusal;
use crate::request::Call;
use crate::rest::read::selection;
use crate::rest::{About, Form, metadata_of};
use crate::select::Selection;
use crate::store::{Change, Event};
use crate::table;
use crate::world::World;

const BOOKMARK_EVERY: Duration = Duration::from_secs(30);

/// Answers a watch.
pub(crate) fn answer(
    world: &Arc<World>,
    call: &Call,
    about: About,
) -> Result<Response<Body>, Refusal> {
    let mut selection = selection(call, &about)?;
    if !about.target.name.is_empty() {
        selection = selection.of_name(&about.target.name);
    }
    let form = Form::wanted(call)?;
    let seconds = call
        .query
        .number("timeoutSeconds")
        .filter(|seconds| *seconds > 0);
    let state = world.lock();
    let mut watching = Watching {
        world: world.clone(),
        latest: state.store.follow(),
        reached: state.store.revision(),
        waiting: VecDeque::new(),
        until: Instant::now() + Duration::from_secs(seconds.unwrap_or(1800)),
        bookmarks: call.query.is("allowWatchBookmarks"),
        sent_columns: false,
        ended: false,
        about,
        selection,
        form,
        call: call.clone(),
    };
    let from = call.query.get("resourceVersion");
    let initial = call.query.is("sendInitialEvents");
    if initial || from.is_empty() || from == "0" {
        for found in state.store.list(watching.about.kind.storage(), None) {
            if watching.takes(&found) {
                watching.say("ADDED", &found);
            }
        }
        if initial && watching.bookmarks {
            watching.bookmark(json!({"k8s.io/initial-events-end": "true"}));
        }
    } else {
        watching.reached = from
            .parse()
            .map_err(|_| Refusal::bad_request(format!("invalid resource version {from:?}")))?;
    }
    drop(state);
    let events = stream::unfold(watching, Watching::next);
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

struct Watching {
    world: Arc<World>,
    latest: watch::Receiver<u64>,
    reached: u64,
    waiting: VecDeque<Bytes>,
    until: Instant,
    bookmarks: bool,
    sent_columns: bool,
    ended: bool,
    about: About,
    selection: Selection,
    form: Form,
    call: Call,
}

impl Watching {
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Self)> {
        loop {
            if let Some(line) = self.waiting.pop_front() {
                return Some((Ok(line), self));
            }
            if self.ended {
                return None;
            }
            self.latest.mark_unchanged();
            self.read();
            if !self.waiting.is_empty() {
                continue;
            }
            let pause = (Instant::now() + BOOKMARK_EVERY).min(self.until);
            let ended = self.world.ended.clone();
            tokio::select! {
                () = ended.cancelled() => self.ended = true,
                changed = self.latest.changed() => self.ended = changed.is_err(),
                () = tokio::time::sleep_until(pause) => {
                    self.ended = Instant::now() >= self.until;
                    if self.bookmarks && !self.ended {
                        self.bookmark(json!({}));
                    }
                }
            }
        }
    }

    /// Turns what the log has into events.
    fn read(&mut self) {
        let world = self.world.clone();
        let state = world.lock();
        let kind = self.about.kind.clone();
        match state.store.changes_after(self.reached, kind.storage()) {
            Ok(changes) => {
                self.reached = self.reached.max(state.store.revision());
                for change in &changes {
                    self.tell(change);
                }
            }
            Err(_) => {
                let status = Refusal::too_old(self.reached, state.store.revision()).status();
                self.write("ERROR", &status);
                self.ended = true;
            }
        }
    }

    fn takes(&self, found: &Value) -> bool {
        let namespace = &self.about.target.namespace;
        (namespace.is_empty() || object::namespace(found) == namespace)
            && self.selection.takes(found)
    }

    fn tell(&mut self, change: &Change) {
        let now = change.event != Event::Deleted && self.takes(&change.object);
        let before = change
            .before
            .as_ref()
            .is_some_and(|before| self.takes(before));
        match (before, now) {
            (false, true) => self.say("ADDED", &change.object),
            (true, true) => self.say("MODIFIED", &change.object),
            (true, false) => self.say("DELETED", &change.object),
            (false, false) => {}
        }
    }

    fn say(&mut self, event: &str, found: &Value) {
        let shown = self.about.shown(found);
        let shown = match self.form {
            Form::Whole => shown,
            Form::Metadata => metadata_of(&shown),
            Form::Table => {
                let meta = json!({"resourceVersion": found["metadata"]["resourceVersion"]});
                let mut table = table::of(&self.about.kind, &[shown], meta, &self.call);
                if self.sent_columns {
                    table["columnDefinitions"] = Value::Null;
                }
                self.sent_columns = true;
                table
            }
        };
        self.write(event, &shown);
    }

    fn bookmark(&mut self, annotations: Value) {
        let kind = &self.about.kind;
        let mut mark = json!({
            "kind": kind.kind, "apiVersion": kind.api_version(&self.about.target.version),
            "metadata": {"resourceVersion": self.reached.to_string(), "creationTimestamp": null},
        });
        if annotations
            .as_object()
            .is_some_and(|members| !members.is_empty())
        {
            mark["metadata"]["annotations"] = annotations;
        }
        if self.form == Form::Table {
            let meta = json!({"resourceVersion": self.reached.to_string()});
            let columns = table::of(kind, &[], meta, &self.call)["columnDefinitions"].clone();
            mark = json!({
                "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": mark["metadata"],
                "columnDefinitions": columns,
                "rows": [{"cells": [], "object": metadata_of(&mark)}],
            });
        }
        self.write("BOOKMARK", &mark);
    }

    fn write(&mut self, event: &str, object: &Value) {
        let line = format!("{}\n", json!({"type": event, "object": object}));
        self.waiting.push_back(Bytes::from(line));
    }
}
