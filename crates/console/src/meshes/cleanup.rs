//! The cleanup of a cluster: what a mesh left there after all steps are undone, and the deletion of the
//! selected parts.
//!
//! What is deleted with the CRDs is saved first, and stored with the job. Start at
//! [`Console::plan_cleanup`].

use super::{ISTIO_NAMESPACE, Mesh, SAMPLE_NAMESPACE};
use crate::{
    Action, Caller, Console, Error,
    jobs::{Cleanup, CleanupPlan, StoredJob},
};
use ::mesh::{
    cleanup::{self, CleanupScope, Disposition, Plan, Selection},
    step::Side,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::io::{Read as _, Write as _};
use wire::{
    ClusterName, JobId, MeshName, Problem, ReviewId,
    mesh::{CleanupPlanView, CleanupRequest, StepKind, StepState},
};

impl Console {
    /// The plan of a cleanup: the leftovers of a mesh on one of its clusters.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] when the cluster is none of the mesh, [`Error::NoCluster`] or
    /// [`Error::Mesh`].
    pub async fn plan_cleanup(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        cluster: &ClusterName,
    ) -> Result<CleanupPlanView, Error> {
        self.permitted(caller, Action::Read, async {
            let stored = self.stored_mesh(mesh).await?;
            let plan = self.leftovers(&stored, cluster).await?;
            let free = self.ensure_unused(&stored, cluster).await;
            let free = free.and_then(|()| ensure_no_control_plane(&plan));
            let mut view = plan.view(mesh, cluster);
            match free {
                Err(error) => view.problem = Some(Problem::from(error)),
                Ok(()) => {
                    let request = CleanupRequest {
                        mesh: mesh.clone(),
                        cluster: cluster.clone(),
                        runtime_objects: false,
                        crds: false,
                        namespaces: Vec::new(),
                    };
                    let planned = CleanupPlan {
                        connection: self.connections.get(cluster)?,
                        plan: Box::new(plan),
                        selection: selection(&request),
                    };
                    let review = self.store_review(Cleanup(request), &planned, None);
                    view.review = Some(review.await?);
                }
            }
            Ok(view)
        })
        .await
    }

    /// Deletes the selected parts of what was shown, as a job; `typed` is the name of the mesh.
    ///
    /// # Errors
    /// As for [`Console::plan_cleanup`]; [`Error::NotConfirmed`]; [`Error::PlanChanged`] when something else is left than was shown,
    /// [`Error::StepNotUndone`] and [`Error::ClusterInMesh`] while the cluster is in use, [`Error::Busy`]
    /// while a job runs on the cluster.
    pub async fn cleanup(
        &self,
        caller: &Caller,
        (review, typed): (&ReviewId, Option<&str>),
        request: CleanupRequest,
    ) -> Result<JobId, Error> {
        self.start_changed(caller, (review, typed), |shown| match shown {
            StoredJob::Cleanup(Cleanup(shown))
                if shown.mesh == request.mesh && shown.cluster == request.cluster =>
            {
                Ok(StoredJob::Cleanup(Cleanup(request)))
            }
            _ => Err(Error::NoReview),
        })
        .await
    }

    /// The backup of a cluster's leftovers, as one YAML text.
    ///
    /// # Errors
    /// As for [`Console::plan_cleanup`].
    pub async fn backup_cluster(
        &self,
        caller: &Caller,
        mesh: &MeshName,
        cluster: &ClusterName,
    ) -> Result<String, Error> {
        let target = format!("download a backup of {cluster} in mesh {mesh}");
        self.audited(caller, Action::Read, &target, async {
            let mesh = self.stored_mesh(mesh).await?;
            let plan = self.leftovers(&mesh, cluster).await?;
            let connection = self.connections.get(cluster)?;
            Ok(cleanup::backup(&connection.user, &plan).await?)
        })
        .await
    }

    /// The backup that a job saved before the deletion.
    ///
    /// # Errors
    /// [`Error::NoBackup`] or [`Error::Store`].
    pub async fn job_backup(&self, caller: &Caller, job: &JobId) -> Result<String, Error> {
        let target = format!("download the backup of job {job}");
        self.audited(caller, Action::Read, &target, async {
            let wanted = job.clone();
            let packed = self.with_store(move |store| store.backup(&wanted)).await?;
            unpack(&packed.ok_or_else(|| Error::NoBackup(job.clone()))?)
        })
        .await
    }

    /// Keeps what a job saved.
    pub(crate) async fn save_backup(&self, job: &JobId, text: &str) -> Result<(), Error> {
        let (job, packed, now) = (job.clone(), pack(text)?, self.now().as_second());
        self.with_store(move |store| store.save_backup(&job, &packed, now))
            .await
    }

    /// The plan of a cleanup, after checks that the cluster is not in use.
    pub(crate) async fn checked_cleanup_plan(
        &self,
        request: &CleanupRequest,
    ) -> Result<CleanupPlan, Error> {
        let mesh = self.stored_mesh(&request.mesh).await?;
        self.ensure_unused(&mesh, &request.cluster).await?;
        let plan = Box::new(self.leftovers(&mesh, &request.cluster).await?);
        ensure_no_control_plane(&plan)?;
        Ok(CleanupPlan {
            connection: self.connections.get(&request.cluster)?,
            plan,
            selection: selection(request),
        })
    }

    async fn leftovers(&self, mesh: &Mesh, cluster: &ClusterName) -> Result<Plan, Error> {
        if !mesh.clusters().contains(cluster) {
            return Err(Error::NoStep);
        }
        let scope = CleanupScope {
            side: if mesh.primary == *cluster {
                Side::Primary
            } else {
                Side::Remote
            },
            istio_namespace: ISTIO_NAMESPACE.to_owned(),
            namespaces: vec![ISTIO_NAMESPACE.to_owned(), SAMPLE_NAMESPACE.to_owned()],
        };
        let connection = self.connections.get(cluster)?;
        Ok(cleanup::plan(&connection.user, &scope).await?)
    }

    /// Checks that neither this nor another mesh uses the cluster.
    async fn ensure_unused(&self, mesh: &Mesh, cluster: &ClusterName) -> Result<(), Error> {
        let others = self.stored_meshes().await?.into_iter();
        let mut others = others.filter(|other| other.name != mesh.name);
        if let Some(other) = others.find(|other| other.clusters().contains(cluster)) {
            return Err(Error::ClusterInMesh {
                cluster: cluster.clone(),
                mesh: other.name,
            });
        }
        drop(self.jobs.hold(cluster)?);
        // The primary has the Secrets of all remotes, so the primary is cleaned up last.
        let near = mesh.steps().into_iter().filter(|step| {
            let undone = matches!(step.kind, StepKind::Checks | StepKind::Verify);
            !undone && (step.cluster == *cluster || mesh.primary == *cluster)
        });
        for step in near {
            let release = || mesh.release_of(&step).map(|at| at.release.to_string());
            let step_name = match self.state_of(mesh, &step).await {
                StepState::Existing(name) => name,
                StepState::Done | StepState::Drifted(_) => {
                    release().unwrap_or_else(|| "join".to_owned())
                }
                _ => continue,
            };
            return Err(Error::StepNotUndone {
                step: step_name,
                cluster: step.cluster,
            });
        }
        Ok(())
    }
}

/// Checks that no control plane is installed, by whatever means.
fn ensure_no_control_plane(plan: &Plan) -> Result<(), Error> {
    if plan.led_by.is_empty() {
        return Ok(());
    }
    let by = plan.led_by.clone();
    Err(::mesh::Error::InUse { by }.into())
}

fn selection(request: &CleanupRequest) -> Selection {
    let disposition = |delete| {
        if delete {
            Disposition::Delete
        } else {
            Disposition::Keep
        }
    };
    Selection {
        runtime_objects: disposition(request.runtime_objects),
        crds: disposition(request.crds),
        namespaces: request.namespaces.clone(),
    }
}

fn pack(text: &str) -> Result<Vec<u8>, Error> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let written = packer.write_all(text.as_bytes());
    written
        .and_then(|()| packer.finish())
        .map_err(Error::Packing)
}

fn unpack(packed: &[u8]) -> Result<String, Error> {
    let mut text = String::new();
    let most = u64::try_from(release::MAX_BACKUP_BYTES).unwrap_or(u64::MAX);
    let mut bounded = GzDecoder::new(packed).take(most);
    bounded.read_to_string(&mut text).map_err(Error::Packing)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_backup_is_smaller_and_unpacks_unchanged() {
        let text = "kind: Gateway\n".repeat(200);
        let packed = pack(&text).expect("packed");
        assert!(packed.len() < text.len() / 4, "{} bytes", packed.len());
        assert_eq!(unpack(&packed).expect("a text"), text);
        assert!(matches!(unpack(b"no gzip"), Err(Error::Packing(_))));
    }
}
