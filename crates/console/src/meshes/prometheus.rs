//! The Prometheus server of a mesh, which is asked for the traffic of its Services.
//!
//! The operator sets a Service in a cluster of the mesh; the console reaches it by port-forward and never by a URL.
//! Start at [`Console::set_prometheus`].

use super::{Mesh, traffic::Answer};
use crate::{Action, Caller, Console, Error, connections::RunAs};
use ::mesh::{
    facts::MeshFacts,
    traffic::{PrometheusQuery, ServicePath, query_traffic, test_prometheus},
};
use serde::{Deserialize, Serialize};
use wire::{
    Problem, Time,
    live::Topic,
    mesh::{PrometheusRef, PrometheusSettingView, SetPrometheusRequest},
};

/// The Prometheus server of a mesh as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MeshPrometheus {
    pub(crate) at: PrometheusRef,
    /// The operator who set it.
    by: String,
    /// When, in seconds since 1970.
    set: i64,
}

impl MeshPrometheus {
    /// The setting as a page shows it.
    pub(super) fn view(&self) -> PrometheusSettingView {
        PrometheusSettingView {
            at: self.at.clone(),
            by: self.by.clone(),
            set: Time(self.set),
        }
    }
}

impl Console {
    /// Sets the Prometheus server of a mesh after a test, or removes it.
    ///
    /// # Errors
    /// [`Error::Prometheus`] when the server does not answer or has none of Istio's metrics, [`Error::NoCluster`]
    /// when the mesh does not have the cluster, [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn set_prometheus(
        &self,
        caller: &Caller,
        request: SetPrometheusRequest,
    ) -> Result<(), Error> {
        let SetPrometheusRequest { mesh: name, at } = request;
        let target = match &at {
            Some(at) => format!("set Prometheus of mesh {name}: {at}"),
            None => format!("remove Prometheus from mesh {name}"),
        };
        self.audited(caller, Action::WriteMesh, &target, async {
            let mesh = self.stored_mesh(&name).await?;
            if let Some(at) = &at {
                self.test_server(&mesh, at).await?;
            }
            let setting = at.map(|at| MeshPrometheus {
                at,
                by: caller.operator.clone(),
                set: self.now().as_second(),
            });
            let set = move |mesh: &mut Mesh| mesh.prometheus = setting;
            self.change_mesh(&name, set).await?;
            self.changes.count(&[Topic::Traffic]);
            Ok(())
        })
        .await
    }

    /// Asks a server with the rights of the operator.
    async fn test_server(&self, mesh: &Mesh, at: &PrometheusRef) -> Result<(), Error> {
        if !mesh.clusters().contains(&at.cluster) {
            return Err(Error::NoCluster(at.cluster.to_string()));
        }
        let connection = self.connections.get(&at.cluster)?;
        let identity = connection.identity(RunAs::Operator);
        Ok(test_prometheus(identity, at, self.now()).await?)
    }

    /// The traffic of a Service as the Prometheus server of its mesh has it; none where no server is set.
    pub(super) async fn ask_prometheus(
        &self,
        mesh: &Mesh,
        facts: &MeshFacts,
        service: &ServicePath,
    ) -> Option<Answer> {
        let at = mesh.prometheus.as_ref()?.at.clone();
        let asked = async {
            let connection = self.connections.get(&at.cluster)?;
            let query = PrometheusQuery {
                identity: connection.identity(RunAs::Console),
                server: &at,
                facts,
                service,
                now: self.now(),
            };
            Ok::<_, Error>(query_traffic(&query).await?)
        };
        let outcome = asked.await.map_err(|error| Problem::from(&error));
        Some(Answer { at, outcome })
    }
}
