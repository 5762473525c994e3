//! Turns rendered manifests into the ordered stages of a plan.
//!
//! Nothing here talks to a cluster: the same manifests give the same plan, so a plan can be shown to a
//! person before it is executed. Start at [`plan`]; the phase of each kind is in
//! [`phase_for_kind`].

use crate::{Error, ReleaseKey, list_object::flatten, owned_object};
use chart::{HelmVersion, KindOrder, Manifest, Manifests, kind_rank};
use cluster::{Kind, Kinds, Object};
use serde_json::Value;
use std::collections::BTreeMap;
use wire::job::PhaseName;

/// The objects of a release in the order in which they are applied.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The CRDs of the chart's crds/ folder.
    pub crds: Vec<Object>,
    /// The objects, phase by phase.
    pub stages: Vec<Stage>,
}

/// The objects of one phase, in the order in which they are applied.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The phase.
    pub phase: PhaseName,
    /// Its objects.
    pub objects: Vec<Object>,
}

impl Plan {
    /// Every object of the stages, in order.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.stages.iter().flat_map(|stage| &stage.objects)
    }

    /// The same plan for an upgrade, which applies the CRDs of crds/ that the operator chose by name, and those whose
    /// kinds are not served yet unless the operator chose otherwise. Helm applies none.
    #[must_use]
    pub fn of_upgrade(mut self, kinds: &Kinds, chosen: &BTreeMap<String, bool>) -> Self {
        self.crds.retain(|crd| {
            let defined = defined_kinds(std::iter::once(crd.value()));
            let mut defined = defined.keys();
            let is_new =
                !defined.any(|(version, kind)| kinds.find(Kind::new(version, kind)).is_some());
            chosen.get(crd.name()).copied().unwrap_or(is_new)
        });
        self
    }
}

/// The phase in which objects of `kind` are applied.
pub fn phase_for_kind(kind: &str) -> PhaseName {
    match kind {
        "Namespace"
        | "NetworkPolicy"
        | "ResourceQuota"
        | "LimitRange"
        | "PodSecurityPolicy"
        | "PodDisruptionBudget"
        | "ServiceAccount"
        | "ClusterRole"
        | "ClusterRoleBinding"
        | "Role"
        | "RoleBinding" => PhaseName::Access,
        "Secret"
        | "SecretList"
        | "ConfigMap"
        | "StorageClass"
        | "PersistentVolume"
        | "PersistentVolumeClaim"
        | "Service"
        | "Endpoints"
        | "EndpointSlice" => PhaseName::Configuration,
        "DaemonSet"
        | "Pod"
        | "ReplicationController"
        | "ReplicaSet"
        | "Deployment"
        | "HorizontalPodAutoscaler"
        | "StatefulSet"
        | "Job"
        | "CronJob" => PhaseName::Workloads,
        _ => PhaseName::OtherResources,
    }
}

/// The plan of manifests: Helm's install order, divided into phases.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chart::{Chart, Values, render};
/// use release::{ReleaseKey, cluster_capabilities, plan};
///
/// let chart = Chart::from_files(vec![
///     ("Chart.yaml".into(), b"apiVersion: v2\nname: shop\nversion: 1.0.0".to_vec()),
///     (
///         "templates/shop.yaml".into(),
///         b"{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}\n---\n\
///           {apiVersion: v1, kind: ServiceAccount, metadata: {name: web}}"
///             .to_vec(),
///     ),
/// ])?;
/// let cluster = cluster::Cluster::from_service(sandbox::Sandbox::new().service());
/// let user = cluster::AsUser::new(cluster);
/// let key = ReleaseKey {
///     namespace: "default".parse()?,
///     release: "shop".parse()?,
/// };
/// let capabilities = cluster_capabilities(&user).await?;
/// let facts = capabilities.facts(&key, jiff::Timestamp::UNIX_EPOCH, chart::Seed::new([7; 32]));
/// let manifests = render(&chart, &Values::empty(), &facts)?;
/// let plan = plan(&manifests, &key, &capabilities.kinds)?;
/// let order: Vec<String> = plan.objects().map(|object| object.reference().to_string()).collect();
/// assert_eq!(order, ["ServiceAccount default/web", "Deployment default/web"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::InvalidObject`] when a template renders an object without kind or name, [`Error::Duplicate`]
/// when an object is rendered twice.
pub fn plan(manifests: &Manifests, key: &ReleaseKey, kinds: &Kinds) -> Result<Plan, Error> {
    let all = manifests.crds.iter().chain(&manifests.objects);
    let of_hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    let defined = defined_kinds(all.chain(of_hooks).map(|manifest| &manifest.object));
    let namespaced = |object: &Value| {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let key = (text("apiVersion").to_owned(), text("kind").to_owned());
        match (kinds.find(Kind::new(&key.0, &key.1)), defined.get(&key)) {
            (Some(kind), _) => kind.namespaced,
            (None, Some(namespaced)) => *namespaced,
            (None, None) => true,
        }
    };
    let mut objects = Vec::new();
    for manifest in manifests
        .objects
        .iter()
        .filter(|manifest| !manifest.is_blank())
    {
        let template = manifest.template.as_str();
        for value in flatten(&manifest.object) {
            let namespaced = namespaced(&value);
            objects.push((template, owned_object(template, value, key, namespaced)?));
        }
    }
    if let Some(error) = duplicate(&objects) {
        return Err(error);
    }
    let objects = objects.into_iter().map(|(_, object)| object).collect();
    let plan = staged(objects, manifests.helm);
    let crds = manifests
        .crds
        .iter()
        .filter(|crd| !crd.is_blank())
        .map(crd_object)
        .collect::<Result<_, _>>()?;
    Ok(Plan { crds, ..plan })
}

