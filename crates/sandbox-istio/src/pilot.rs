//! Pilot of Istio 1.0: joins the clusters whose kubeconfigs it finds, and tells what it found.
//!
//! It sees Secrets come and go, and does not see them change; what is no kubeconfig is skipped,
//! and of two with the same key the first stays. Start at [`Pilot::begin`].

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::follow::{Api, Follower, changed};
use super::kubeconfig::Kubeconfig;
use super::registry::{LEGACY, Mesh, Registry};
use super::remote::Remote;
use super::{Pod, Program, proxies, reply};
use crate::object;

/// Where discovery answers: plain HTTP, then what sidecars dial.
const PORTS: [u16; 6] = [8080, 15003, 15005, 15007, 15010, 15011];

/// A control plane of the legacy line.
#[derive(Debug)]
pub(super) struct Pilot {
    pod: Pod,
    own: Follower,
    members: Mutex<Vec<Member>>,
}

/// A cluster that joined.
#[derive(Debug)]
struct Member {
    id: String,
    /// The uid of the Secret it came with.
    secret: String,
    /// Nothing where no client could be made of the kubeconfig.
    follower: Option<Follower>,
}

impl Pilot {
    pub(super) fn begin(pod: Pod) -> Self {
        Self {
            own: Follower::begin(Api::Own(pod.clone()), LEGACY),
            members: Mutex::new(Vec::new()),
            pod,
        }
    }

    fn with_members<T>(&self, doing: impl FnOnce(&mut Vec<Member>) -> T) -> T {
        doing(&mut self.members.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in Secrets that came, and lets go of the clusters of those that went.
    async fn look(&self, handled: &mut BTreeSet<String>) {
        let Some(secrets) = secrets(&self.pod).await else {
            return;
        };
        let there: BTreeSet<&str> = secrets.iter().map(object::uid).collect();
        handled.retain(|uid| there.contains(uid.as_str()));
        self.with_members(|members| {
            members.retain(|member| there.contains(member.secret.as_str()));
        });
        for secret in &secrets {
            if handled.insert(object::uid(secret).to_owned()) {
                self.take_in(secret);
            }
        }
    }

    fn take_in(&self, secret: &Value) {
        for (id, config) in kubeconfigs(secret) {
            self.with_members(|members| {
                if members.iter().any(|member| member.id == id) {
                    return;
                }
                let remote = Remote::of(&config);
                members.push(Member {
                    id,
                    secret: object::uid(secret).to_owned(),
                    follower: remote
                        .map(|remote| Follower::begin(Api::Remote(Box::new(remote)), LEGACY)),
                });
            });
        }
    }

    /// Each cluster's name with what is known of it, its own first.
    fn known(&self) -> Vec<(String, Registry)> {
        let mut all = vec![("Kubernetes".to_owned(), self.own.registry())];
        self.with_members(|members| {
            let followed = members
                .iter()
                .filter_map(|one| Some((one.id.clone(), one.follower.as_ref()?.registry())));
            all.extend(followed);
        });
        all
    }

    fn told(&self) -> Mesh {
        let clusters = self.known().into_iter().map(|(_, known)| known).collect();
        Mesh { clusters }
    }
}

/// The Secrets beside a control plane that hold kubeconfigs, if it may list them.
pub(super) async fn secrets(pod: &Pod) -> Option<Vec<Value>> {
    let path = format!(
        "/api/v1/namespaces/{}/secrets?labelSelector=istio%2FmultiCluster%3Dtrue",
        pod.namespace
    );
    let mut list = pod.ask(&path).await?;
    serde_json::from_value(list["items"].take()).ok()
}

/// The kubeconfigs of a Secret by the key they stand under; what is none is left out.
pub(super) fn kubeconfigs(secret: &Value) -> Vec<(String, Kubeconfig)> {
    object::pairs(secret, "/data")
        .filter_map(|(id, encoded)| {
            let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
            Some((id.to_owned(), Kubeconfig::parse(&text)?))
        })
        .collect()
}

impl Program for Pilot {
    fn listens_on(&self, port: u16) -> bool {
        PORTS.contains(&port)
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            match request.uri().path() {
                "/ready" => reply::text(StatusCode::OK, ""),
                "/v1/registration" => reply::json(StatusCode::OK, &self.told().registration()),
                "/debug/syncz" => reply::json(StatusCode::OK, &proxies::all(&self.known())),
                "/debug/endpointz" => reply::json(StatusCode::OK, &endpoints(&self.told())),
                _ => reply::not_found(),
            }
        }
        .boxed()
    }

    fn work(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            let Some(mut latest) = self.pod.follow() else {
                return;
            };
            let mut handled = BTreeSet::new();
            loop {
                self.look(&mut handled).await;
                if !changed(&mut latest).await {
                    return;
                }
            }
        };
        Some(work.boxed())
    }

    fn is_control_plane(&self) -> bool {
        true
    }

    fn mesh(&self) -> Option<Mesh> {
        Some(self.told())
    }
}

/// Each Service with its endpoints; the list ends with an empty element, as the real one does.
fn endpoints(mesh: &Mesh) -> Value {
    let mut all = mesh.registration();
    if let Some(all) = all.as_array_mut() {
        all.push(json!({}));
    }
    all
}
