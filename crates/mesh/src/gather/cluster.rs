//! The facts of one cluster, out of a few lists.

use super::{
    ClusterSnapshot, GatherRequest, GatherTarget, host_names,
    joins::ReaderObjects,
    leftovers,
    lists::{Lists, each, lists, several},
    ranges, read,
    reader::ClusterReader,
    trust,
};
use crate::{
    facts::{
        ClockFacts, ClusterFacts, ControlPlaneFacts, CrdFacts, Fact, Intent, ManagedFacts,
        MutualTlsFacts, NamespaceFacts, OwnershipFacts, RemoteSecretFacts, Role, Unknown,
    },
    istio::{
        MULTI_CLUSTER_LABEL, NETWORK_LABEL, REMOTE_SECRET_PREFIX, SYSTEM_NAMESPACE,
        reader::is_reader,
    },
};
use cluster::{Apply, Credentials, Object};
use k8s_openapi::api::coordination::v1::Lease;
use serde_json::json;
use wire::ClusterName;

/// All facts of one cluster.
pub(super) async fn snapshot(
    request: &GatherRequest<'_>,
    member: &GatherTarget<'_>,
) -> ClusterSnapshot {
    let name = member.identity.cluster().name();
    let (cluster, response) = (member.identity.cluster(), member.response.clone());
    let reader = match ClusterReader::prepare(cluster, request.timeouts, response).await {
        Ok(reader) => reader,
        Err(unknown) => return unreachable(name, member, unknown),
    };
    let lists = lists(&reader).await;
    let mut facts = facts(name, member, &reader, &lists).await;
    let services = facts.services.as_deref_mut().unwrap_or_default();
    host_names::resolve(services.iter_mut(), request.resolver).await;
    istio_objects(&reader, &mut facts).await;
    facts.clock = server_time(request, &reader, &lists).await;
    facts.injection_dry_run = dry_run_injected_pod(&reader, &facts).await;
    if request.intent == Intent::Remove {
        facts.configuration = leftovers::configuration(&reader).await;
        facts.leftovers = leftovers::leftovers(&reader, &lists).await;
    }
    let (secrets, stored) = remote_secrets(request, &lists);
    facts.remote_secrets = secrets;
    let mesh = lists.mesh_config.as_ref().map_err(Clone::clone);
    let proxy_addresses = mesh.and_then(|map| match map {
        Some(map) => read::mesh_config(map).map(|config| config.proxy_addresses),
        None => Ok(Vec::new()),
    });
    ClusterSnapshot {
        facts,
        stored,
        proxy_addresses,
        reader: ReaderObjects::of(&lists),
    }
}

fn unreachable(name: &ClusterName, member: &GatherTarget<'_>, unknown: Unknown) -> ClusterSnapshot {
    let mut facts = ClusterFacts::unknown(name, Role::Remote, &unknown);
    facts.planned = member.planned.clone();
    facts.network.clone_from(&member.network_override.network);
    let filled_in = |ranges| {
        member
            .network_override
            .fill_in(Err(unknown.clone()), ranges)
    };
    facts.pod_ranges = filled_in(&member.network_override.pods);
    facts.service_ranges = filled_in(&member.network_override.services);
    ClusterSnapshot {
        facts,
        stored: Vec::new(),
        proxy_addresses: Err(unknown.clone()),
        reader: ReaderObjects::unknown(&unknown),
    }
}

/// The facts that are read from the lists alone.
async fn facts(
    name: &ClusterName,
    member: &GatherTarget<'_>,
    reader: &ClusterReader,
    lists: &Lists,
) -> ClusterFacts {
    let namespaces = each(&lists.namespaces, read::namespace);
    let network = member
        .network_override
        .network_or_typed(network_of(&namespaces));
    let pods = each(&lists.pods, read::pod);
    let requested = each(&lists.pods, read::requests).map(|pods| ranges::sum(&pods));
    ClusterFacts {
        network: network.map(|(name, _)| name).unwrap_or_default(),
        planned: member.planned.clone(),
        uid: uid(&lists.namespaces),
        version: reader.version.clone(),
        pod_ranges: ranges::pod_ranges(reader, &lists.pods, &lists.nodes, &member.network_override)
            .await,
        service_ranges: ranges::service_ranges(reader, &member.network_override).await,
        nodes: each(&lists.nodes, read::node),
        requested,
        services: each(&lists.services, read::service),
        endpoints: several(&lists.slices, read::endpoints),
        webhooks: several(&lists.webhooks, read::webhooks),
        crds: crds(lists),
        owned: owned(lists),
        managed: managed(lists),
        control_plane: control_plane(lists),
        roots: trust::roots(lists),
        ca: trust::plugged_in_ca(lists),
        root_cert_namespaces: trust::root_cert_namespaces(lists),
        namespaces,
        pods,
        ..ClusterFacts::new(name, Role::Remote)
    }
}

