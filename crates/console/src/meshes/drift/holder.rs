//! What holds the addresses that a remote uses: a release, or objects that belong to none.

use crate::{
    Console, Error,
    connections::RunAs,
    meshes::{ISTIO_NAMESPACE, Mesh, step_state::within},
    releases::key_of,
};
use ::mesh::{
    endpoints::{Component, ConfiguredAddress, Drifted, configured},
    facts::IstioGeneration,
};
use release::{Release, State};
use serde_json::Value;
use wire::{
    ClusterName, Namespace, ReleaseName,
    mesh::{CommandView, StepKind},
    release::ReleaseRef,
};

/// What holds the addresses of a remote.
pub(super) enum AddressHolder {
    /// A release, of the console or of Helm.
    Release(ReleaseRef, Box<Release>),
    /// Objects that belong to no release.
    Objects(Vec<ConfiguredAddress>),
}

impl Console {
    /// The holder of the addresses of a remote: the release of its step, else another release that has an address
    /// among its values, else the objects of the remote. A remote that does not respond in time has no address.
    pub(super) async fn address_holder(
        &self,
        mesh: &Mesh,
        remote: &ClusterName,
        generation: IstioGeneration,
        run_as: RunAs,
    ) -> Result<AddressHolder, Error> {
        let connection = self.connections.get(remote)?;
        let identity = connection.identity(run_as);
        let mut steps = mesh.steps().into_iter();
        let step = steps.find(|step| step.kind == StepKind::RemoteChart && step.cluster == *remote);
        let own = step.as_ref().and_then(|step| mesh.release_of(step));
        let own = own.ok_or(Error::NoStep)?;
        let key = key_of(&own);
        let latest = within(&connection, release::latest(identity, &key)).await;
        match latest {
            Ok(Ok(release)) if gives_address(&release, generation) => {
                return Ok(holder_of(own, release));
            }
            Ok(Ok(_) | Err(release::Error::NotFound { .. })) => {}
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => return Ok(AddressHolder::Objects(Vec::new())),
        }
        if let Ok(Ok(releases)) =
            within(&connection, release::list(identity, Some(ISTIO_NAMESPACE))).await
        {
            let mut releases = releases.into_iter();
            let found = releases.find(|release| gives_address(release, generation));
            if let Some((at, release)) = found.and_then(|release| at(remote, release)) {
                return Ok(holder_of(at, release));
            }
        }
        let read = configured(identity, generation, ISTIO_NAMESPACE);
        let addresses = within(&connection, read).await.unwrap_or(Ok(Vec::new()))?;
        Ok(AddressHolder::Objects(addresses))
    }
}

/// A release that gives an address; while it changes, no address is compared.
fn holder_of(at: ReleaseRef, release: Release) -> AddressHolder {
    if release.info.status == State::Deployed {
        AddressHolder::Release(at, Box::new(release))
    } else {
        AddressHolder::Objects(Vec::new())
    }
}

/// Whether a release in the namespace of Istio gives an address to its remote.
fn gives_address(release: &Release, generation: IstioGeneration) -> bool {
    let mut components = Component::all(generation).iter();
    let has_value = |component: &Component| {
        let path = format!("/{}", component.values_key().replace('.', "/"));
        let value = release.config.pointer(&path).and_then(Value::as_str);
        value.is_some_and(|value| !value.trim().is_empty())
    };
    release.info.status != State::Uninstalled
        && release.namespace == ISTIO_NAMESPACE
        && components.any(has_value)
}

fn at(cluster: &ClusterName, release: Release) -> Option<(ReleaseRef, Release)> {
    let at = ReleaseRef {
        cluster: cluster.clone(),
        namespace: Namespace::new(&release.namespace).ok()?,
        release: ReleaseName::new(&release.name).ok()?,
    };
    Some((at, release))
}

/// The command that writes the current address into the object that holds a stale one; none without a current
/// address.
pub(super) fn command(
    remote: &ClusterName,
    drifted: &Drifted,
    addresses: &[ConfiguredAddress],
) -> Option<CommandView> {
    let current = drifted.current.as_ref()?;
    let held = addresses
        .iter()
        .find(|address| address.component == drifted.component && address.address == drifted.used);
    let object = &held?.object;
    let kind = object.kind.to_lowercase();
    let namespace = object.namespace.as_deref().unwrap_or(ISTIO_NAMESPACE);
    let kubectl = format!("kubectl --context {remote} --namespace {namespace}");
    let name = &object.name;
    let used = drifted.used.replace('.', "\\.");
    let text = match object.kind.as_str() {
        "Service" => format!(
            "{kubectl} get service {name} --output yaml | sed 's/externalName: {used}/externalName: {current}/' \
             | {kubectl} replace --filename -"
        ),
        _ => format!(
            "{kubectl} get {kind} {name} --output yaml | sed 's/\\b{used}\\b/{current}/g' \
             | {kubectl} replace --filename -"
        ),
    };
    Some(CommandView {
        cluster: remote.clone(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cluster::Kind;

    #[test]
    fn the_command_writes_the_address_into_its_object() {
        let remote = ClusterName::new("west").expect("a name");
        let drifted = Drifted {
            component: Component::Pilot,
            key: Component::Pilot.values_key(),
            used: "10.0.0.1".into(),
            current: Some("10.0.0.2".into()),
            addresses: vec!["10.0.0.2".into()],
        };
        let slice = Kind::ENDPOINT_SLICE.object(Some("istio-system"), "istiod");
        let addresses = [ConfiguredAddress {
            component: Component::Pilot,
            address: "10.0.0.1".into(),
            object: slice,
        }];
        let command = command(&remote, &drifted, &addresses).expect("a command");
        assert_eq!(
            command.text,
            "kubectl --context west --namespace istio-system get endpointslice istiod --output yaml \
             | sed 's/\\b10\\.0\\.0\\.1\\b/10.0.0.2/g' \
             | kubectl --context west --namespace istio-system replace --filename -"
        );
        let gone = Drifted {
            current: None,
            ..drifted
        };
        assert_eq!(super::command(&remote, &gone, &addresses), None);
    }
}
