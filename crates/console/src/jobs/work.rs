//! What a job does: installs, takes away, joins, rotates, leaves, clears; asked for by an operator, or going on
//! where it stopped.

use super::Console;
use crate::{Action, Caller, Error, draft::Draft, links::Link, render::Rendered};
use ::mesh::cleanup::{self, Disposition, Selection};
use cluster::Waiting;
use release::{Event, Install, Mode, Removal};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use wire::{
    DraftId, JobId, MeshName,
    job::{MemberRef, Subject},
    mesh::CleanupRequest,
    release::ReleaseRef,
};

/// What was asked for, as it is stored under its seal.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Order {
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
    Join(Membership),
    /// Gives the reader of a remote a new token.
    Rotate(Membership),
    /// Takes a remote out of its mesh.
    Leave(Membership),
    /// Takes away what a mesh left on a cluster.
    Clear(CleanupRequest),
}

/// Whose place in which mesh.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Membership {
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

impl Order {
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
pub(crate) enum Work {
    /// An installation, rendered.
    Install {
        link: Link,
        rendered: Box<Rendered>,
        mode: Mode,
    },
    /// A removal, planned.
    Removal { link: Link, removal: Removal },
    /// A join, planned.
    Join {
        sides: Box<Sides>,
        plan: Box<::mesh::join::Plan>,
    },
    /// A rotation, planned.
    Rotate {
        sides: Box<Sides>,
        plan: Box<::mesh::rotate::Plan>,
    },
    /// A leave, planned.
    Leave {
        sides: Box<Sides>,
        plan: Box<::mesh::leave::Plan>,
    },
    /// What is left on a cluster, and what of it goes.
    Clear {
        link: Link,
        plan: Box<::mesh::cleanup::Plan>,
        choice: Selection,
    },
}

/// The two clusters of a join.
pub(crate) struct Sides {
    pub(crate) primary: Link,
    pub(crate) remote: Link,
}

impl Work {
    /// Carries it out; `publish` hears each step, `keep` is given what has to outlast the job.
    pub(crate) async fn carry_out(
        self,
        publish: &(impl Fn(Option<Told>) + Send + Sync),
        keep: &(dyn Fn(&str) -> Result<(), Error> + Send + Sync),
        stop: CancellationToken,
        patience: Duration,
    ) -> Result<(), Error> {
        let waiting = Waiting {
            for_at_most: patience,
            stop: stop.clone(),
        };
        let said = |event| publish(Some(Told::Release(event)));
        let told = |event| publish(Some(Told::Mesh(event)));
        match self {
            Self::Install {
                link,
                rendered,
                mode,
            } => {
                let watches = link.for_job();
                let install = Install {
                    watches: &watches,
                    place: &rendered.place,
                    chart: &rendered.chart,
                    values: &rendered.values,
                    labels: &rendered.labels,
                    manifests: &rendered.manifests,
                    plan: &rendered.plan,
                    waiting,
                    mode,
                };
                match mode {
                    Mode::Begin | Mode::Continue => release::install(&install, &said).await?,
                    Mode::Upgrade => release::upgrade(&install, &said).await?,
                };
                if mode == Mode::Upgrade && rendered.restarts {
                    ::mesh::restart(&link.user, jiff::Timestamp::now()).await?;
                }
                Ok(())
            }
            Self::Removal { link, removal } => {
                let watches = link.for_job();
                let place = removal.place.clone();
                Ok(release::uninstall(&watches, &place, &waiting, &said).await?)
            }
            Self::Join { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::join::join(primary, remote, &plan, &stop, &told).await?;
                Ok(())
            }
            Self::Rotate { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::rotate::rotate(primary, remote, &plan, &stop, &told).await?;
                Ok(())
            }
            Self::Leave { sides, plan } => {
                let (primary, remote) = (&sides.primary.user, &sides.remote.user);
                ::mesh::leave::leave(primary, remote, &plan, &stop, &told).await?;
                Ok(())
            }
            Self::Clear { link, plan, choice } => {
                if choice.crds == Disposition::Delete && !plan.crds.is_empty() {
                    publish(Some(Told::Saves));
                    let text = Box::pin(cleanup::backup(&link.user, &plan)).await?;
                    keep(&text)?;
                    publish(Some(Told::Saved(text.len())));
                }
                let told = |event| publish(Some(Told::Clear(event)));
                let cleared = cleanup::execute(&link.user, &plan, &choice, &waiting, &told);
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
        let place = draft.place()?;
        let at = ReleaseRef {
            cluster: draft.cluster()?.clone(),
            namespace: place.namespace.clone(),
            release: place.release.clone(),
        };
        let target = format!(
            "install {} as {}/{}/{}",
            draft.chart, at.cluster, at.namespace, at.release
        );
        let work = self.audited(caller, Action::WriteRelease, &target, async {
            let link = self.links.get(&at.cluster)?;
            let rendered = Box::new(self.render(&link, &draft).await?);
            let order = Order::Install {
                at: at.clone(),
                draft: Box::new(draft),
            };
            let work = Work::Install {
                link,
                rendered,
                mode: Mode::Begin,
            };
            self.start(caller, order, work).await
        });
        Box::pin(work).await
    }

    /// Goes on with a job that was interrupted or failed, as a new job.
    ///
    /// # Errors
    /// [`Error::NoJob`], [`Error::Busy`], [`Error::Chart`] or [`Error::Cluster`].
    pub async fn continue_job(&self, caller: &Caller, id: &JobId) -> Result<JobId, Error> {
        let target = format!("continue {id}");
        let work = self.audited(caller, Action::WriteRelease, &target, async {
            let order: Option<Order> = self.store.job_request(id)?;
            let order = order.ok_or_else(|| Error::NoJob(id.clone()))?;
            let link = self.links.get(order.subject().cluster())?;
            let work = match &order {
                Order::Install { draft, .. } => {
                    let rendered = Box::new(self.render(&link, draft).await?);
                    Work::Install {
                        link,
                        rendered,
                        mode: Mode::Continue,
                    }
                }
                Order::Upgrade { at, draft } => self.upgrade_work(at, draft).await?,
                Order::Uninstall { at, .. } => {
                    let place = crate::releases::place(at);
                    let release = release::latest(&link.user, &place).await?;
                    let removal = release::plan_removal(&link.user, &release).await?;
                    Work::Removal { link, removal }
                }
                Order::Join(who) => self.join_work(who).await?,
                Order::Rotate(who) => self.rotation_work(who).await?,
                Order::Leave(who) => self.leave_work(who).await?,
                Order::Clear(request) => Box::pin(self.clear_work(request)).await?,
            };
            self.start(caller, order, work).await
        });
        Box::pin(work).await
    }
}
