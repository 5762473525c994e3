//! One event stream a visible tab: the frame, and the job, the mesh and the checks that are open, as
//! whole snapshots.

use crate::login::session_of;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use console::{Caller, Console, PreflightRun};
use futures::Stream;
use std::{convert::Infallible, time::Duration};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use wire::{
    DraftId, JobId, MeshName, install::ChecksView, job::JobView, live::Live, mesh::HealthView,
};

/// Snapshots of a job are not sent more often than this.
const PAUSE: Duration = Duration::from_millis(150);
/// How often a stream asks whether its session still lasts.
const RECHECK: Duration = Duration::from_secs(10);

/// What a page wants to hear of besides the frame.
#[derive(serde::Deserialize)]
pub(crate) struct Topic {
    job: Option<JobId>,
    mesh: Option<MeshName>,
    checks: Option<DraftId>,
}

struct Stand {
    console: Console,
    session: String,
    jobs: watch::Receiver<usize>,
    clusters: watch::Receiver<()>,
    job: Option<watch::Receiver<JobView>>,
    health: Option<watch::Receiver<HealthView>>,
    checks: Option<PreflightRun>,
    checked: Instant,
    stop: CancellationToken,
    /// What is to be sent before anything new.
    first: Vec<Live>,
    over: bool,
}

/// Opens the stream.
pub(crate) async fn live(
    State((console, stop)): State<(Console, CancellationToken)>,
    Extension(caller): Extension<Caller>,
    Query(topic): Query<Topic>,
    headers: HeaderMap,
) -> Response {
    let site = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| site != "same-origin") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut first = vec![Live::Frame(console.frame_now())];
    let mut job = None;
    if let Some(id) = &topic.job {
        job = console.follow_job(&caller, id).await.ok().flatten();
        if let Ok(view) = console.job(&caller, id).await {
            first.insert(0, Live::Job(Box::new(view)));
        }
    }
    let mut health = None;
    if let Some(mesh) = &topic.mesh {
        health = console.follow_health(&caller, mesh).await.ok();
        if let Some(health) = &mut health {
            let view = Box::new(health.borrow_and_update().clone());
            first.insert(0, Live::Health(view));
        }
    }
    let checks = match &topic.checks {
        Some(draft) => console.follow_checks(&caller, draft).await.ok(),
        None => None,
    };
    let stand = Stand {
        jobs: console.follow_jobs(),
        clusters: console.follow_clusters(),
        session: session_of(&headers).unwrap_or_default(),
        console,
        job,
        health,
        checks,
        checked: Instant::now(),
        stop,
        first,
        over: false,
    };
    Sse::new(messages(stand))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response()
}

fn messages(stand: Stand) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(stand, async |mut stand| {
        let message = stand.next().await?;
        let event = Event::default().json_data(&message).unwrap_or_default();
        Some((Ok(event), stand))
    })
}

impl Stand {
    async fn next(&mut self) -> Option<Live> {
        if let Some(first) = self.first.pop() {
            return Some(first);
        }
        while !self.over {
            if self.checked.elapsed() >= RECHECK {
                self.checked = Instant::now();
                if !matches!(self.console.caller(&self.session), Ok(Some(_))) {
                    self.over = true;
                    return Some(Live::LoggedOut);
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                changed = self.jobs.changed() => {
                    changed.ok()?;
                    return Some(Live::Frame(self.console.frame_now()));
                }
                changed = self.clusters.changed() => {
                    changed.ok()?;
                    return Some(Live::Frame(self.console.frame_now()));
                }
                view = changed(&mut self.job) => {
                    if let Some(view) = view {
                        tokio::time::sleep(PAUSE).await;
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
                view = next(&mut self.checks) => {
                    if let Some(view) = view {
                        return Some(Live::Checks(Box::new(view)));
                    }
                    self.checks = None;
                }
                () = tokio::time::sleep(RECHECK) => {}
            }
        }
        None
    }
}

/// What has ended of the checks since; none when nothing more comes.
async fn next(checks: &mut Option<PreflightRun>) -> Option<ChecksView> {
    match checks {
        None => std::future::pending().await,
        Some(checks) => checks.next().await,
    }
}

/// The next state of what is followed; none when it has ended.
async fn changed<T: Clone>(followed: &mut Option<watch::Receiver<T>>) -> Option<T> {
    match followed {
        None => std::future::pending().await,
        Some(receiver) => {
            receiver.changed().await.ok()?;
            Some(receiver.borrow_and_update().clone())
        }
    }
}
