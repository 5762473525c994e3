//! One object of a release: its live YAML, its events, its pods, and the logs of their containers.
//!
//! Only objects that the manifest of the release has are read, and only logs of their pods.

use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, mask, releases::key_of,
    secrets::Secrets,
};
use cluster::{
    Container, KubernetesEvent, Object,
    ready::{ReadinessContext, readiness},
};
use release::Release;
use std::{collections::BTreeSet, sync::Arc};
use wire::{
    ObjectName, Problem, Time,
    object::{ContainerView, LogRequest, LogView, ObjectEvent, ObjectRequest, ObjectView, PodView},
    release::{Health, ReleaseRef},
};

/// The number of events that are shown.
const MAX_EVENTS: usize = 100;
/// The number of pods that are shown.
const MAX_PODS: usize = 100;

impl Console {
    /// One object of a release, live: the values of Secrets are masked.
    ///
    /// # Errors
    /// [`Error::NoObject`] when the release has no such object, else as [`Console::release`].
    pub async fn object(
        &self,
        caller: &Caller,
        request: &ObjectRequest,
    ) -> Result<ObjectView, Error> {
        self.permitted(caller, Action::Read, async {
            let (connection, release) = self.release_of_object(request).await?;
            let secrets = self.secrets_of(&request.at, &release).await?;
            let live = connection.user.get(&request.object).await;
            let live = live.map_err(release::Error::from)?;
            Ok(match live {
                Some(live) => live_view(&connection, &live, &secrets).await,
                None => missing_view(&request.object),
            })
        })
        .await
    }

    /// The last lines of the log of a container. A log may contain secrets, so that reading it takes a
    /// permission of its own, and has a line in the audit; the values of the release's Secrets are masked.
    ///
    /// # Errors
    /// [`Error::NoObject`] when the object has no such pod, else as [`Console::object`]; the cluster's error
    /// says why a container has no log.
    pub async fn container_log(
        &self,
        caller: &Caller,
        request: &LogRequest,
    ) -> Result<LogView, Error> {
        let LogRequest { of, pod, .. } = request;
        let namespace = of.object.namespace.clone().unwrap_or_default();
        let target = format!(
            "log of container {} of pod {namespace}/{pod} on {}",
            request.container, of.at.cluster
        );
        self.audited(caller, Action::ReadLogs, &target, async {
            let (connection, release) = self.release_of_object(of).await?;
            let live = connection.user.get(&of.object).await;
            let live = live.map_err(release::Error::from)?;
            let pods = match &live {
                Some(live) => connection.user.pods_of(live).await,
                None => Ok(Vec::new()),
            };
            let pods = pods.map_err(release::Error::from)?;
            if !pods.iter().any(|found| found.name() == pod) {
                return Err(Error::NoObject(format!("Pod {namespace}/{pod}")));
            }
            let container = Container {
                namespace,
                pod: pod.clone(),
                name: request.container.clone(),
                previous: request.previous,
            };
            let log = connection.user.container_log(&container).await;
            let log = log.map_err(release::Error::from)?;
            let secrets = self.secrets_of(&of.at, &release).await?;
            let text = secrets.out_of(&without_colours(&log.text));
            Ok(LogView {
                lines: u32::try_from(text.lines().count()).unwrap_or(u32::MAX),
                text,
                cut: log.is_cut,
                read_at: self.time(),
            })
        })
        .await
    }

    /// The newest revision of the release of an object, which its manifest has.
    async fn release_of_object(
        &self,
        request: &ObjectRequest,
    ) -> Result<(ClusterConnection, Release), Error> {
        let ObjectRequest { at, object } = request;
        let connection = self.connections.get(&at.cluster)?;
        let mut history = release::history(&connection.user, &key_of(at)).await?;
        let newest = history.pop().ok_or_else(|| {
            let (release, namespace) = (at.release.clone(), at.namespace.clone());
            Error::Release(release::Error::NotFound { release, namespace })
        })?;
        if release::has_object(&connection.user, &newest, object).await? {
            Ok((connection, newest))
        } else {
            Err(Error::NoObject(object.to_string()))
        }
    }

    /// The texts of a release that are masked wherever they appear.
    pub(crate) async fn secrets_of(
        &self,
        at: &ReleaseRef,
        release: &Release,
    ) -> Result<Secrets, Error> {
        let inputs = self.release_inputs(at).await?;
        let sensitive = inputs.map(|inputs| inputs.sensitive()).unwrap_or_default();
        Ok(Secrets::of_release(release).with_sensitive(&sensitive))
    }
}

