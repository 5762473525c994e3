//! One cluster's facts, out of a few lists.

use super::{
    ClusterSnapshot, GatherRequest, GatherTarget,
    ask::{ClusterReader, why},
    joins::ReaderObjects,
    ranges, remains, trust,
};
use crate::facts::{
    ClockFacts, ClusterFacts, ControlPlaneFacts, Fact, Intent, ManagedFacts, MutualTlsFacts,
    NamespaceFacts, OwnershipFacts, RemoteSecretFacts, Role, Unknown, read,
};
use crate::join::names::NETWORK;
use cluster::{Apply, Credentials, Object};
use serde_json::json;

const SYSTEM: &str = "istio-system";
const ADMISSION: &str = "admissionregistration.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";

/// What is listed of a cluster.
pub(super) struct Lists {
    pub(super) nodes: Fact<Vec<Object>>,
    pub(super) pods: Fact<Vec<Object>>,
    pub(super) services: Fact<Vec<Object>>,
    pub(super) slices: Fact<Vec<Object>>,
    pub(super) namespaces: Fact<Vec<Object>>,
    pub(super) webhooks: Fact<Vec<Object>>,
    pub(super) crds: Fact<Vec<Object>>,
    pub(super) secrets: Fact<Vec<Object>>,
    pub(super) labelled: Fact<Vec<Object>>,
    pub(super) deployments: Fact<Vec<Object>>,
    pub(super) maps: Fact<Vec<Object>>,
    pub(super) mesh: Fact<Option<Object>>,
    pub(super) leases: Fact<Vec<Object>>,
    pub(super) accounts: Fact<Vec<Object>>,
    pub(super) roles: Fact<Vec<Object>>,
    pub(super) bindings: Fact<Vec<Object>>,
}

async fn lists(asked: &ClusterReader) -> Lists {
    let all = |api, kind| asked.list(api, kind, None, "");
    let inside = |api, kind| asked.list(api, kind, Some(SYSTEM), "");
    let (nodes, pods, services, slices, namespaces, crds) = tokio::join!(
        Box::pin(all("v1", "Node")),
        Box::pin(all("v1", "Pod")),
        Box::pin(all("v1", "Service")),
        Box::pin(all("discovery.k8s.io/v1", "EndpointSlice")),
        Box::pin(all("v1", "Namespace")),
        Box::pin(all("apiextensions.k8s.io/v1", "CustomResourceDefinition")),
    );
    let (mutating, validating, secrets, labelled, deployments) = tokio::join!(
        Box::pin(all(ADMISSION, "MutatingWebhookConfiguration")),
        Box::pin(all(ADMISSION, "ValidatingWebhookConfiguration")),
        Box::pin(inside("v1", "Secret")),
        Box::pin(asked.list("v1", "Secret", None, "istio/multiCluster")),
        Box::pin(inside("apps/v1", "Deployment")),
    );
    let (maps, mesh, leases, accounts, roles, bindings) = tokio::join!(
        Box::pin(asked.list("v1", "ConfigMap", None, "istio.io/config=true")),
        Box::pin(asked.get("v1", "ConfigMap", Some(SYSTEM), "istio")),
        Box::pin(asked.list(
            "coordination.k8s.io/v1",
            "Lease",
            Some("kube-node-lease"),
            ""
        )),
        Box::pin(inside("v1", "ServiceAccount")),
        Box::pin(all(RBAC, "ClusterRole")),
        Box::pin(all(RBAC, "ClusterRoleBinding")),
    );
    let webhooks = mutating.and_then(|mut one| {
        one.extend(validating?);
        Ok(one)
    });
    Lists {
        nodes,
        pods,
        services,
        slices,
        namespaces,
        webhooks,
        crds,
        secrets,
        labelled,
        deployments,
        maps,
        mesh,
        leases,
        accounts,
        roles,
        bindings,
    }
}

/// Each object of a list, read.
fn each<T>(list: &Fact<Vec<Object>>, read: impl Fn(&Object) -> T) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(list.iter().map(read).collect())
}

fn several<T>(list: &Fact<Vec<Object>>, read: impl Fn(&Object) -> Vec<T>) -> Fact<Vec<T>> {
    let list = list.as_ref().map_err(Clone::clone)?;
    Ok(list.iter().flat_map(read).collect())
}

/// Everything about one cluster.
pub(super) async fn of(request: &GatherRequest<'_>, member: &GatherTarget<'_>) -> ClusterSnapshot {
    let name = member.cluster.name().as_str();
    let asked = match ClusterReader::prepare(member.cluster, request.timeouts).await {
        Ok(asked) => asked,
        Err(unknown) => return nothing(name, member, unknown),
    };
    let lists = Box::pin(lists(&asked)).await;
    let mut facts = Box::pin(first(name, member, &asked, &lists)).await;
    Box::pin(istio_objects(&asked, &mut facts)).await;
    facts.clock = Box::pin(clock(request, &asked, &lists)).await;
    facts.injection_dry_run = Box::pin(try_a_pod(&asked, &facts)).await;
    if request.intent == Intent::Remove {
        facts.configuration = Box::pin(remains::configuration(&asked)).await;
        facts.leftovers = Box::pin(remains::leftovers(&asked, &lists)).await;
    }
    let (secrets, stored) = remote_secrets(request, &lists);
    facts.remote_secrets = secrets;
    let mesh = lists.mesh.as_ref().map_err(Clone::clone);
    let dialled = mesh.and_then(|map| match map {
        Some(map) => read::mesh_config(map).map(|config| config.proxy_addresses),
        None => Ok(Vec::new()),
    });
    ClusterSnapshot {
        facts,
        stored,
        dialled,
        raw: ReaderObjects::of(&lists),
    }
}

