//! The event stream: one per visible browser tab, with the frame and the open job, mesh and preflight
//! checks. Every message is a complete snapshot.

use crate::login::SessionToken;
use app::ssr::BuildId;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use console::{Caller, Console, PreflightRun, visible_view};
use futures::Stream;
use std::{convert::Infallible, time::Duration};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use wire::{
    DraftId, JobId, MeshName,
    install::ChecksView,
    job::JobView,
    live::{ChangesView, Live},
    mesh::HealthView,
};

/// The minimum interval between two snapshots of a job.
const JOB_INTERVAL: Duration = Duration::from_millis(150);
/// The minimum interval between two messages about changes: a page reads its views again at each.
const CHANGES_INTERVAL: Duration = Duration::from_millis(200);
/// How often a stream checks whether its session is still valid.
const SESSION_INTERVAL: Duration = Duration::from_secs(10);

/// The topics that a page subscribes to in addition to the frame.
#[derive(serde::Deserialize)]
pub(crate) struct Topic {
    job: Option<JobId>,
    mesh: Option<MeshName>,
    checks: Option<DraftId>,
    /// The release of the page, as `cluster/namespace/name`.
    release: Option<String>,
}

/// The state of one stream.
struct EventStream {
    console: Console,
    /// The viewer, who needs the permission for every topic.
    caller: Caller,
    session: SessionToken,
    jobs: watch::Receiver<usize>,
    clusters: watch::Receiver<()>,
    session_ends: watch::Receiver<()>,
    job: Option<watch::Receiver<JobView>>,
    health: Option<watch::Receiver<HealthView>>,
    checks: Option<PreflightRun>,
    changes: watch::Receiver<ChangesView>,
    release: Option<watch::Receiver<u64>>,
    /// When the changes were sent.
    changes_sent: Instant,
    /// When the session was checked; none when it has to be checked now.
    session_checked: Option<Instant>,
    stop: CancellationToken,
    /// The first messages of the stream, the last first.
    initial: Vec<Live>,
    is_over: bool,
}

/// Opens the stream.
pub(crate) async fn live(
    State((console, build, stop)): State<(Console, BuildId, CancellationToken)>,
    Extension(caller): Extension<Caller>,
    Extension(session): Extension<SessionToken>,
    Query(topic): Query<Topic>,
    headers: HeaderMap,
) -> Response {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| site != "same-origin") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let frame = console.frame(&caller).await;
    let jobs = console.follow_jobs(&caller).await;
    let clusters = console.follow_clusters(&caller).await;
    let changes = console.follow_changes(&caller).await;
    let (Ok(frame), Ok(jobs), Ok(clusters), Ok(changes)) = (frame, jobs, clusters, changes) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut initial = vec![Live::Frame(frame)];
    let mut job = None;
    if let Some(id) = &topic.job {
        job = console.follow_job(&caller, id).await.ok().flatten();
        if let Ok(view) = console.job(&caller, id).await {
            initial.insert(0, Live::Job(Box::new(view)));
        }
    }
    let mut health = None;
    if let Some(mesh) = &topic.mesh {
        health = console.follow_health(&caller, mesh).await.ok();
        if let Some(health) = &mut health {
            let view = Box::new(health.borrow_and_update().clone());
            initial.insert(0, Live::Health(view));
        }
    }
    let checks = match &topic.checks {
        Some(draft) => console.follow_checks(&caller, draft).await.ok(),
        None => None,
    };
    let release = match topic.release.as_deref().and_then(|at| at.parse().ok()) {
        Some(at) => console.follow_release(&caller, &at).await.ok(),
        None => None,
    };
    initial.push(Live::Changes(*changes.borrow()));
    initial.push(Live::Build(build.0));
    let stream = EventStream {
        jobs,
        clusters,
        session_ends: console.follow_session_ends(),
        session,
        console,
        caller,
        job,
        health,
        checks,
        changes,
        release,
        changes_sent: Instant::now(),
        session_checked: Some(Instant::now()),
        stop,
        initial,
        is_over: false,
    };
    Sse::new(events(stream))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response()
}

