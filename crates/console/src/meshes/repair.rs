//! The plan of the remedy of a check: what the latest finding names on a cluster is restarted or labelled.

use super::Mesh;
use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, jobs::Repair,
    meshes::step_state::within,
};
use ::mesh::repair::{self, InjectionMark, RepairStep, Target};
use cluster::Kind;
use wire::mesh::{MemberPlanView, PlannedChange, PlannedObject, RepairRequest};

impl Console {
    /// The plan of a remedy that restarts workloads or labels namespaces, by the latest finding of the check.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the finding names nothing of the cluster any more,
    /// [`Error::NoCluster`] or [`Error::Cluster`].
    pub async fn plan_repair(
        &self,
        caller: &Caller,
        request: RepairRequest,
    ) -> Result<MemberPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let plan = self.repair_steps(&request).await?;
            let objects = plan.1.iter().map(|step| PlannedObject {
                cluster: request.cluster.clone(),
                object: step.object.clone(),
                change: PlannedChange::Update,
                held_by: Vec::new(),
                details: vec![step.detail()],
                lines: Vec::new(),
            });
            let view = MemberPlanView {
                review: None,
                remote: request.cluster.clone(),
                objects: objects.collect(),
                notes: Vec::new(),
                problem: None,
            };
            let review = self.store_review(Repair(request), &plan, None).await?;
            Ok(MemberPlanView {
                review: Some(review),
                ..view
            })
        })
        .await
    }

    /// The steps of a remedy; there is at least one.
    pub(crate) async fn repair_steps(
        &self,
        request: &RepairRequest,
    ) -> Result<(ClusterConnection, Vec<RepairStep>), Error> {
        let mesh = self.stored_mesh(&request.mesh).await?;
        if !mesh.clusters().contains(&request.cluster) {
            return Err(Error::NoStep);
        }
        let health = self.health.of(&request.mesh).ok_or(Error::NoStep)?;
        let mut checks = health.doctor.checks.iter();
        let check = checks.find(|check| check.code == request.check);
        let targets = repair::targets(check.ok_or(Error::NoStep)?, &request.cluster);
        let connection = self.connections.get(&request.cluster)?;
        let mark = self.injection_mark(&mesh, &targets).await;
        let steps = repair::plan(&connection.user, &targets, &mark).await?;
        if steps.is_empty() {
            return Err(Error::NoStep);
        }
        Ok((connection, steps))
    }

    /// The label with which another cluster of the mesh injects the same namespace.
    async fn injection_mark(&self, mesh: &Mesh, targets: &[Target]) -> InjectionMark {
        let namespaces = targets.iter().filter_map(|target| match target {
            Target::Namespace(name) => Some(Kind::NAMESPACE.object(None, name)),
            _ => None,
        });
        for namespace in namespaces {
            for cluster in mesh.clusters() {
                let Ok(connection) = self.connections.get(&cluster) else {
                    continue;
                };
                let read = within(&connection, connection.user.get(&namespace)).await;
                let Ok(Ok(Some(live))) = read else { continue };
                if let Some(mark) = InjectionMark::of(&live) {
                    return mark;
                }
            }
        }
        InjectionMark::default()
    }
}