fn nothing(name: &str, member: &GatherTarget<'_>, unknown: Unknown) -> ClusterSnapshot {
    let mut facts = ClusterFacts::unknown(name, Role::Remote, &unknown);
    facts.planned = member.planned.clone();
    facts.network.clone_from(&member.network_override.network);
    let network_override = |ranges| {
        member
            .network_override
            .fill_in(Err(unknown.clone()), ranges)
    };
    facts.pod_ranges = network_override(&member.network_override.pods);
    facts.service_ranges = network_override(&member.network_override.services);
    ClusterSnapshot {
        facts,
        stored: Vec::new(),
        dialled: Err(unknown.clone()),
        raw: ReaderObjects::unknown(&unknown),
    }
}

/// What is read straight out of the lists.
async fn first(
    name: &str,
    member: &GatherTarget<'_>,
    asked: &ClusterReader,
    lists: &Lists,
) -> ClusterFacts {
    let namespaces = each(&lists.namespaces, read::namespace);
    let network = member.network_override.named(network_of(&namespaces));
    let pods = each(&lists.pods, read::pod);
    let requested = lists.pods.as_ref().map_err(Clone::clone);
    ClusterFacts {
        network: network.map(|(name, _)| name).unwrap_or_default(),
        planned: member.planned.clone(),
        uid: uid(&lists.namespaces),
        version: asked.within(asked.cluster.version()).await,
        pod_ranges: ranges::of_pods(asked, &lists.pods, &lists.nodes, &member.network_override)
            .await,
        service_ranges: ranges::of_services(asked, &member.network_override).await,
        nodes: each(&lists.nodes, read::node),
        requested: requested.map(|pods| ranges::requested(pods)),
        services: each(&lists.services, read::service),
        endpoints: several(&lists.slices, read::endpoints),
        webhooks: several(&lists.webhooks, read::webhooks),
        crds: crds(lists),
        owned: owned(lists),
        managed: managed(lists),
        control_plane: control_plane(lists),
        roots: trust::roots(lists),
        ca: trust::plugged_in(lists),
        root_cert_namespaces: trust::maps(lists),
        namespaces,
        pods,
        ..ClusterFacts::new(name, Role::Remote)
    }
}

/// The network's name, as the label of the control plane's namespace says it.
pub(super) fn network_of(namespaces: &Fact<Vec<NamespaceFacts>>) -> Option<&str> {
    let all = namespaces.as_deref().unwrap_or_default();
    let system = all.iter().find(|one| one.name == SYSTEM);
    system.and_then(|one| one.label(NETWORK))
}

fn uid(namespaces: &Fact<Vec<Object>>) -> Fact<String> {
    let all = namespaces.as_ref().map_err(Clone::clone)?;
    let system = all.iter().find(|one| one.name() == "kube-system");
    let uid = system.map(|one| one.text("/metadata/uid").to_owned());
    uid.ok_or_else(|| Unknown::because("there is no namespace kube-system"))
}

fn crds(lists: &Lists) -> Fact<Vec<crate::facts::CrdFacts>> {
    let all = each(&lists.crds, read::crd)?;
    let istios = all.into_iter().filter(|one| one.name.ends_with("istio.io"));
    Ok(istios.collect())
}

/// The reader's objects and whose they are.
fn owned(lists: &Lists) -> Fact<Vec<OwnershipFacts>> {
    let mut owned = Vec::new();
    for list in [&lists.accounts, &lists.roles, &lists.bindings] {
        let all = list.as_ref().map_err(Clone::clone)?;
        let readers = all.iter().filter(|one| {
            let name = one.name();
            name == "istio-multi" || name == "istio-reader" || name.starts_with("istio-reader-")
        });
        owned.extend(readers.map(|one| OwnershipFacts {
            object: one.reference().to_string(),
            owner: read::owner(one),
        }));
    }
    Ok(owned)
}

fn managed(lists: &Lists) -> Fact<Vec<ManagedFacts>> {
    let mut managed = Vec::new();
    for list in [&lists.deployments, &lists.accounts, &lists.webhooks] {
        let all = list.as_ref().map_err(Clone::clone)?;
        managed.extend(all.iter().filter_map(|one| {
            let about_istio = one.namespace() == Some(SYSTEM) || one.name().contains("istio");
            let tool = read::tool(one).filter(|_| about_istio)?;
            Some(ManagedFacts {
                object: one.reference().to_string(),
                tool: tool.to_owned(),
            })
        }));
    }
    Ok(managed)
}

