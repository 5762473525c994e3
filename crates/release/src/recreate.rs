//! Objects with immutable fields that the next revision changes: they can only be deleted and created again.
//!
//! The API server tells which fields are immutable, by the messages of its validation
//! (`k8s.io/apimachinery/pkg/api/validation` and `k8s.io/kubernetes/pkg/apis/*/validation`). Start at
//! [`immutable_fields`].

use crate::{Error, Operation, field_manager, field_manager::Revision};
use cluster::{Object, Propagation};
use wire::{
    ObjectName,
    decision::{Recreation, RecreationCost},
};

/// The immutable fields of a rejection; none when something else is rejected too.
pub(crate) fn immutable_fields(error: &cluster::Error) -> Option<Vec<String>> {
    if !error.is_invalid() {
        return None;
    }
    let causes = &error.status()?.causes;
    let is_immutable = |message: &str| {
        message.contains("immutable")
            || message.contains("may not change")
            || message.contains("cannot change roleRef")
            || (message.contains("updates to ") && message.contains("forbidden"))
    };
    let all = !causes.is_empty() && causes.iter().all(|(_, message)| is_immutable(message));
    all.then(|| {
        let mut fields: Vec<String> = causes.iter().map(|(field, _)| field.clone()).collect();
        fields.dedup();
        fields
    })
}

/// The offer to delete an object and create it again; none when it was rejected for another reason.
pub(crate) fn offer(
    object: &Object,
    error: &cluster::Error,
    recreated: &[ObjectName],
) -> Option<Recreation> {
    let reference = object.reference();
    Some(Recreation {
        fields: immutable_fields(error)?,
        cost: cost(object),
        is_chosen: recreated.contains(&reference),
        object: reference,
    })
}

/// What it costs to delete an object and create it again.
fn cost(object: &Object) -> RecreationCost {
    let claims = object.list("/spec/volumeClaimTemplates");
    match object.kind() {
        "StatefulSet" if !claims.is_empty() => RecreationCost::DowntimeKeepingVolumes,
        "StatefulSet" | "Deployment" | "DaemonSet" | "ReplicaSet" | "Pod" => {
            RecreationCost::Downtime
        }
        "Job" => RecreationCost::RunsAgain,
        "Service" => RecreationCost::NewAddress,
        "PersistentVolumeClaim" | "PersistentVolume" => RecreationCost::DataLoss,
        _ => RecreationCost::Interruption,
    }
}

/// Deletes an object with its dependents, waits until it is gone, and creates it again.
pub(crate) async fn recreate(operation: &Operation<'_>, object: &Object) -> Result<(), Error> {
    let (cluster, reference) = (operation.cluster(), object.reference());
    cluster.delete(&reference, Propagation::Foreground).await?;
    let gone =
        cluster::wait_until_deleted(cluster, std::slice::from_ref(&reference), operation.wait);
    gone.await.map_err(Error::from_wait)?;
    let created = field_manager::apply(cluster, object, (Revision::First, &[])).await;
    created.map_err(|error| Error::rejected(reference, error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use wire::ClusterName;

    fn rejected(causes: &[(&str, &str)]) -> cluster::Error {
        let causes = causes.iter();
        cluster::Error::Refused {
            cluster: ClusterName::new("east").expect("a name"),
            verb: cluster::Verb::Apply,
            object: "a".into(),
            source: cluster::ApiStatus {
                code: 422,
                reason: "Invalid".into(),
                message: String::new(),
                causes: causes
                    .map(|(field, message)| ((*field).to_owned(), (*message).to_owned()))
                    .collect(),
            },
        }
    }

    #[test]
    fn a_rejection_is_an_offer_only_when_every_field_of_it_is_immutable() {
        let selector = ("spec.selector", "Invalid value: {}: field is immutable");
        let other = ("spec.replicas", "Invalid value: -1: must be greater than 0");
        let claims = (
            "spec",
            "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
        );
        let address = (
            "spec.clusterIPs[0]",
            "Invalid value: []: may not change once set",
        );
        for (causes, fields) in [
            (vec![selector], Some(vec!["spec.selector"])),
            (vec![claims], Some(vec!["spec"])),
            (vec![address], Some(vec!["spec.clusterIPs[0]"])),
            (vec![selector, other], None),
            (vec![], None),
        ] {
            let found = immutable_fields(&rejected(&causes));
            let fields = fields.map(|fields| fields.into_iter().map(str::to_owned).collect());
            assert_eq!(found, fields, "{causes:?}");
        }
    }

    #[test]
    fn the_volumes_of_a_stateful_set_stay_and_those_of_a_claim_do_not() {
        let of = |kind: &str, spec: &serde_json::Value| {
            let object = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"},
                "spec": spec});
            cost(&Object::new(object).expect("an object"))
        };
        let claims = json!({"volumeClaimTemplates": [{"metadata": {"name": "data"}}]});
        assert_eq!(
            of("StatefulSet", &claims),
            RecreationCost::DowntimeKeepingVolumes
        );
        assert_eq!(of("StatefulSet", &json!({})), RecreationCost::Downtime);
        assert_eq!(
            of("PersistentVolumeClaim", &json!({})),
            RecreationCost::DataLoss
        );
        assert_eq!(of("RoleBinding", &json!({})), RecreationCost::Interruption);
    }
}
