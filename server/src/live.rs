//! The event stream: one for the visible tabs of a browser, with the frame and the jobs, meshes and releases
//! that they show, and one for the preflight checks of a draft. Every message is a complete snapshot.

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

/// The maximum number of jobs, meshes and releases each that a stream follows: those of as many tabs.
const MAX_FOLLOWED: usize = 32;

/// The topics that pages subscribe to in addition to the frame, each as names with commas between them.
#[derive(serde::Deserialize)]
pub(crate) struct Topic {
    #[serde(default)]
    job: String,
    #[serde(default)]
    mesh: String,
    /// The releases, as `cluster/namespace/name`.
    #[serde(default)]
    release: String,
    checks: Option<DraftId>,
}

/// The names of a topic; the first that is not valid is an error.
fn names<T, E>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>, E> {
    let names = text.split(',').filter(|name| !name.is_empty());
    names.take(MAX_FOLLOWED).map(parse).collect()
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
    job: Vec<watch::Receiver<JobView>>,
    health: Vec<watch::Receiver<HealthView>>,
    checks: Option<PreflightRun>,
    changes: watch::Receiver<ChangesView>,
    release: Vec<watch::Receiver<u64>>,
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
    let jobs_to_follow = names(&topic.job, |name| JobId::new(name));
    let meshes = names(&topic.mesh, |name| MeshName::new(name));
    let releases = names(&topic.release, str::parse);
    let (Ok(jobs_to_follow), Ok(meshes), Ok(releases)) = (jobs_to_follow, meshes, releases) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let frame = console.frame(&caller).await;
    let jobs = console.follow_jobs(&caller).await;
    let clusters = console.follow_clusters(&caller).await;
    let changes = console.follow_changes(&caller).await;
    let (Ok(frame), Ok(jobs), Ok(clusters), Ok(changes)) = (frame, jobs, clusters, changes) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut initial = vec![Live::Frame(frame)];
    let mut job = Vec::new();
    for id in jobs_to_follow {
        job.extend(console.follow_job(&caller, &id).await.ok().flatten());
        if let Ok(view) = console.job(&caller, &id).await {
            initial.insert(0, Live::Job(Box::new(view)));
        }
    }
    let mut health = Vec::new();
    for mesh in meshes {
        if let Ok(mut receiver) = console.follow_health(&caller, &mesh).await {
            let view = Box::new(receiver.borrow_and_update().clone());
            initial.insert(0, Live::Health(view));
            health.push(receiver);
        }
    }
    let checks = match &topic.checks {
        Some(draft) => console.follow_checks(&caller, draft).await.ok(),
        None => None,
    };
    let mut release = Vec::new();
    for at in releases {
        release.extend(console.follow_release(&caller, &at).await.ok());
    }
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
                    tokio::time::sleep(JOB_INTERVAL).await;
                    return Some(Live::Job(Box::new(view)));
                }
                view = changed(&mut self.health) => return Some(Live::Health(Box::new(view))),
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
    releases: &mut Vec<watch::Receiver<u64>>,
    sent: Instant,
) -> Option<ChangesView> {
    // First, since a change that was received may not be lost when another message comes before it.
    tokio::time::sleep_until(sent + CHANGES_INTERVAL).await;
    tokio::select! {
        changed = changes.changed() => changed.ok()?,
        _ = changed(releases) => {}
    }
    // A change of one release changes the sum.
    let release = releases
        .iter_mut()
        .map(|release| *release.borrow_and_update());
    Some(ChangesView {
        release: release.fold(0, u64::wrapping_add),
        ..*changes.borrow_and_update()
    })
}

/// The next snapshot of the preflight checks; `None` when all have ended.
async fn next_checks(checks: &mut Option<PreflightRun>) -> Option<ChecksView> {
    match checks {
        None => std::future::pending().await,
        Some(checks) => checks.next().await,
    }
}

/// The next snapshot of one of the watch channels, for ever when there is none. One whose sender is gone is
/// followed no more.
async fn changed<T: Clone>(channels: &mut Vec<watch::Receiver<T>>) -> T {
    while !channels.is_empty() {
        let each = channels
            .iter_mut()
            .map(|channel| Box::pin(channel.changed()));
        let (outcome, index, _) = futures::future::select_all(each).await;
        match (outcome, channels.get_mut(index)) {
            (Ok(()), Some(channel)) => return channel.borrow_and_update().clone(),
            _ => drop(channels.remove(index)),
        }
    }
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_of_several_channels_is_followed_and_one_that_ended_is_dropped() {
        let (first, followed) = watch::channel(0);
        let (second, other) = watch::channel(0);
        let mut channels = vec![followed, other];
        second.send_replace(2);
        assert_eq!(changed(&mut channels).await, 2);
        drop(second);
        first.send_replace(1);
        assert_eq!(changed(&mut channels).await, 1);
        first.send_replace(3);
        assert_eq!(changed(&mut channels).await, 3);
    }

    #[test]
    fn a_stream_follows_the_names_of_all_tabs_up_to_a_limit() {
        let found = names("shop,bank,", |name| MeshName::new(name)).expect("names");
        let found: Vec<&str> = found.iter().map(MeshName::as_str).collect();
        assert_eq!(found, ["shop", "bank"]);
        assert!(names("shop,Not a name", |name| MeshName::new(name)).is_err());
        let many = vec!["a"; 100].join(",");
        let many = names(&many, |name| MeshName::new(name)).expect("names");
        assert_eq!(many.len(), MAX_FOLLOWED);
    }
}
