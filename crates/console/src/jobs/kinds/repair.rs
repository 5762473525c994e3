//! Executes the remedy of a check on a cluster: restarts, and injection labels.

use crate::{
    Action, Console, Error,
    connections::ClusterConnection,
    jobs::{Concerns, Job, JobContext, phases},
};
use ::mesh::repair::{self, RepairStep};
use serde::{Deserialize, Serialize};
use wire::{
    MeshName,
    job::{JobKind, PhaseName, PhaseView, Subject},
    mesh::RepairRequest,
};

/// The remedy of a check on a cluster.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Repair(pub(crate) RepairRequest);

impl Job for Repair {
    const KIND: JobKind = JobKind::Repair;
    const ACTION: Action = Action::WriteMesh;
    type Plan = (ClusterConnection, Vec<RepairStep>);

    fn subject(&self) -> Subject {
        Subject::Cluster(self.0.cluster.clone())
    }

    fn mesh(&self) -> Option<&MeshName> {
        Some(&self.0.mesh)
    }

    async fn plan(&self, console: &Console) -> Result<Self::Plan, Error> {
        console.repair_steps(&self.0).await
    }

    fn audit_target(&self) -> String {
        let RepairRequest {
            mesh,
            cluster,
            check,
        } = &self.0;
        format!("repair {} on {cluster} in mesh {mesh}", check.id())
    }

    fn concerns((connection, steps): &Self::Plan) -> Concerns {
        let cluster = &connection.name;
        let texts = steps.iter().map(|step| {
            let object = step.object.clone();
            (cluster.clone(), object, step.detail())
        });
        Concerns {
            summary: format!("{steps:?}"),
            steps: texts.collect(),
            objects: vec![(
                connection.clone(),
                steps.iter().map(|step| step.object.clone()).collect(),
            )],
        }
    }

    fn phases((_, steps): &Self::Plan) -> Vec<PhaseView> {
        let of_phase = |name: PhaseName| {
            let own = steps.iter().filter(move |step| step.phase() == name);
            let objects: Vec<_> = own.map(|step| step.object.clone()).collect();
            (!objects.is_empty()).then(|| phases::pending(name, objects))
        };
        let changes = [PhaseName::Access, PhaseName::Workloads].into_iter();
        let ready = phases::pending(PhaseName::Ready, Vec::new());
        changes.filter_map(of_phase).chain([ready]).collect()
    }

    async fn run((connection, steps): Self::Plan, context: &JobContext<'_>) -> Result<(), Error> {
        let (user, watches) = (&connection.user, &connection.watches);
        let wait = context.wait_options();
        let bounds = (&wait, (context.clock)());
        repair::execute(user, watches, &steps, bounds, context.on_event).await?;
        Ok(())
    }
}
