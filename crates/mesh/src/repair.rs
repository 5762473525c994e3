//! The remedies of checks that the console executes on one cluster: restarts, and the injection label of a
//! namespace.
//!
//! The targets come from the finding of a check ([`targets`], pure), the steps from the cluster ([`plan`]); the
//! steps are shown before they are executed. Start at [`targets`].

use crate::{
    gather::read,
    istio::{INJECTION_LABEL, REVISION_LABEL, SYSTEM_NAMESPACE},
    restart::controller,
};
use cluster::{
    AsUser, Cluster, Error, Identity as _, Kind, MetadataPatch, Object, ObjectRef, WaitOptions,
    Watches, wait_until_ready,
};
use jiff::Timestamp;
use release::{Event, Outcome};
use wire::{
    ClusterName,
    check::{CheckView, DetailCode, Remedy},
    job::PhaseName,
};

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The control plane of the cluster is restarted.
    ControlPlane,
    /// A namespace gets the injection label, and its workloads are restarted.
    Namespace(String),
    /// The workload of a pod is restarted: namespace and name of the pod.
    Pod(String, String),
}

/// The change of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The label is set.
    Label {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// Its pods are restarted.
    Restart,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairStep {
    /// The object.
    pub object: ObjectRef,
    /// Its change.
    pub change: Change,
}

/// The label that enables injection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InjectionMark {
    /// Its key: `istio-injection`, or `istio.io/rev` for a revision.
    pub key: String,
    /// Its value.
    pub value: String,
}

impl Default for InjectionMark {
    fn default() -> Self {
        Self {
            key: INJECTION_LABEL.to_owned(),
            value: "enabled".to_owned(),
        }
    }
}

