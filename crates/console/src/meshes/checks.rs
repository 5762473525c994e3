//! The doctor over the clusters of a mesh, with what is about to come to them.

use super::{Mesh, SAMPLE, SYSTEM};
use crate::{Action, Caller, Console, Error, jobs::Sides, links::Link};
use ::mesh::{
    doctor::{examine, report_of},
    facts::{
        Intent, Line, Planned, Role,
        gather::{Bounds, Member, PlannedJoin, Question},
    },
    join,
    probe::{Tool, ways},
};
use wire::{MeshName, check::DoctorView};

/// The newest Kubernetes that the images of the built-in charts can talk to.
const NEWEST_KUBERNETES: &str = "1.21";
/// The Istio of the built-in charts.
const ISTIO: &str = "1.0.0";

/// Where Jobs try the ways: a namespace that every cluster has.
const TRY_IN: &str = "default";
/// With which image: the proxy's, which the installation pulls anyway.
const TRY_WITH: &str = "docker.io/istio/proxyv2:1.0.0";

impl Console {
    /// The same checks, after the ways between the clusters were tried from within: a Job on each side
    /// dials, and is taken away again.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn try_ways(&self, caller: &Caller, name: &MeshName) -> Result<DoctorView, Error> {
        let target = format!("try the ways of mesh {name} from within");
        let work = self.audited(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(name)?;
            self.checked(&mesh, true).await
        });
        Box::pin(work).await
    }

    /// What the doctor says of a mesh as it is planned, or is; with the ways tried from within or not.
    pub(super) async fn checked(&self, mesh: &Mesh, within: bool) -> Result<DoctorView, Error> {
        let links = mesh.clusters();
        let links = links.iter().map(|name| self.links.get(name));
        let links: Vec<Link> = links.collect::<Result<_, _>>()?;
        let primary = self.links.get(&mesh.primary)?;
        let plane = join::control_plane(&primary.user, SYSTEM).await;
        let question = Question {
            members: links.iter().map(|link| member(mesh, link)).collect(),
            joins: self.planned_joins(mesh).await?,
            // Where nothing leads yet, the built-in charts' line is the one that comes.
            line: plane.is_err().then_some(Line::Legacy),
            intent: Intent::Keep,
            policy: self.setup.addresses,
            bounds: Bounds::default(),
            now: self.setup.clock,
        };
        let mut facts = Box::pin(self.facts(&question, &links)).await;
        if within {
            let clusters: Vec<&cluster::Cluster> = links.iter().map(|link| &*link.user).collect();
            let tool = Tool::bash(TRY_WITH);
            Box::pin(ways(&mut facts, &clusters, TRY_IN, &tool, &self.setup.stop)).await;
        }
        let checks = examine(&facts).collect();
        Ok(report_of(&facts, checks))
    }

    async fn planned_joins(&self, mesh: &Mesh) -> Result<Vec<PlannedJoin>, Error> {
        let joins = mesh.remotes.iter().map(async |remote| {
            let sides: Box<Sides> = self.sides(&mesh.member(remote).member)?;
            let (wanted, _) = self.wanted(mesh, &sides).await;
            Ok(PlannedJoin {
                primary: mesh.primary.to_string(),
                remote: remote.to_string(),
                name: wanted.name.to_string(),
                server: wanted.server,
                tls_server_name: wanted.tls_server_name,
                authority: wanted.authority,
            })
        });
        futures::future::join_all(joins).await.into_iter().collect()
    }
}

fn member<'a>(mesh: &Mesh, link: &'a Link) -> Member<'a> {
    let leads = link.name == mesh.primary;
    Member {
        role: Some(if leads { Role::Primary } else { Role::Remote }),
        told: link.told.clone(),
        cluster: &link.user,
        server: link.server.clone(),
        planned: Planned {
            namespaces: vec![SYSTEM.to_owned(), SAMPLE.to_owned()],
            injected: vec![SAMPLE.to_owned()],
            balancer: leads,
            newest_kubernetes: Some(NEWEST_KUBERNETES.to_owned()),
            istio: Some(ISTIO.to_owned()),
            ..Planned::default()
        },
    }
}
