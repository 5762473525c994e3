//! What a job does: installs, takes away, joins, rotates, leaves, clears; asked for by an operator, or going on
//! where it stopped.

use super::Console;
use crate::{
    Action, Caller, Error, connections::ClusterConnection, draft::Draft, render::Rendered,
};
use ::mesh::cleanup::{self, Disposition, Selection};
use cluster::WaitOptions;
use release::{Event, Install, Mode, UninstallPlan};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use wire::{
    DraftId, JobId, MeshName,
    job::{MemberRef, Subject},
    mesh::CleanupRequest,
    release::ReleaseRef,
};

/// How long the control plane may take to sync a remote after a rotation.
const SYNC_TIMEOUT: Duration = Duration::from_mins(1);

/// What was asked for, as it is stored under its seal.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum JobSpec {
    /// Installs a chart with these values.
    Install { at: ReleaseRef, draft: Box<Draft> },
    /// Gives a release its next revision.
    Upgrade { at: ReleaseRef, draft: Box<Draft> },
    /// Takes a release away.
    Uninstall {
        at: ReleaseRef,
        #[serde(default)]
        mesh: Option<MeshName>,
    },
    /// Joins a remote to its primary.
    Join(MeshMember),
    /// Gives the reader of a remote a new token.
    Rotate(MeshMember),
    /// Takes a remote out of its mesh.
    Leave(MeshMember),
    /// Takes away what a mesh left on a cluster.
    Clear(CleanupRequest),
}

/// Whose place in which mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MeshMember {
    pub(crate) mesh: MeshName,
    pub(crate) member: MemberRef,
}

/// What is told while a job runs.
pub(crate) enum Told {
    Release(Event),
    Mesh(::mesh::Event),
    Clear(::mesh::cleanup::Event),
    /// What is to be deleted is being saved.
    Saves,
    /// It is saved, in so many bytes.
    Saved(usize),
}

impl JobSpec {
    /// What it works on.
    pub(crate) fn subject(&self) -> Subject {
        match self {
            Self::Install { at, .. } | Self::Upgrade { at, .. } | Self::Uninstall { at, .. } => {
                Subject::Release(at.clone())
            }
            Self::Join(who) | Self::Rotate(who) | Self::Leave(who) => {
                Subject::Member(who.member.clone())
            }
            Self::Clear(request) => Subject::Cluster(request.cluster.clone()),
        }
    }

    /// The mesh of which it is a step.
    pub(crate) fn mesh(&self) -> Option<&MeshName> {
        match self {
            Self::Install { draft, .. } | Self::Upgrade { draft, .. } => draft.mesh.as_ref(),
            Self::Uninstall { mesh, .. } => mesh.as_ref(),
            Self::Join(who) | Self::Rotate(who) | Self::Leave(who) => Some(&who.mesh),
            Self::Clear(request) => Some(&request.mesh),
        }
    }
}

/// What is carried out.
pub(crate) enum JobPlan {
    /// An installation, rendered.
    Install {
        connection: ClusterConnection,
        rendered: Box<Rendered>,
        mode: Mode,
    },
    /// A removal, planned.
    UninstallPlan {
        connection: ClusterConnection,
        removal: UninstallPlan,
    },
    /// A join, planned.
    Join {
        sides: Box<MemberConnections>,
        plan: Box<::mesh::join::Plan>,
    },
    /// A rotation, planned.
    Rotate {
        sides: Box<MemberConnections>,
        plan: Box<::mesh::rotate::Plan>,
    },
    /// A leave, planned.
    Leave {
        sides: Box<MemberConnections>,
        plan: Box<::mesh::leave::Plan>,
    },
    /// What is left on a cluster, and what of it goes.
    Clear {
        connection: ClusterConnection,
        plan: Box<::mesh::cleanup::Plan>,
        choice: Selection,
    },
}

/// The two clusters of a join.
pub(crate) struct MemberConnections {
    pub(crate) primary: ClusterConnection,
    pub(crate) remote: ClusterConnection,
}