/// The network in the label of the control plane's namespace.
pub(super) fn network_of(namespaces: &Fact<Vec<NamespaceFacts>>) -> Option<&str> {
    let all = namespaces.as_deref().unwrap_or_default();
    let system = all
        .iter()
        .find(|namespace| namespace.name == SYSTEM_NAMESPACE);
    system.and_then(|namespace| namespace.label(NETWORK_LABEL))
}

fn uid(namespaces: &Fact<Vec<Object>>) -> Fact<String> {
    let all = namespaces.as_ref().map_err(Clone::clone)?;
    let system = all
        .iter()
        .find(|namespace| namespace.name() == "kube-system");
    let uid = system.map(|namespace| namespace.uid().to_owned());
    uid.ok_or_else(|| Unknown::because("namespace kube-system does not exist"))
}

fn crds(lists: &Lists) -> Fact<Vec<CrdFacts>> {
    let all = each(&lists.crds, read::crd)?;
    let read = |crd: &CrdFacts| {
        let name = &crd.name;
        name.ends_with("istio.io") || name.ends_with(".gateway.networking.k8s.io")
    };
    Ok(all.into_iter().filter(read).collect())
}

/// The owners of the reader's objects.
fn owned(lists: &Lists) -> Fact<Vec<OwnershipFacts>> {
    let mut owned = Vec::new();
    for list in [&lists.accounts, &lists.roles, &lists.bindings] {
        let all = list.as_ref().map_err(Clone::clone)?;
        let readers = all.iter().filter(|object| is_reader(object.name()));
        owned.extend(readers.map(|object| OwnershipFacts {
            object: object.reference().to_string(),
            owner: read::owner(object),
        }));
    }
    Ok(owned)
}

fn managed(lists: &Lists) -> Fact<Vec<ManagedFacts>> {
    let mut managed = Vec::new();
    for list in [&lists.deployments, &lists.accounts, &lists.webhooks] {
        let all = list.as_ref().map_err(Clone::clone)?;
        managed.extend(all.iter().filter_map(|object| {
            let is_istio =
                object.namespace() == Some(SYSTEM_NAMESPACE) || object.name().contains("istio");
            let tool = read::tool(object).filter(|_| is_istio)?;
            Some(ManagedFacts {
                object: object.reference().to_string(),
                tool: tool.to_owned(),
            })
        }));
    }
    Ok(managed)
}

fn control_plane(lists: &Lists) -> Fact<Option<ControlPlaneFacts>> {
    let deployments = lists.deployments.as_ref().map_err(Clone::clone)?;
    let Some(mut plane) = read::control_plane(deployments)? else {
        return Ok(None);
    };
    plane.config = match &lists.mesh_config {
        Ok(Some(map)) => read::mesh_config(map),
        Ok(None) => Err(Unknown::because("ConfigMap istio does not exist")),
        Err(unknown) => Err(unknown.clone()),
    };
    Ok(Some(plane))
}

/// Reads gateways, mutual TLS policies and destination rules.
async fn istio_objects(reader: &ClusterReader, facts: &mut ClusterFacts) {
    let (gateways, peer_authentications, mesh_policies, policies, rules, entries) = tokio::join!(
        reader.list_istio("networking.istio.io", "Gateway"),
        reader.list_istio("security.istio.io", "PeerAuthentication"),
        reader.list_istio("authentication.istio.io", "MeshPolicy"),
        reader.list_istio("authentication.istio.io", "Policy"),
        reader.list_istio("networking.istio.io", "DestinationRule"),
        reader.list_istio("networking.istio.io", "WorkloadEntry"),
    );
    facts.workload_entries = entries.map(|entries| read::workload_entries(&entries));
    facts.gateways = each(&gateways, read::gateway);
    let modes = |policy: &Object| -> Result<Vec<MutualTlsFacts>, cluster::Error> {
        let mode = read::mutual_tls(policy, SYSTEM_NAMESPACE)?;
        Ok(mode.into_iter().collect())
    };
    let modes = [peer_authentications, mesh_policies, policies].map(|list| several(&list, modes));
    facts.mutual_tls = modes.into_iter().try_fold(Vec::new(), |mut all, modes| {
        all.extend(modes?);
        Ok(all)
    });
    facts.locality = several(&rules, |rule| {
        Ok(read::locality(rule)?.into_iter().collect())
    });
}