/// Objects in Helm's install order, divided into phases.
pub(crate) fn staged(mut objects: Vec<Object>, helm: HelmVersion) -> Plan {
    objects.sort_by_key(|object| {
        let rank = kind_rank(object.kind(), KindOrder::Install, helm);
        (phase_for_kind(object.kind()), rank)
    });
    let mut stages: Vec<Stage> = Vec::new();
    for object in objects {
        let phase = phase_for_kind(object.kind());
        match stages.last_mut().filter(|stage| stage.phase == phase) {
            Some(stage) => stage.objects.push(object),
            None => stages.push(Stage {
                phase,
                objects: vec![object],
            }),
        }
    }
    Plan {
        crds: Vec::new(),
        stages,
    }
}

/// A CRD as the chart has it: Helm adds no owner to CRDs.
fn crd_object(manifest: &Manifest) -> Result<Object, Error> {
    Object::new(manifest.object.clone()).map_err(|source| Error::InvalidObject {
        template: manifest.template.clone(),
        source,
    })
}

/// The API version and kind that each CRD among these objects defines, and whether it is namespaced.
pub(crate) fn defined_kinds<'a>(
    objects: impl Iterator<Item = &'a Value>,
) -> BTreeMap<(String, String), bool> {
    let mut defined = BTreeMap::new();
    for crd in objects {
        let text = |pointer: &str| {
            let found = crd.pointer(pointer).and_then(|found| found.as_str());
            found.unwrap_or_default().to_owned()
        };
        if text("/kind") != "CustomResourceDefinition" {
            continue;
        }
        let versions = crd
            .pointer("/spec/versions")
            .and_then(|found| found.as_array());
        let names = versions
            .into_iter()
            .flatten()
            .filter_map(|version| version.get("name")?.as_str());
        // apiextensions.k8s.io/v1beta1 may have one version only.
        let version = text("/spec/version");
        let version = Some(version.as_str()).filter(|version| !version.is_empty());
        for version in names.chain(version) {
            let api_version = format!("{}/{version}", text("/spec/group"));
            defined.insert(
                (api_version, text("/spec/names/kind")),
                text("/spec/scope") == "Namespaced",
            );
        }
    }
    defined
}

/// The first object that two templates render, or one template twice.
fn duplicate(rendered: &[(&str, Object)]) -> Option<Error> {
    let mut templates: BTreeMap<_, &str> = BTreeMap::new();
    rendered.iter().find_map(|(template, object)| {
        let reference = object.reference();
        let group = match reference.api_version.rsplit_once('/') {
            Some((group, _)) => group.to_owned(),
            None => String::new(),
        };
        let identity = (
            group,
            reference.kind.clone(),
            reference.namespace.clone(),
            reference.name.clone(),
        );
        let first = templates.insert(identity, *template)?;
        Some(Error::Duplicate {
            object: reference,
            templates: [first.to_owned(), (*template).to_owned()],
        })
    })
}