impl InjectionMark {
    /// The label with which a namespace is injected.
    pub fn of(namespace: &Object) -> Option<Self> {
        let mark = |key: &str, value: &str| Self {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        if namespace.label(INJECTION_LABEL) == Some("enabled") {
            return Some(mark(INJECTION_LABEL, "enabled"));
        }
        let revision = namespace.label(REVISION_LABEL)?;
        Some(mark(REVISION_LABEL, revision))
    }
}

/// The targets of a finding on a cluster that a restart or a label repairs; each once. Pure.
pub fn targets(check: &CheckView, cluster: &ClusterName) -> Vec<Target> {
    let is_here = |name: &String| name == cluster.as_str();
    let details = check.details.iter();
    let here = details.filter(|detail| detail.cluster.as_ref().is_some_and(is_here));
    let restarts_istiod = check.remedies.contains(&Remedy::RestartIstiod);
    let mut targets: Vec<Target> = here
        .filter_map(|detail| match detail.code {
            DetailCode::NamespaceNotLabelled => {
                Some(Target::Namespace(detail.arg("namespace").to_owned()))
            }
            DetailCode::SidecarMissing | DetailCode::ProxyOlder => pod(detail.arg("pod")),
            _ => restarts_istiod.then_some(Target::ControlPlane),
        })
        .collect();
    targets.sort();
    targets.dedup();
    targets
}

/// `Pod bookinfo/details-1`.
fn pod(reference: &str) -> Option<Target> {
    let name = reference.strip_prefix("Pod ").unwrap_or(reference);
    let (namespace, name) = name.split_once('/')?;
    Some(Target::Pod(namespace.to_owned(), name.to_owned()))
}

/// The steps for these targets: labels first, then the restart of each workload, once. Pods without a workload
/// stay as they are.
///
/// # Errors
/// The error of a list.
pub async fn plan(
    user: &AsUser,
    targets: &[Target],
    mark: &InjectionMark,
) -> Result<Vec<RepairStep>, Error> {
    let cluster = user.cluster();
    let mut labels = Vec::new();
    let mut restarts: Vec<ObjectRef> = Vec::new();
    if targets.contains(&Target::ControlPlane) {
        restarts.extend(control_planes(cluster).await?);
    }
    for target in targets {
        if let Target::Namespace(name) = target {
            labels.push(RepairStep {
                object: Kind::NAMESPACE.object(None, name),
                change: Change::Label {
                    key: mark.key.clone(),
                    value: mark.value.clone(),
                },
            });
        }
    }
    if targets.iter().any(|target| *target != Target::ControlPlane) {
        let (pods, sets) = tokio::try_join!(
            cluster.list_objects(Kind::POD, None, ""),
            cluster.list_objects(Kind::REPLICA_SET, None, ""),
        )?;
        let concerned = pods.iter().filter(|pod| is_target(pod, targets));
        restarts.extend(concerned.filter_map(|pod| workload(pod, &sets)));
    }
    restarts.sort_by_key(ToString::to_string);
    restarts.dedup();
    let restarts = restarts.into_iter().map(|object| RepairStep {
        object,
        change: Change::Restart,
    });
    Ok(labels.into_iter().chain(restarts).collect())
}

async fn control_planes(cluster: &Cluster) -> Result<Vec<ObjectRef>, Error> {
    let namespace = Some(SYSTEM_NAMESPACE);
    let deployments = cluster
        .list_objects(Kind::DEPLOYMENT, namespace, "")
        .await?;
    let mut found = Vec::new();
    for deployment in deployments {
        if read::control_plane(std::slice::from_ref(&deployment))?.is_some() {
            found.push(deployment.reference());
        }
    }
    Ok(found)
}

fn is_target(pod: &Object, targets: &[Target]) -> bool {
    let own = pod.namespace().unwrap_or_default();
    targets.iter().any(|target| match target {
        Target::ControlPlane => false,
        Target::Namespace(namespace) => namespace == own,
        Target::Pod(namespace, name) => namespace == own && name == pod.name(),
    })
}

/// The workload of a pod that can be restarted.
fn workload(pod: &Object, sets: &[Object]) -> Option<ObjectRef> {
    let namespace = pod.namespace()?;
    let named = |kind: &str, name: &str| Kind::new("apps/v1", kind).object(Some(namespace), name);
    for kind in ["StatefulSet", "DaemonSet"] {
        if let Some(name) = controller(pod, kind) {
            return Some(named(kind, name));
        }
    }
    let set = controller(pod, "ReplicaSet")?;
    let is_own = |object: &&Object| object.name() == set && object.namespace() == Some(namespace);
    let deployment = controller(sets.iter().find(is_own)?, "Deployment")?;
    Some(named("Deployment", deployment))
}

/// Executes the steps, and waits until the restarted workloads are ready.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::NotReady`] with the workloads that are not ready, else the error of a step.
pub async fn execute(
    user: &AsUser,
    watches: &Watches,
    steps: &[RepairStep],
    (wait, now): (&WaitOptions, Timestamp),
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let cluster = user.cluster();
    for phase in [PhaseName::Access, PhaseName::Workloads] {
        let own: Vec<&RepairStep> = steps.iter().filter(|step| step.phase() == phase).collect();
        if own.is_empty() {
            continue;
        }
        on_event(Event::Started(phase));
        for step in own {
            if wait.stop.is_cancelled() {
                return Err(Error::Cancelled);
            }
            step.execute(cluster, now).await?;
            on_event(Event::ObjectDone {
                phase,
                object: step.object.clone(),
                outcome: Outcome::Updated,
            });
        }
        on_event(Event::Finished(phase));
    }
    on_event(Event::Started(PhaseName::Ready));
    let restarted = steps.iter().filter(|step| step.change == Change::Restart);
    let restarted: Vec<ObjectRef> = restarted.map(|step| step.object.clone()).collect();
    let report = |all: &[_], events: &[_]| on_event(Event::Status(all.to_vec(), events.to_vec()));
    wait_until_ready(watches, &restarted, wait, report).await?;
    on_event(Event::Finished(PhaseName::Ready));
    Ok(())
}

impl RepairStep {
    /// The phase of a job to which the step belongs.
    pub fn phase(&self) -> PhaseName {
        match self.change {
            Change::Label { .. } => PhaseName::Access,
            Change::Restart => PhaseName::Workloads,
        }
    }

    /// The change as a plan shows it.
    pub fn detail(&self) -> String {
        match &self.change {
            Change::Label { key, value } => format!("label {key}={value}"),
            Change::Restart => "annotation kubectl.kubernetes.io/restartedAt".to_owned(),
        }
    }

    async fn execute(&self, cluster: &Cluster, now: Timestamp) -> Result<(), Error> {
        match &self.change {
            Change::Restart => cluster.restart(&self.object, now).await,
            Change::Label { key, value } => {
                let patch = MetadataPatch {
                    labels: vec![(key.clone(), Some(value.clone()))],
                    ..MetadataPatch::default()
                };
                cluster.patch_metadata(&self.object, &patch, None).await?;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