async fn server_time(
    request: &GatherRequest<'_>,
    reader: &ClusterReader,
    lists: &Lists,
) -> ClockFacts {
    let network_override = reader.within(reader.cluster.server_time()).await;
    let now = (request.now)().as_second();
    let server = network_override.and_then(|network_override| match network_override {
        Some(network_override) => Ok(network_override.as_second() - now),
        None => Err(Unknown::because("its responses have no Date header")),
    });
    let leases = lists.leases.as_ref().map_err(Clone::clone).map(|leases| {
        let renewed = leases.iter().filter_map(|lease| {
            let renewed = lease.typed::<Lease>().ok()?.spec?.renew_time?;
            Some((lease.name().to_owned(), now - renewed.0.as_second()))
        });
        renewed.collect()
    });
    ClockFacts { server, leases }
}

/// Applies a pod to a namespace with injection as a dry run.
async fn dry_run_injected_pod(
    reader: &ClusterReader,
    facts: &ClusterFacts,
) -> Fact<Option<Result<(), String>>> {
    let namespaces = facts.namespaces.as_ref().map_err(Clone::clone)?;
    let injected = namespaces
        .iter()
        .find(|namespace| namespace.injection_enabled());
    let Some(namespace) = injected else {
        return Ok(None);
    };
    let pod = Object::new(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "meshspan-injection-dry-run", "namespace": namespace.name},
        "spec": {"containers": [{"name": "main", "image": "meshspan.invalid/none:1"}]},
    }))
    .map_err(|error| Unknown::from(&error))?;
    let call = reader.cluster.apply(&pod, Apply::DryRun);
    match reader.within(async { Ok(call.await) }).await? {
        Ok(_) => Ok(Some(Ok(()))),
        Err(error) if error.is_forbidden() && !is_webhook_denial(&error) => Err(error.into()),
        Err(error) => match error.status() {
            Some(status) => Ok(Some(Err(status.message.clone()))),
            None => Err(error.into()),
        },
    }
}

/// Whether a webhook denied the request, and not missing rights.
fn is_webhook_denial(error: &cluster::Error) -> bool {
    error
        .status()
        .is_some_and(|status| status.message.contains("webhook"))
}

type Stored = Vec<Vec<Option<Credentials>>>;

/// The remote Secrets of all readable namespaces, each with its credentials.
fn remote_secrets(
    request: &GatherRequest<'_>,
    lists: &Lists,
) -> (Fact<Vec<RemoteSecretFacts>>, Stored) {
    let found = match (&lists.labelled, &lists.secrets) {
        (Ok(labelled), Ok(in_system_namespace)) => {
            let unlabelled = |secret: &&Object| {
                secret.name().starts_with(REMOTE_SECRET_PREFIX)
                    && secret.label(MULTI_CLUSTER_LABEL).is_none()
            };
            labelled
                .iter()
                .chain(in_system_namespace.iter().filter(unlabelled))
                .collect::<Vec<_>>()
        }
        (Ok(labelled), Err(_)) => labelled.iter().collect(),
        (Err(_), Ok(in_system_namespace)) => {
            let labelled = in_system_namespace
                .iter()
                .filter(|secret| secret.label(MULTI_CLUSTER_LABEL).is_some());
            labelled.collect()
        }
        (Err(unknown), Err(_)) => return (Err(unknown.clone()), Vec::new()),
    };
    let read = found
        .iter()
        .map(|secret| read::remote_secret(secret, request.policy));
    match read.collect::<Result<Vec<_>, _>>() {
        Ok(read) => {
            let (secrets, stored) = read.into_iter().unzip();
            (Ok(secrets), stored)
        }
        Err(error) => (Err(error.into()), Vec::new()),
    }
}