fn events(stream: EventStream) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(stream, async |mut stream| {
        let message = stream.next().await?;
        let event = visible_view(message).and_then(|message| serde_json::to_string(&message));
        let event = event
            .map(|text| Event::default().data(text))
            .unwrap_or_default();
        Some((Ok(event), stream))
    })
}

impl EventStream {
    /// The next message; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Live> {
        if let Some(message) = self.initial.pop() {
            return Some(message);
        }
        while !self.is_over {
            let is_recent = |checked: Instant| checked.elapsed() < SESSION_INTERVAL;
            if !self.session_checked.is_some_and(is_recent) {
                self.session_checked = Some(Instant::now());
                match self.console.caller_of_stream(self.session.reveal()).await {
                    Ok(Some(caller)) => self.caller = caller,
                    _ => {
                        self.is_over = true;
                        return Some(Live::LoggedOut);
                    }
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                changed = self.jobs.changed() => {
                    changed.ok()?;
                    return frame(&self.console, &self.caller).await;
                }
                changed = self.clusters.changed() => {
                    changed.ok()?;
                    return frame(&self.console, &self.caller).await;
                }
                view = changed(&mut self.job) => {
                    if let Some(view) = view {
                        tokio::time::sleep(JOB_INTERVAL).await;
                        return Some(Live::Job(Box::new(view)));
                    }
                    self.job = None;
                }
                view = changed(&mut self.health) => {
                    if let Some(view) = view {
                        return Some(Live::Health(Box::new(view)));
                    }
                    self.health = None;
                }
                view = next_checks(&mut self.checks) => {
                    if let Some(view) = view {
                        return Some(Live::Checks(Box::new(view)));
                    }
                    self.checks = None;
                }
                changes = next_changes(&mut self.changes, &mut self.release, self.changes_sent) => {
                    self.changes_sent = Instant::now();
                    return Some(Live::Changes(changes?));
                }
                ended = self.session_ends.changed() => {
                    ended.ok()?;
                    self.session_checked = None;
                }
                () = tokio::time::sleep(SESSION_INTERVAL) => {}
            }
        }
        None
    }
}

/// The current frame; `None` when the viewer lacks the permission.
async fn frame(console: &Console, viewer: &Caller) -> Option<Live> {
    let frame = console.frame(viewer).await;
    frame.ok().map(Live::Frame)
}

/// The numbers of changes, once one has changed; `None` when the console closes.
async fn next_changes(
    changes: &mut watch::Receiver<ChangesView>,
    release: &mut Option<watch::Receiver<u64>>,
    sent: Instant,
) -> Option<ChangesView> {
    // First, since a change that was received may not be lost when another message comes before it.
    tokio::time::sleep_until(sent + CHANGES_INTERVAL).await;
    tokio::select! {
        changed = changes.changed() => changed.ok()?,
        () = release_changed(release) => {}
    }
    let release = release.as_mut().map(|release| *release.borrow_and_update());
    Some(ChangesView {
        release: release.unwrap_or_default(),
        ..*changes.borrow_and_update()
    })
}

/// Waits until the release of the page changes; for ever when there is none, or it is followed no more.
async fn release_changed(release: &mut Option<watch::Receiver<u64>>) {
    if let Some(receiver) = release
        && receiver.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// The next snapshot of the preflight checks; `None` when all have ended.
async fn next_checks(checks: &mut Option<PreflightRun>) -> Option<ChecksView> {
    match checks {
        None => std::future::pending().await,
        Some(checks) => checks.next().await,
    }
}

/// The next snapshot of a watch channel; `None` when its sender is gone.
async fn changed<T: Clone>(channel: &mut Option<watch::Receiver<T>>) -> Option<T> {
    match channel {
        None => std::future::pending().await,
        Some(receiver) => {
            receiver.changed().await.ok()?;
            Some(receiver.borrow_and_update().clone())
        }
    }
}