impl JobPlan {
    /// Carries it out; `publish` hears each step, `keep` is given what has to outlast the job.
    pub(crate) async fn run(
        self,
        publish: &(impl Fn(Option<Told>) + Send + Sync),
        keep: &(dyn Fn(&str) -> Result<(), Error> + Send + Sync),
        stop: CancellationToken,
        timeout: Duration,
    ) -> Result<(), Error> {
        let waiting = WaitOptions {
            timeout,
            stop: stop.clone(),
        };
        let said = |event| publish(Some(Told::Release(event)));
        let told = |event| publish(Some(Told::Mesh(event)));
        match self {
            Self::Install {
                connection,
                rendered,
                mode,
            } => {
                let watches = connection.job_watches();
                let install = Install {
                    watches: &watches,
                    key: &rendered.key,
                    chart: &rendered.chart,
                    values: &rendered.values,
                    labels: &rendered.labels,
                    manifests: &rendered.manifests,
                    plan: &rendered.plan,
                    waiting,
                    mode,
                };
                match mode {
                    Mode::Install | Mode::Resume => release::install(&install, &said).await?,
                    Mode::Upgrade => release::upgrade(&install, &said).await?,
                };
                if mode == Mode::Upgrade && rendered.restarts {
                    ::mesh::restart(&connection.user, jiff::Timestamp::now()).await?;
                }
                Ok(())
            }
            Self::UninstallPlan {
                connection,
                removal,
            } => {
                let watches = connection.job_watches();
                let key = removal.key.clone();
                Ok(release::uninstall(&watches, &key, &waiting, &said).await?)
            }
            Self::Join { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::join::join(primary, remote, &plan, &stop, &told).await?;
                Ok(())
            }
            Self::Rotate { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::rotate::rotate(primary, remote, &plan, SYNC_TIMEOUT, &stop, &told).await?;
                Ok(())
            }
            Self::Leave { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::leave::leave(primary, remote, &plan, &stop, &told).await?;
                Ok(())
            }
            Self::Clear {
                connection,
                plan,
                choice,
            } => {
                if choice.crds == Disposition::Delete && !plan.crds.is_empty() {
                    publish(Some(Told::Saves));
                    let text = Box::pin(cleanup::backup(&connection.user, &plan)).await?;
                    keep(&text)?;
                    publish(Some(Told::Saved(text.len())));
                }
                let told = |event| publish(Some(Told::Clear(event)));
                let cleared = cleanup::execute(&connection.user, &plan, &choice, &waiting, &told);
                Ok(Box::pin(cleared).await?)
            }
        }
    }
}

impl Console {
    /// Deploys a draft: the job's name comes back at once.
    ///
    /// # Errors
    /// [`Error::NoTarget`], [`Error::Yaml`], [`Error::Chart`], [`Error::Busy`], [`Error::Release`] when a
    /// release of that name is there, [`Error::Cluster`].
    pub async fn deploy(&self, caller: &Caller, id: &DraftId) -> Result<JobId, Error> {
        // The audit's line names what the draft holds, so it is read first: by those who may.
        let known = async { self.stored(id) };
        let (draft, _) = self.permitted(caller, Action::WriteRelease, known).await?;
        let key = draft.release_key()?;
        let at = ReleaseRef {
            cluster: draft.cluster()?.clone(),
            namespace: key.namespace.clone(),
            release: key.release.clone(),
        };
        let target = format!(
            "install {} as {}/{}/{}",
            draft.chart, at.cluster, at.namespace, at.release
        );
        let work = self.audited(caller, Action::WriteRelease, &target, async {
            let connection = self.connections.get(&at.cluster)?;
            let rendered = Box::new(self.render(&connection, &draft).await?);
            let order = JobSpec::Install {
                at: at.clone(),
                draft: Box::new(draft),
            };
            let work = JobPlan::Install {
                connection,
                rendered,
                mode: Mode::Install,
            };
            self.start(caller, order, work).await
        });
        Box::pin(work).await
    }

    /// Goes on with a job that was interrupted or failed, as a new job.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::Busy`], [`Error::Chart`] or [`Error::Cluster`].
    pub async fn resume_job(&self, caller: &Caller, id: &JobId) -> Result<JobId, Error> {
        let target = format!("continue {id}");
        let work = self.audited(caller, Action::WriteRelease, &target, async {
            let order: Option<JobSpec> = self.store.job_request(id)?;
            let order = order.ok_or_else(|| Error::NoJob(id.clone()))?;
            let connection = self.connections.get(order.subject().cluster())?;
            let work = match &order {
                JobSpec::Install { draft, .. } => {
                    let rendered = Box::new(self.render(&connection, draft).await?);
                    JobPlan::Install {
                        connection,
                        rendered,
                        mode: Mode::Resume,
                    }
                }
                JobSpec::Upgrade { at, draft } => self.plan_upgrade_job(at, draft).await?,
                JobSpec::Uninstall { at, .. } => {
                    let key = crate::releases::key_of(at);
                    let release = release::latest(&connection.user, &key).await?;
                    let removal = release::plan_uninstall(&connection.user, &release).await?;
                    JobPlan::UninstallPlan {
                        connection,
                        removal,
                    }
                }
                JobSpec::Join(who) => self.plan_join_job(who).await?,
                JobSpec::Rotate(who) => self.plan_rotation_job(who).await?,
                JobSpec::Leave(who) => self.plan_leave_job(who).await?,
                JobSpec::Clear(request) => Box::pin(self.plan_cleanup_job(request)).await?,
            };
            self.start(caller, order, work).await
        });
        Box::pin(work).await
    }
}
