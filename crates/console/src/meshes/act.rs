//! Carries out a step of a mesh, as a job.
//!
//! Each is planned anew before it begins, so that it does what was shown or says that things changed.

use super::{
    Mesh, SYSTEM,
    addresses::{self, Tried},
    networks, objects,
};
use crate::{
    Action, Caller, Console, Error,
    jobs::{Membership, Order, Sides, Work},
};
use ::mesh::{
    facts::IstioGeneration,
    join::{self, JoinSpec},
};
use wire::{
    ClusterName, JobId,
    job::MemberRef,
    mesh::{ChooseAddressRequest, PlanNote, StepKind, StepPlanView, StepRef},
};

impl Console {
    /// Carries out a step, as a job.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`] for what no job does, and as for [`Console::deploy`].
    pub async fn mesh_step(&self, caller: &Caller, step: &StepRef) -> Result<JobId, Error> {
        let known = async { self.mesh_of(step) };
        let mesh = self.permitted(caller, Action::WriteMesh, known).await?;
        match step.kind {
            StepKind::Checks | StepKind::Verify => Err(Error::NoStep),
            StepKind::Join => {
                let who = mesh.member(&step.cluster);
                let target = format!("join {} to {}", step.cluster, mesh.primary);
                let work = self.audited(caller, Action::WriteMesh, &target, async {
                    let work = Box::pin(self.join_work(&who)).await?;
                    Box::pin(self.start(caller, Order::Join(who), work)).await
                });
                Box::pin(work).await
            }
            _ => {
                let draft = async {
                    self.is_of_the_charts_line(&mesh, step).await?;
                    self.step_draft_as_planned(&mesh, step).await
                };
                let id = self.permitted(caller, Action::WriteRelease, draft).await?;
                Box::pin(self.deploy(caller, &id)).await
            }
        }
    }

    /// What joining a remote would do.
    pub(super) async fn plan_join(
        &self,
        mesh: &Mesh,
        step: &StepRef,
        plan: &mut StepPlanView,
    ) -> Result<(), Error> {
        let who = mesh.member(&step.cluster);
        let sides = self.sides(&who.member)?;
        let (wanted, tried) = self.wanted(mesh, &sides).await;
        plan.addresses = addresses::views(&tried, &wanted.server);
        plan.networks = Some(networks::view(&sides, wanted.generation).await);
        let planned = join::plan(&sides.primary.user, &sides.remote.user, &wanted).await?;
        plan.objects = objects::of_steps(&planned.steps, &who.member);
        plan.notes = planned.notes.iter().map(PlanNote::from).collect();
        plan.commands = super::commands::join(&planned, &who.member);
        Ok(())
    }

    /// Chooses the address by which the primary is to reach a remote.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoStep`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn choose_address(
        &self,
        caller: &Caller,
        request: ChooseAddressRequest,
    ) -> Result<(), Error> {
        let step = &request.step;
        let target = format!("reach {} at {}", step.cluster, request.address);
        self.audited(caller, Action::WriteMesh, &target, async {
            let mesh = self.mesh_of(step)?;
            let server = request.address.trim().to_owned();
            self.change_mesh(&mesh.name, |mesh| {
                mesh.servers.insert(step.cluster.clone(), server);
            })?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn join_work(&self, who: &Membership) -> Result<Work, Error> {
        let sides = self.sides(&who.member)?;
        let mesh = self.stored_mesh(&who.mesh)?;
        let (wanted, _) = self.wanted(&mesh, &sides).await;
        let plan = join::plan(&sides.primary.user, &sides.remote.user, &wanted).await?;
        let plan = Box::new(plan);
        Ok(Work::Join { sides, plan })
    }

    pub(super) fn sides(&self, member: &MemberRef) -> Result<Box<Sides>, Error> {
        Ok(Box::new(Sides {
            primary: self.links.get(&member.primary)?,
            remote: self.links.get(&member.remote)?,
        }))
    }

    /// The join that the console proposes: the remote's own name, and the address that was chosen.
    pub(super) async fn wanted(&self, mesh: &Mesh, sides: &Sides) -> (JoinSpec, Vec<Tried>) {
        let remote = &sides.remote;
        let ((generation, primary_id), tried, networks) = tokio::join!(
            super::member::led_by(sides),
            self.tried(remote),
            networks::typed(sides)
        );
        let [primary_network, network] =
            networks.map(|one| one.filter(|_| generation == IstioGeneration::Istiod));
        let own = mesh.servers.get(&remote.name).map(String::as_str);
        let chosen = addresses::chosen(&tried, own);
        let (server, tls_server_name, authority) = match chosen {
            Some(one) => (&one.candidate.address, &one.tls_server_name, &one.authority),
            None => (&remote.server, &remote.tls_server_name, &remote.authority),
        };
        let wanted = JoinSpec {
            name: remote.name.clone(),
            generation,
            server: server.clone(),
            tls_server_name: tls_server_name.clone(),
            ca_bundle: authority.clone(),
            namespace: SYSTEM.to_owned(),
            network,
            primary_network,
            primary_id,
            policy: self.setup.addresses,
        };
        (wanted, tried)
    }
}

impl Mesh {
    /// The place of a cluster that is one of this mesh's remotes.
    pub(super) fn remote(&self, name: &ClusterName) -> Result<Membership, Error> {
        if self.remotes.contains(name) {
            return Ok(self.member(name));
        }
        Err(Error::NoStep)
    }

    /// A remote's place in this mesh.
    pub(super) fn member(&self, remote: &ClusterName) -> Membership {
        Membership {
            mesh: self.name.clone(),
            member: MemberRef {
                primary: self.primary.clone(),
                remote: remote.clone(),
            },
        }
    }
}