fn control_plane(lists: &Lists) -> Fact<Option<ControlPlaneFacts>> {
    let deployments = lists.deployments.as_ref().map_err(Clone::clone)?;
    let Some(mut plane) = read::control_plane(deployments) else {
        return Ok(None);
    };
    plane.config = match &lists.mesh {
        Ok(Some(map)) => read::mesh_config(map),
        Ok(None) => Err(Unknown::because("there is no ConfigMap istio")),
        Err(unknown) => Err(unknown.clone()),
    };
    Ok(Some(plane))
}

/// Gateways, policies and rules.
async fn istio_objects(asked: &ClusterReader, facts: &mut ClusterFacts) {
    let (gateways, today, old_mesh, old, rules) = tokio::join!(
        asked.list_istio("networking.istio.io", "Gateway"),
        asked.list_istio("security.istio.io", "PeerAuthentication"),
        asked.list_istio("authentication.istio.io", "MeshPolicy"),
        asked.list_istio("authentication.istio.io", "Policy"),
        asked.list_istio("networking.istio.io", "DestinationRule"),
    );
    facts.gateways = each(&gateways, read::gateway);
    let demand = |one: &Object| -> Vec<MutualTlsFacts> {
        read::mutual_tls(one, SYSTEM).into_iter().collect()
    };
    let demands = [today, old_mesh, old].map(|list| several(&list, demand));
    facts.mutual_tls = demands.into_iter().try_fold(Vec::new(), |mut all, one| {
        all.extend(one?);
        Ok(all)
    });
    facts.locality = several(&rules, |rule| read::locality(rule).into_iter().collect());
}

async fn clock(request: &GatherRequest<'_>, asked: &ClusterReader, lists: &Lists) -> ClockFacts {
    let network_override = asked.within(asked.cluster.server_time()).await;
    let now = (request.now)().as_second();
    let server = network_override.and_then(|network_override| match network_override {
        Some(network_override) => Ok(network_override.as_second() - now),
        None => Err(Unknown::because("its answers carry no date")),
    });
    let leases = lists.leases.as_ref().map_err(Clone::clone).map(|leases| {
        let renewed = leases.iter().filter_map(|lease| {
            let time: jiff::Timestamp = lease.text("/spec/renewTime").parse().ok()?;
            Some((lease.name().to_owned(), now - time.as_second()))
        });
        renewed.collect()
    });
    ClockFacts { server, leases }
}

/// Tries a pod where one would be injected; nothing is kept.
async fn try_a_pod(
    asked: &ClusterReader,
    facts: &ClusterFacts,
) -> Fact<Option<Result<(), String>>> {
    let namespaces = facts.namespaces.as_ref().map_err(Clone::clone)?;
    let injected = namespaces.iter().find(|one| one.injection_enabled());
    let Some(namespace) = injected else {
        return Ok(None);
    };
    let pod = Object::new(json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "meshspan-asks-the-webhook", "namespace": namespace.name},
        "spec": {"containers": [{"name": "main", "image": "meshspan.invalid/none:1"}]},
    }))
    .map_err(|error| why(&error))?;
    let call = asked.cluster.apply(&pod, Apply::DryRun);
    match asked.within(async { Ok(call.await) }).await? {
        Ok(_) => Ok(Some(Ok(()))),
        Err(error) if error.is_forbidden() && !webhooks_word(&error) => Err(why(&error)),
        Err(error) => match error.status() {
            Some(said) => Ok(Some(Err(said.message.clone()))),
            None => Err(why(&error)),
        },
    }
}

/// Whether a refusal comes from a webhook and not from missing rights.
fn webhooks_word(error: &cluster::Error) -> bool {
    error
        .status()
        .is_some_and(|said| said.message.contains("webhook"))
}

type Stored = Vec<Vec<Option<Credentials>>>;

/// Remote Secrets of all namespaces, as far as they may be read, each with its credentials.
fn remote_secrets(
    request: &GatherRequest<'_>,
    lists: &Lists,
) -> (Fact<Vec<RemoteSecretFacts>>, Stored) {
    let found = match (&lists.labelled, &lists.secrets) {
        (Ok(labelled), Ok(inside)) => {
            let looks_so = |one: &&Object| {
                one.name().starts_with("istio-remote-secret-")
                    && one.label("istio/multiCluster").is_none()
            };
            labelled
                .iter()
                .chain(inside.iter().filter(looks_so))
                .collect::<Vec<_>>()
        }
        (Ok(labelled), Err(_)) => labelled.iter().collect(),
        (Err(_), Ok(inside)) => {
            let labelled = inside
                .iter()
                .filter(|one| one.label("istio/multiCluster").is_some());
            labelled.collect()
        }
        (Err(unknown), Err(_)) => return (Err(unknown.clone()), Vec::new()),
    };
    let read = found
        .iter()
        .map(|one| read::remote_secret(one, request.policy));
    let (secrets, stored) = read.unzip();
    (Ok(secrets), stored)
}
