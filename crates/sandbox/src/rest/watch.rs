//! Watches: a stream of changes from a revision on.
//!
//! A watch reads the log of changes and waits for new ones; it ends at its timeout or with the
//! sandbox.
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

use super::ResolvedTarget;
use super::get::selector;
use crate::api_status::ApiStatus;
use crate::cluster::Cluster;
use crate::object;
use crate::object_map::{Change, EventType};
use crate::representation::{Representation, partial_metadata};
use crate::request::ApiRequest;
use crate::selector::Selector;
use crate::table;

const BOOKMARK_INTERVAL: Duration = Duration::from_secs(30);

/// Handles a watch request.
pub(super) fn handle(
    cluster: &Arc<Cluster>,
    request: &ApiRequest,
    resolved: ResolvedTarget,
) -> Result<Response<Body>, ApiStatus> {
    let mut selector = selector(request, &resolved)?;
    if !resolved.target.name.is_empty() {
        selector = selector.with_name(&resolved.target.name);
    }
    let representation = Representation::from_accept(request)?;
    let seconds = request
        .query
        .number("timeoutSeconds")
        .filter(|seconds| *seconds > 0);
    let mut state = cluster.lock();
    let plural = resolved.kind.plural.clone();
    let watches = state.watches.entry(plural).or_default();
    watches.requests += 1;
    let open = watches.open.clone();
    let mut stream = WatchStream {
        cluster: cluster.clone(),
        latest: state.objects.subscribe(),
        revision: state.objects.revision(),
        pending: VecDeque::new(),
        deadline: Instant::now() + Duration::from_secs(seconds.unwrap_or(1800)),
        bookmarks: request.query.is("allowWatchBookmarks"),
        sent_columns: false,
        ended: false,
        resolved,
        selector,
        representation,
        request: request.clone(),
        _open: open,
    };
    let from = request.query.get("resourceVersion");
    let initial = request.query.is("sendInitialEvents");
    if initial || from.is_empty() || from == "0" {
        for found in state.objects.list(stream.resolved.kind.storage(), None) {
            if stream.matches(&found) {
                stream.send("ADDED", &found);
            }
        }
        if initial && stream.bookmarks {
            stream.send_bookmark(json!({"k8s.io/initial-events-end": "true"}));
        }
    } else {
        stream.revision = from
            .parse()
            .map_err(|_| ApiStatus::bad_request(format!("invalid resource version {from:?}")))?;
    }
    drop(state);
    let events = stream::unfold(stream, WatchStream::next);
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    Ok(response)
}

struct WatchStream {
    cluster: Arc<Cluster>,
    latest: watch::Receiver<u64>,
    revision: u64,
    pending: VecDeque<Bytes>,
    deadline: Instant,
    bookmarks: bool,
    sent_columns: bool,
    ended: bool,
    resolved: ResolvedTarget,
    selector: Selector,
    representation: Representation,
    request: ApiRequest,
    /// Counts this watch while it is open.
    _open: Arc<()>,
}

impl WatchStream {
    async fn next(mut self) -> Option<(Result<Bytes, std::convert::Infallible>, Self)> {
        loop {
            if let Some(line) = self.pending.pop_front() {
                return Some((Ok(line), self));
            }
            if self.ended {
                return None;
            }
            self.latest.mark_unchanged();
            self.read();
            if !self.pending.is_empty() {
                continue;
            }
            let wakeup = (Instant::now() + BOOKMARK_INTERVAL).min(self.deadline);
            let ended = self.cluster.ended.clone();
            tokio::select! {
                () = ended.cancelled() => self.ended = true,
                changed = self.latest.changed() => self.ended = changed.is_err(),
                () = tokio::time::sleep_until(wakeup) => {
                    self.ended = Instant::now() >= self.deadline;
                    if self.bookmarks && !self.ended {
                        self.send_bookmark(json!({}));
                    }
                }
            }
        }
    }

    /// Sends the new changes of the log as events.
    fn read(&mut self) {
        let cluster = self.cluster.clone();
        let state = cluster.lock();
        let kind = self.resolved.kind.clone();
        match state.objects.changes_after(self.revision, kind.storage()) {
            Ok(changes) => {
                self.revision = self.revision.max(state.objects.revision());
                for change in &changes {
                    self.send_change(change);
                }
            }
            Err(_) => {
                let status =
                    ApiStatus::too_old(self.revision, state.objects.revision()).to_object();
                self.write("ERROR", &status);
                self.ended = true;
            }
        }
    }

    fn matches(&self, found: &Value) -> bool {
        let namespace = &self.resolved.target.namespace;
        (namespace.is_empty() || object::namespace(found) == namespace)
            && self.selector.matches(found)
    }

    fn send_change(&mut self, change: &Change) {
        let matches_now = change.event != EventType::Deleted && self.matches(&change.object);
        let matched_before = change
            .before
            .as_ref()
            .is_some_and(|before| self.matches(before));
        match (matched_before, matches_now) {
            (false, true) => self.send("ADDED", &change.object),
            (true, true) => self.send("MODIFIED", &change.object),
            (true, false) => self.send("DELETED", &change.object),
            (false, false) => {}
        }
    }

    fn send(&mut self, event: &str, found: &Value) {
        let shown = self.resolved.in_requested_version(found);
        let shown = match self.representation {
            Representation::Full => shown,
            Representation::Metadata => partial_metadata(&shown),
            Representation::Table => {
                let meta = json!({"resourceVersion": found["metadata"]["resourceVersion"]});
                let mut table = table::table(
                    &self.resolved.kind,
                    &[shown],
                    meta,
                    &self.request,
                    self.cluster.time(),
                );
                if self.sent_columns {
                    table["columnDefinitions"] = Value::Null;
                }
                self.sent_columns = true;
                table
            }
        };
        self.write(event, &shown);
    }

    fn send_bookmark(&mut self, annotations: Value) {
        let kind = &self.resolved.kind;
        let mut bookmark = json!({
            "kind": kind.kind, "apiVersion": kind.api_version(&self.resolved.target.version),
            "metadata": {"resourceVersion": self.revision.to_string(), "creationTimestamp": null},
        });
        if annotations
            .as_object()
            .is_some_and(|members| !members.is_empty())
        {
            bookmark["metadata"]["annotations"] = annotations;
        }
        if self.representation == Representation::Table {
            let meta = json!({"resourceVersion": self.revision.to_string()});
            let columns = table::table(kind, &[], meta, &self.request, self.cluster.time())["columnDefinitions"].clone();
            bookmark = json!({
                "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": bookmark["metadata"],
                "columnDefinitions": columns,
                "rows": [{"cells": [], "object": partial_metadata(&bookmark)}],
            });
        }
        self.write("BOOKMARK", &bookmark);
    }

    fn write(&mut self, event: &str, object: &Value) {
        let line = format!("{}\n", json!({"type": event, "object": object}));
        self.pending.push_back(Bytes::from(line));
    }
}