async fn live_view(connection: &ClusterConnection, live: &Object, secrets: &Secrets) -> ObjectView {
    let has_pods = live.kind() == "Pod" || cluster::pod_selector(live).is_some();
    let (pods, pods_problem) = or_problem(connection.user.pods_of(live).await);
    let events = match live.namespace() {
        Some(namespace) => connection.user.events(namespace).await,
        // Events about cluster-scoped objects are in this namespace.
        None => connection.user.events("default").await,
    };
    let (events, events_problem) = or_problem(events);
    let shared: Vec<Arc<Object>> = pods.into_iter().map(Arc::new).collect();
    let around = ReadinessContext {
        pods: &shared,
        events: &events,
    };
    let state = readiness(live, around);
    let mut pods: Vec<PodView> = shared.iter().map(|pod| pod_view(pod, around)).collect();
    pods.sort_by(|a, b| {
        let key = |pod: &PodView| (pod.health == Health::Ready, pod.name.clone());
        key(a).cmp(&key(b))
    });
    let more_pods = pods.len().saturating_sub(MAX_PODS);
    pods.truncate(MAX_PODS);
    ObjectView {
        object: live.reference(),
        health: release::view::health(&state),
        note: state.note().to_owned(),
        yaml: secrets.out_of(&mask::yaml(&mask::live(live))),
        events: events_about(live, &shared, &events, secrets),
        events_problem,
        has_pods,
        pods,
        more_pods: u32::try_from(more_pods).unwrap_or(u32::MAX),
        pods_problem,
    }
}

/// The view of an object that does not exist.
fn missing_view(object: &ObjectName) -> ObjectView {
    ObjectView {
        object: object.clone(),
        health: Health::Missing,
        note: String::new(),
        yaml: String::new(),
        events: Vec::new(),
        events_problem: None,
        has_pods: false,
        pods: Vec::new(),
        more_pods: 0,
        pods_problem: None,
    }
}

fn or_problem<T>(read: Result<Vec<T>, cluster::Error>) -> (Vec<T>, Option<Problem>) {
    match read {
        Ok(found) => (found, None),
        Err(error) => (Vec::new(), Some(Problem::from(&error))),
    }
}

/// The newest events about an object and its pods.
fn events_about(
    object: &Object,
    pods: &[Arc<Object>],
    events: &[KubernetesEvent],
    secrets: &Secrets,
) -> Vec<ObjectEvent> {
    let pods = pods.iter().map(|pod| ("Pod", pod.name()));
    let names: BTreeSet<(&str, &str)> = pods.chain([(object.kind(), object.name())]).collect();
    let about = events
        .iter()
        .filter(|event| names.contains(&(event.kind.as_str(), event.name.as_str())));
    let views = about.map(|event| ObjectEvent {
        warning: event.warning,
        reason: event.reason.clone(),
        object: format!("{} {}", event.kind, event.name),
        message: secrets.out_of(&event.message),
        count: event.count,
        at: Time(event.at),
    });
    views.take(MAX_EVENTS).collect()
}

fn pod_view(pod: &Object, around: ReadinessContext<'_>) -> PodView {
    let state = readiness(pod, around);
    let statuses = ["/status/containerStatuses", "/status/initContainerStatuses"];
    let restarts_of = |name: &str| -> i64 {
        let mut statuses = statuses.iter().flat_map(|list| pod.list(list));
        let status = statuses.find(|status| status["name"] == name);
        status.map_or(0, |status| status["restartCount"].as_i64().unwrap_or(0))
    };
    let containers = |list: &str, init: bool| {
        let named = pod.list(list).iter();
        let named = named.filter_map(|container| container["name"].as_str());
        let views = named.map(|name| ContainerView {
            name: name.to_owned(),
            init,
            restarted: restarts_of(name) > 0,
        });
        views.collect::<Vec<_>>()
    };
    let mut all = containers("/spec/containers", false);
    all.extend(containers("/spec/initContainers", true));
    let restarts: i64 = all
        .iter()
        .map(|container| restarts_of(&container.name))
        .sum();
    let created = pod
        .text("/metadata/creationTimestamp")
        .parse::<jiff::Timestamp>();
    PodView {
        name: pod.name().to_owned(),
        health: release::view::health(&state),
        note: state.note().to_owned(),
        restarts: u32::try_from(restarts).unwrap_or(u32::MAX),
        node: pod.text("/spec/nodeName").to_owned(),
        created: created.ok().map(|time| Time(time.as_second())),
        containers: all,
    }
}

/// A log without the escape sequences that colour it; other control characters become marks later.
pub(crate) fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_parameter = |c: char| c.is_ascii_digit() || c == ';';
        match part.trim_start_matches(is_parameter).strip_prefix('m') {
            Some(rest) => shown.push_str(rest),
            None => {
                shown.push_str("\u{1b}[");
                shown.push_str(part);
            }
        }
    }
    shown.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn colours_of_a_log_are_removed_and_nothing_else() {
        let log = "\u{1b}[31mred\u{1b}[0m plain\r\n\u{1b}[2Jcleared \u{1b}[1;32mgreen";
        assert_eq!(without_colours(log), "red plain\n\u{1b}[2Jcleared green");
    }

    #[test]
    fn a_pod_names_its_containers_and_their_restarts() {
        let pod = Object::new(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web-1", "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"nodeName": "n1", "containers": [{"name": "web"}, {"name": "proxy"}],
                "initContainers": [{"name": "init"}]},
            "status": {"containerStatuses": [{"name": "web", "restartCount": 3}]},
        }));
        let view = pod_view(&pod.expect("a pod"), ReadinessContext::default());
        assert_eq!((view.restarts, view.node.as_str()), (3, "n1"));
        let container = |name: &str, init, restarted| ContainerView {
            name: name.into(),
            init,
            restarted,
        };
        assert_eq!(
            view.containers,
            [
                container("web", false, true),
                container("proxy", false, false),
                container("init", true, false)
            ]
        );
    }
}
