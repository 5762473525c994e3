//! Restarts a workload as `kubectl rollout restart` does: its pods' template gets the time as a mark.

use crate::{Cluster, Error, ObjectRef, Verb};
use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use serde_json::json;

impl Cluster {
    /// Lets a workload make its pods anew.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_not_found`] when it is not there.
    pub async fn restart(&self, workload: &ObjectRef, now: Timestamp) -> Result<(), Error> {
        let api = self.api_of(workload).await?;
        let marks = json!({"kubectl.kubernetes.io/restartedAt": now.to_string()});
        let template = json!({"metadata": {"annotations": marks}});
        let patch = Patch::Merge(json!({"spec": {"template": template}}));
        let parameters = PatchParams {
            field_manager: Some(self.manager.to_string()),
            ..PatchParams::default()
        };
        let call = api.patch(&workload.name, &parameters, &patch);
        self.call(Verb::Update, workload, call).await?;
        Ok(())
    }
}
