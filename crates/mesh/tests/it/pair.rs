//! Two clusters that are to join, sandboxes or real ones; each scenario in a namespace of its own.

use crate::fixture::{TestCluster, reference};
use cluster::{AddressPolicy, Cluster, Credentials, Object, ObjectRef, read_kubeconfig};
use mesh::{
    Event, MemberSpec,
    facts::IstioGeneration,
    join::{self, JoinReport, JoinSpec, Plan, names},
    step::Action,
};
use std::sync::Mutex;
use tokio_util::sync::CancellationToken;
use wire::{ClusterId, ClusterName};

pub(crate) const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// A primary, east, and a remote, west.
pub(crate) struct Pair {
    pub(crate) east: TestCluster,
    pub(crate) west: TestCluster,
    /// The namespace of control plane and reader in this scenario.
    pub(crate) namespace: String,
}

impl Pair {
    pub(crate) fn wanted(&self, generation: IstioGeneration) -> JoinSpec {
        JoinSpec {
            member: self.member(generation, "west"),
            server: self.west.server.clone(),
            tls_server_name: None,
            ca_bundle: self.west.ca_bundle.clone(),
            network: None,
            primary_network: None,
        }
    }

    pub(crate) fn member(&self, generation: IstioGeneration, id: &str) -> MemberSpec {
        MemberSpec {
            id: ClusterId::new(id).unwrap(),
            generation,
            is_external: false,
            namespace: self.namespace.clone(),
            primary_id: ClusterId::new("east").unwrap(),
            policy: AddressPolicy::WithLoopback,
        }
    }

    pub(crate) async fn plan(&self, wanted: &JoinSpec) -> Plan {
        match join::plan(&self.east.user(), &self.west.user(), wanted).await {
            Ok(plan) => plan,
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
        }
    }

    /// Plans and joins, and returns the events.
    pub(crate) async fn join(&self, wanted: &JoinSpec) -> (JoinReport, Vec<Event>) {
        let plan = self.plan(wanted).await;
        let events = Mutex::new(Vec::new());
        let on_event = |event| events.lock().unwrap().push(event);
        let stop = CancellationToken::new();
        let (east, west) = (&self.east.user(), &self.west.user());
        match join::join(east, west, &plan, &stop, &on_event).await {
            Ok(joined) => (joined, events.into_inner().unwrap()),
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
        }
    }

    pub(crate) fn secret(&self, name: &str) -> ObjectRef {
        names::secret_ref(&self.namespace, name)
    }

    /// The kubeconfig that is stored for the remote, as the control plane would use it.
    pub(crate) async fn stored(&self, secret: &ObjectRef, key: &str) -> (String, Credentials) {
        let live = self.east.cluster.get(secret).await.unwrap().unwrap();
        let text = data(&live, key);
        let contexts = read_kubeconfig(&text, AddressPolicy::WithLoopback).unwrap();
        let credentials = contexts.into_iter().next().unwrap().outcome.unwrap();
        (text, credentials)
    }

    /// A connection as the control plane has it.
    pub(crate) async fn as_control_plane(&self, secret: &ObjectRef, key: &str) -> Cluster {
        let (_, credentials) = self.stored(secret, key).await;
        let name = ClusterName::new("stored").unwrap();
        Cluster::connect(name, &credentials, AddressPolicy::WithLoopback).unwrap()
    }

    /// What lies in both clusters of a join: each object with its version.
    pub(crate) async fn versions(&self, plan: &Plan) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for step in &plan.steps {
            let side = match step.side {
                mesh::step::Side::Primary => &self.east,
                mesh::step::Side::Remote => &self.west,
            };
            let live = side.cluster.get(&step.object).await.unwrap().unwrap();
            let version = live.resource_version().to_owned();
            all.push((step.object.to_string(), version));
        }
        all
    }

    /// Deletes the cluster-scoped objects of a scenario.
    pub(crate) async fn delete_cluster_objects(&self) {
        for side in [&self.east, &self.west] {
            for name in ["istio-reader", "istio-multi"] {
                for kind in ["ClusterRole", "ClusterRoleBinding"] {
                    let object = reference(RBAC, kind, None, name);
                    let how = cluster::Propagation::Background;
                    side.cluster.delete(&object, how).await.unwrap();
                }
            }
        }
    }
}

pub(crate) fn data(secret: &Object, key: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let data = secret.value()["data"][key].as_str().unwrap_or_default();
    String::from_utf8(STANDARD.decode(data).unwrap()).unwrap()
}

/// The step about a kind, with its number among those of that kind.
pub(crate) fn of_kind<'a>(plan: &'a Plan, kind: &str, number: usize) -> &'a Action {
    let mut steps = plan.steps.iter().filter(|step| step.object.kind == kind);
    &steps.nth(number).unwrap().action
}
