//! istiod, the control plane of today's line: follows the clusters of its remote Secrets.
//!
//! A Secret is handled when it comes or changes. Its own cluster's name and a name that another
//! Secret has are ignored, and a changed kubeconfig is followed beside the old one until it is
//! synced. Start at [`Istiod::begin`]; what it tells is in [`shards`].

mod shards;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::follow::{Api, Follower, changed};
use super::kubeconfig::Kubeconfig;
use super::pilot::{kubeconfigs, secrets};
use super::registry::{Mesh, Registry, TODAY};
use super::remote::Remote;
use super::{Pod, Program, proxies, reply};
use crate::object;

/// Where what it knows is told to those on its own host.
const PORT: u16 = 8080;

/// How long a remote may take before the rest goes on without it.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a followed change is looked at while it is not synced.
const LOOK: Duration = Duration::from_millis(100);

/// A control plane of today's line.
#[derive(Debug)]
pub(super) struct Istiod {
    pod: Pod,
    /// The name of its own cluster.
    id: String,
    patience: Duration,
    own: Follower,
    members: Mutex<Vec<Member>>,
}

/// A cluster that joined.
#[derive(Debug)]
struct Member {
    id: String,
    /// The name of the Secret it came with.
    secret: String,
    config: Kubeconfig,
    follower: Follower,
    /// What takes its place once it is synced.
    next: Option<Follower>,
}

impl Istiod {
    pub(super) fn begin(pod: Pod, object: &Value) -> Self {
        let id = setting(object, "CLUSTER_ID").unwrap_or("Kubernetes");
        let patience = setting(object, "PILOT_REMOTE_CLUSTER_TIMEOUT")
            .and_then(|text| text.strip_suffix('s')?.parse().ok())
            .map_or(PATIENCE, Duration::from_secs);
        Self {
            id: id.to_owned(),
            patience,
            own: Follower::begin(Api::Own(pod.clone()), TODAY),
            members: Mutex::new(Vec::new()),
            pod,
        }
    }

    fn with_members<T>(&self, doing: impl FnOnce(&mut Vec<Member>) -> T) -> T {
        doing(&mut self.members.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Handles the Secrets that came or changed, and lets go of those that went.
    async fn look(&self, handled: &mut BTreeMap<String, String>) {
        let Some(secrets) = secrets(&self.pod).await else {
            return;
        };
        let is_there = |name: &str| secrets.iter().any(|secret| object::name(secret) == name);
        handled.retain(|name, _| is_there(name));
        self.with_members(|members| members.retain(|member| is_there(&member.secret)));
        for secret in &secrets {
            let name = object::name(secret).to_owned();
            let revision = object::text(secret, "/metadata/resourceVersion").to_owned();
            if handled.insert(name, revision.clone()) != Some(revision) {
                self.with_members(|members| self.handle(members, secret));
            }
        }
    }

    fn handle(&self, members: &mut Vec<Member>, secret: &Value) {
        let name = object::name(secret);
        let keys = &secret["data"];
        members.retain(|member| member.secret != name || !keys[&member.id].is_null());
        for (id, config) in kubeconfigs(secret) {
            let known = members.iter_mut().find(|member| member.id == id);
            let is_others = known.as_ref().is_some_and(|member| member.secret != name);
            let is_same = known.as_ref().is_some_and(|member| member.config == config);
            if id == self.id || is_others || is_same || config.is_unsafe {
                continue;
            }
            let Some(remote) = Remote::of(&config) else {
                continue;
            };
            let follower = Follower::begin(Api::Remote(Box::new(remote)), TODAY);
            match known {
                Some(member) => {
                    member.config = config;
                    member.next = Some(follower);
                }
                None => members.push(Member {
                    id,
                    secret: name.to_owned(),
                    config,
                    follower,
                    next: None,
                }),
            }
        }
    }

    /// Puts followers that are synced in their places; false while some are not.
    fn swap(&self) -> bool {
        self.with_members(|members| {
            for member in members.iter_mut() {
                if let Some(next) = member.next.take_if(|next| next.is_synced()) {
                    member.follower = next;
                }
            }
            members.iter().all(|member| member.next.is_none())
        })
    }

    async fn follow_secrets(&self, mut latest: watch::Receiver<u64>) {
        let mut handled = BTreeMap::new();
        loop {
            self.look(&mut handled).await;
            // One wait for all looks: dropped halfway, it would have swallowed the change it saw.
            let mut next = pin!(changed(&mut latest));
            loop {
                if self.swap() {
                    if !next.as_mut().await {
                        return;
                    }
                    break;
                }
                match tokio::time::timeout(LOOK, next.as_mut()).await {
                    Ok(true) => break,
                    Ok(false) => return,
                    Err(_) => {}
                }
            }
        }
    }

    fn status(&self, follower: &Follower) -> &'static str {
        if follower.is_synced() {
            "synced"
        } else if follower.age() < self.patience {
            "syncing"
        } else {
            "timeout"
        }
    }

    /// What `/debug/clusterz` answers: its own cluster first.
    fn clusters(&self) -> Value {
        let mut all = vec![json!({"id": self.id, "syncStatus": self.status(&self.own)})];
        self.with_members(|members| {
            all.extend(members.iter().map(|member| {
                json!({
                    "id": member.id,
                    "secretName": format!("{}/{}", self.pod.namespace, member.secret),
                    "syncStatus": self.status(&member.follower),
                })
            }));
        });
        json!(all)
    }

    /// Each cluster's name with what is known of it, its own first.
    fn known(&self) -> Vec<(String, Registry)> {
        let mut all = vec![(self.id.clone(), self.own.registry())];
        self.with_members(|members| {
            all.extend(
                members
                    .iter()
                    .map(|member| (member.id.clone(), member.follower.registry())),
            );
        });
        all
    }

    fn is_ready(&self) -> bool {
        let waits = |follower: &Follower| self.status(follower) == "syncing";
        let members = self.with_members(|all| all.iter().any(|member| waits(&member.follower)));
        !waits(&self.own) && !members
    }
}

/// A variable of a pod's first container.
fn setting<'a>(pod: &'a Value, name: &str) -> Option<&'a str> {
    object::items(pod, "/spec/containers/0/env")
        .find(|variable| variable["name"] == name)
        .and_then(|variable| variable["value"].as_str())
        .filter(|value| !value.is_empty())
}

impl Program for Istiod {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            match request.uri().path() {
                "/ready" if self.is_ready() => reply::text(StatusCode::OK, ""),
                "/ready" => reply::text(StatusCode::SERVICE_UNAVAILABLE, ""),
                "/debug/clusterz" => reply::json(StatusCode::OK, &self.clusters()),
                "/debug/syncz" => reply::json(StatusCode::OK, &proxies::all(&self.known())),
                "/debug/endpointShardz" | "/debug/endpointz" => {
                    let shards = shards::all(&self.known(), &self.pod.namespace);
                    reply::json(StatusCode::OK, &shards)
                }
                _ => reply::not_found(),
            }
        }
        .boxed()
    }

    fn work(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            if let Some(latest) = self.pod.follow() {
                self.follow_secrets(latest).await;
            }
        };
        Some(work.boxed())
    }

    fn is_control_plane(&self) -> bool {
        true
    }

    fn mesh(&self) -> Option<Mesh> {
        let clusters = self.known().into_iter().map(|(_, known)| known).collect();
        Some(Mesh { clusters })
    }
}
