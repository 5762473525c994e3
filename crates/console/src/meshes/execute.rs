//! The join of a remote: its plan, which is stored as it is shown, and the address by which it is reached.

use super::{
    Mesh,
    addresses::{self, TriedAddress},
    networks, planned_objects,
};
use crate::{
    Action, Caller, Console, Error,
    connections::RunAs,
    jobs::{Join, MemberConnections, MeshMember, ProvenJoin},
};
use ::mesh::{
    facts::IstioGeneration,
    join::{self, JoinSpec},
};
use wire::{
    ClusterName, MeshName,
    address::without_userinfo,
    job::MemberRef,
    mesh::{ChooseAddressRequest, PlanNote, StepPlanView, StepRef},
};

impl Console {
    /// The plan of joining a remote.
    pub(super) async fn plan_join(
        &self,
        mesh: &Mesh,
        step: &StepRef,
        plan: &mut StepPlanView,
    ) -> Result<(), Error> {
        let member = mesh.member(&step.cluster);
        let connections = self.member_connections(&member.member)?;
        let (spec, tried) = self.join_spec(mesh, &connections, RunAs::Operator).await;
        plan.addresses = addresses::views(&tried, &spec.server);
        plan.networks = Some(networks::view(&connections, spec.member.generation).await);
        let planned =
            join::plan(&connections.primary.user, &connections.remote.user, &spec).await?;
        plan.objects = planned_objects::of_steps(&planned.steps, &member.member);
        plan.notes = planned.notes.iter().map(PlanNote::from).collect();
        plan.commands = super::commands::join(&planned, &member.member);
        let proof = self.member_proof(&connections).await;
        let planned = (connections, Box::new(ProvenJoin::new(planned, proof)));
        let review = self.store_review(Join(member), &planned, None).await?;
        plan.review = Some(review);
        Ok(())
    }

    /// Chooses the address by which the primary is to reach a remote.
    ///
    /// # Errors
    /// [`Error::ServerWithCredentials`], [`Error::NoMesh`], [`Error::NoStep`], [`Error::Store`] or
    /// [`Error::NotPermitted`].
    pub async fn choose_address(
        &self,
        caller: &Caller,
        request: ChooseAddressRequest,
    ) -> Result<(), Error> {
        let step = &request.step;
        let shown = without_userinfo(&request.address);
        let target = format!("reach {} at {shown}", step.cluster);
        self.audited(caller, Action::WriteMesh, &target, async {
            if shown != request.address {
                return Err(Error::ServerWithCredentials {
                    server: shown.clone(),
                });
            }
            let mesh = self.mesh_of(step).await?;
            let server = request.address.trim().to_owned();
            let cluster = step.cluster.clone();
            let choose = move |mesh: &mut Mesh| {
                mesh.servers.insert(cluster, server);
            };
            self.change_mesh(&mesh.name, choose).await?;
            Ok(())
        })
        .await
    }

    /// The plan of the proposed join.
    pub(crate) async fn join_plan(
        &self,
        mesh: &MeshName,
        connections: &MemberConnections,
    ) -> Result<join::Plan, Error> {
        let mesh = self.stored_mesh(mesh).await?;
        let (spec, _) = self.join_spec(&mesh, connections, RunAs::Operator).await;
        let (primary, remote) = (&connections.primary.user, &connections.remote.user);
        Ok(join::plan(primary, remote, &spec).await?)
    }

    /// The connections to the two clusters of a member.
    pub(crate) fn member_connections(
        &self,
        member: &MemberRef,
    ) -> Result<Box<MemberConnections>, Error> {
        Ok(Box::new(MemberConnections {
            primary: self.connections.get(&member.primary)?,
            remote: self.connections.get(&member.remote)?,
        }))
    }

    /// The proposed join: the remote's own name, and the chosen address.
    pub(super) async fn join_spec(
        &self,
        mesh: &Mesh,
        connections: &MemberConnections,
        run_as: RunAs,
    ) -> (JoinSpec, Vec<TriedAddress>) {
        let remote = &connections.remote;
        let (member, tried, networks) = tokio::join!(
            self.member_spec(connections, run_as),
            self.try_addresses(remote, run_as),
            networks::typed(connections, run_as)
        );
        let [primary_network, network] = networks
            .map(|network| network.filter(|_| member.generation == IstioGeneration::Istiod));
        let own = mesh.servers.get(&remote.name).map(String::as_str);
        let chosen = addresses::chosen(&tried, own);
        let (server, tls_server_name, ca_bundle) = match chosen {
            Some(address) => (
                &address.candidate.address,
                &address.tls_server_name,
                &address.ca_bundle,
            ),
            None => (&remote.server, &remote.tls_server_name, &remote.ca_bundle),
        };
        let spec = JoinSpec {
            member,
            server: server.clone(),
            tls_server_name: tls_server_name.clone(),
            ca_bundle: ca_bundle.clone(),
            network,
            primary_network,
        };
        (spec, tried)
    }
}

impl Mesh {
    /// The membership of one of this mesh's remotes.
    pub(super) fn remote(&self, name: &ClusterName) -> Result<MeshMember, Error> {
        if self.remotes.contains(name) {
            return Ok(self.member(name));
        }
        Err(Error::NoStep)
    }

    /// The membership of a remote cluster in this mesh.
    pub(super) fn member(&self, remote: &ClusterName) -> MeshMember {
        MeshMember {
            mesh: self.name.clone(),
            member: MemberRef {
                primary: self.primary.clone(),
                remote: remote.clone(),
            },
        }
    }
}
