//! The faults of a sandbox cluster: shown and requested by its ConfigMap `sandbox-faults`, which describes
//! them in its annotations (docs/sandbox.md).

use crate::{Action, Caller, Console, Error};
use cluster::{AsUser, Kind, Object, ObjectRef, write_config_map_key};
use serde_json::Value;
use wire::{
    ClusterName,
    sandbox::{FaultView, SetFaultRequest},
};

const DESCRIPTION: &str = "describe.sandbox.meshspan.io/";
const EXAMPLE: &str = "example.sandbox.meshspan.io/";

fn config_map() -> ObjectRef {
    Kind::CONFIG_MAP.object(Some("kube-system"), "sandbox-faults")
}

impl Console {
    /// The faults that a sandbox cluster can have, with their values.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::NoSandbox`] when the cluster is a real one, [`Error::Cluster`] or
    /// [`Error::NotPermitted`].
    pub async fn sandbox_faults(
        &self,
        caller: &Caller,
        name: &ClusterName,
    ) -> Result<Vec<FaultView>, Error> {
        self.permitted(caller, Action::Read, async {
            let found = self.sandbox(name)?.get(&config_map()).await?;
            Ok(found.map_or_else(Vec::new, |found| faults(&found)))
        })
        .await
    }

    /// Requests or ends a fault of a sandbox cluster.
    ///
    /// # Errors
    /// As [`Console::sandbox_faults`]; [`Error::Cluster`] when the value has no meaning.
    pub async fn set_sandbox_fault(
        &self,
        caller: &Caller,
        request: SetFaultRequest,
    ) -> Result<Vec<FaultView>, Error> {
        let target = format!("set the fault {} of {}", request.key, request.cluster);
        self.audited(caller, Action::WriteCluster, &target, async {
            let user = self.sandbox(&request.cluster)?;
            let value = Some(request.value.trim()).filter(|value| !value.is_empty());
            let written = write_config_map_key(&user, &config_map(), &request.key, value).await?;
            Ok(written.map_or_else(Vec::new, |written| faults(&written)))
        })
        .await
    }

    fn sandbox(&self, name: &ClusterName) -> Result<AsUser, Error> {
        let connection = self.connections.get(name)?;
        if !connection.sandbox {
            return Err(Error::NoSandbox(name.to_string()));
        }
        Ok(connection.user.clone())
    }
}

/// The faults that a ConfigMap describes, with the values that it has.
fn faults(config_map: &Object) -> Vec<FaultView> {
    let annotations = config_map.value().pointer("/metadata/annotations");
    let annotations = annotations.and_then(Value::as_object);
    let described = annotations.into_iter().flatten();
    let fault = |(name, description): (&String, &Value)| {
        let key = name.strip_prefix(DESCRIPTION)?;
        let example = config_map.annotation(&format!("{EXAMPLE}{key}"));
        Some(FaultView {
            key: key.to_owned(),
            description: description.as_str().unwrap_or_default().to_owned(),
            example: example.unwrap_or_default().to_owned(),
            value: config_map.data(key).to_owned(),
        })
    };
    described.filter_map(fault).collect()
}
