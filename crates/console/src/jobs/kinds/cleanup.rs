//! Deletes what a mesh left on a cluster; what is lost with the CRDs is saved first.

use crate::{
    Action, Console, Error,
    connections::ClusterConnection,
    jobs::{Concerns, Job, JobContext, phases},
};
use ::mesh::cleanup::{self, Disposition, Part, Plan, Selection};
use ::release::Event;
use cluster::Kind;
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView, Subject},
    mesh::CleanupRequest,
};

/// So many objects of a phase are shown one by one.
const MAX_SHOWN_OBJECTS: usize = 200;

/// The parts in the order in which they are deleted.
const PARTS: [Part; 4] = [
    Part::RuntimeObjects,
    Part::CustomResources,
    Part::Crds,
    Part::Namespaces,
];

/// The cleanup of a cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Cleanup(pub(crate) CleanupRequest);

/// What is left on a cluster, and which of it is deleted.
pub(crate) struct CleanupPlan {
    pub(crate) connection: ClusterConnection,
    pub(crate) plan: Box<Plan>,
    pub(crate) selection: Selection,
}

impl CleanupPlan {
    /// Whether CRDs are deleted, and with them what others wrote.
    fn saves_backup(&self) -> bool {
        self.selection.crds == Disposition::Delete && !self.plan.crds.is_empty()
    }
}

impl Job for Cleanup {
    const KIND: JobKind = JobKind::Cleanup;
    const ACTION: Action = Action::WriteMesh;
    type Plan = CleanupPlan;

    fn subject(&self) -> Subject {
        Subject::Cluster(self.0.cluster.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        Some(&self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<CleanupPlan, Error> {
        console.checked_cleanup_plan(&self.0).await
    }

    fn audit_target(&self) -> String {
        let (cluster, mesh) = (&self.0.cluster, &self.0.mesh);
        let selected = selected_parts(&self.0);
        format!("clean up {cluster} of mesh {mesh}: {selected}")
    }

    fn confirmation(&self) -> Option<&str> {
        Some(self.0.mesh.as_str())
    }

    /// Everything that is left: the selection is made after it is shown.
    fn concerns(plan: &CleanupPlan) -> Concerns {
        let left = &plan.plan;
        let crds = left.crds.iter();
        let crds = crds.map(|crd| (crd.object.clone(), format!("{crd:?}")));
        let namespaces = left.namespaces.iter().map(|namespace| {
            let object = Kind::NAMESPACE.object(None, &namespace.name);
            (object, format!("{namespace:?}"))
        });
        let objects = left.runtime_objects.iter();
        let objects = objects.map(|object| (object.clone(), String::new()));
        let (connection, cluster) = (plan.connection.clone(), &plan.connection.name);
        let steps: Vec<_> = objects
            .chain(crds)
            .chain(namespaces)
            .map(|(object, text)| (cluster.clone(), object, text))
            .collect();
        let objects = steps.iter().map(|(_, object, _)| object.clone()).collect();
        Concerns {
            summary: format!("{left:?}"),
            objects: vec![(connection, objects)],
            steps,
        }
    }

    fn phases(plan: &CleanupPlan) -> Vec<PhaseView> {
        let backup = plan.saves_backup();
        let backup = backup.then(|| phases::pending(PhaseName::Backup, Vec::new()));
        let parts = PARTS.map(|part| (part, plan.plan.objects(part, &plan.selection)));
        let parts = parts.into_iter().filter(|(_, objects)| !objects.is_empty());
        let parts = parts.map(|(part, objects)| {
            let mut phase = phases::pending(part.phase(), objects);
            // All are counted; so many are shown.
            phase.objects.truncate(MAX_SHOWN_OBJECTS);
            phase
        });
        backup.into_iter().chain(parts).collect()
    }

    async fn run(job: CleanupPlan, context: &JobContext<'_>) -> Result<(), Error> {
        let (user, on_event) = (&job.connection.user, context.on_event);
        if job.saves_backup() {
            on_event(Event::Started(PhaseName::Backup));
            let text = cleanup::backup(user, &job.plan).await?;
            (context.save_backup)(text).await?;
            on_event(Event::Finished(PhaseName::Backup));
        }
        let waiting = context.wait_options();
        let cleaned = cleanup::execute(user, &job.plan, &job.selection, &waiting, on_event);
        Ok(cleaned.await?)
    }
}

/// The selected parts, for the audit.
fn selected_parts(request: &CleanupRequest) -> String {
    let runtime_objects = request
        .runtime_objects
        .then(|| "run-time objects".to_owned());
    let crds = request.crds.then(|| "CRDs".to_owned());
    let namespaces = request.namespaces.iter();
    let namespaces = namespaces.map(|name| format!("namespace {name}"));
    let all = runtime_objects.into_iter().chain(crds).chain(namespaces);
    all.collect::<Vec<_>>().join(", ")
}
