//! Watches: a stream of changes from a revision on.
//!
//! A watch reads the store's log and waits for more; it ends at its timeout, or with the sandbox.
//! Start at [`handle`].

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

use crate::api_status::ApiStatus;
use crate::cluster::Cluster;
use crate::object;
use crate::object_map::{Change, EventType};
use crate::request::ApiRequest;
use crate::rest::get::selection;
use crate::rest::{Form, ResolvedTarget, metadata_of};
use crate::selector::Selection;
use crate::table;

const BOOKMARK_EVERY: Duration = Duration::from_secs(30);

/// Answers a watch.
pub(crate) fn handle(
    cluster: &Arc<Cluster>,
    request: &ApiRequest,
    resolved: ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let mut selection = selection(request, &resolved)?;
    if !resolved.target.name.is_empty() {
        selection = selection.of_name(&resolved.target.name);
    }
    let form = Form::wanted(request)?;
    let seconds = request
        .query
        .number("timeoutSeconds")
        .filter(|seconds| *seconds > 0);
    let state = cluster.lock();
    let mut watching = Watching {
        cluster: cluster.clone(),
        latest: state.objects.subscribe(),
        reached: state.objects.revision(),
        waiting: VecDeque::new(),
        until: Instant::now() + Duration::from_secs(seconds.unwrap_or(1800)),
        bookmarks: request.query.is("allowWatchBookmarks"),
        sent_columns: false,
        ended: false,
        resolved,
        selection,
        form,
        request: request.clone(),
    };
    let from = request.query.get("resourceVersion");
    let initial = request.query.is("sendInitialEvents");
    if initial || from.is_empty() || from == "0" {
        for found in state.objects.list(watching.resolved.kind.storage(), None) {
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
            .map_err(|_| ApiStatus::bad_request(format!("invalid resource version {from:?}")))?;
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
    cluster: Arc<Cluster>,
    latest: watch::Receiver<u64>,
    reached: u64,
    waiting: VecDeque<Bytes>,
    until: Instant,
    bookmarks: bool,
    sent_columns: bool,
    ended: bool,
    resolved: ResolvedTarget,
    selection: Selection,
    form: Form,
    request: ApiRequest,
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
            let ended = self.cluster.ended.clone();
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
        let cluster = self.cluster.clone();
        let state = cluster.lock();
        let kind = self.resolved.kind.clone();
        match state.objects.changes_after(self.reached, kind.storage()) {
            Ok(changes) => {
                self.reached = self.reached.max(state.objects.revision());
                for change in &changes {
                    self.tell(change);
                }
            }
            Err(_) => {
                let status = ApiStatus::too_old(self.reached, state.objects.revision()).status();
                self.write("ERROR", &status);
                self.ended = true;
            }
        }
    }

    fn takes(&self, found: &Value) -> bool {
        let namespace = &self.resolved.target.namespace;
        (namespace.is_empty() || object::namespace(found) == namespace)
            && self.selection.takes(found)
    }

    fn tell(&mut self, change: &Change) {
        let now = change.event != EventType::Deleted && self.takes(&change.object);
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
        let shown = self.resolved.shown(found);
        let shown = match self.form {
            Form::Whole => shown,
            Form::Metadata => metadata_of(&shown),
            Form::Table => {
                let meta = json!({"resourceVersion": found["metadata"]["resourceVersion"]});
                let mut table = table::of(&self.resolved.kind, &[shown], meta, &self.request);
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
        let kind = &self.resolved.kind;
        let mut mark = json!({
            "kind": kind.kind, "apiVersion": kind.api_version(&self.resolved.target.version),
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
            let columns = table::of(kind, &[], meta, &self.request)["columnDefinitions"].clone();
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
