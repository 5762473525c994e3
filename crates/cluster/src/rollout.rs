//! Restarts a workload as `kubectl rollout restart` does: an annotation of its pod template gets the time.

use crate::{Cluster, Error, ObjectRef, Verb};
use jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use serde_json::json;

impl Cluster {
    /// Restarts the pods of a workload.
    ///
    /// # Errors
    /// As [`Cluster::get`]; [`Error::is_not_found`] when the workload does not exist.
    pub async fn restart(&self, workload: &ObjectRef, now: Timestamp) -> Result<(), Error> {
        let api = self.api_of(workload).await?;
        let annotations = json!({"kubectl.kubernetes.io/restartedAt": now.to_string()});
        let template = json!({"metadata": {"annotations": annotations}});
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
