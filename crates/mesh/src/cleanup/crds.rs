//! The CRDs of Istio, their custom resources by namespace, and the Helm releases that use them.

use crate::{
    facts::{Fact, Unknown},
    gather::read,
    istio::is_istio_group,
};
use cluster::{Cluster, Error, Kind, Object, ObjectRef};
use std::collections::BTreeMap;

/// A custom resource, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdObject {
    /// The object.
    pub object: ObjectRef,
    /// Its `resourceVersion`, which shows a later change.
    pub version: String,
}

/// A Helm release that installed a CRD or custom resources of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdRelease {
    /// The release's name.
    pub release: String,
    /// Its namespace; empty when only the label of an older chart names the release.
    pub namespace: String,
    /// The number of custom resources of the release.
    pub objects: u64,
    /// Whether a record of the release exists.
    pub installed: bool,
}

/// A CRD of Istio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crd {
    /// The CRD.
    pub object: ObjectRef,
    /// The API version in which its custom resources are read.
    pub api_version: String,
    /// The kind of its custom resources.
    pub kind: String,
    /// Its custom resources, or the reason why they cannot be read.
    pub objects: Fact<Vec<CrdObject>>,
    /// The releases that use the CRD.
    pub users: Vec<CrdRelease>,
}

impl Crd {
    /// The custom resources that could be read.
    pub fn known(&self) -> impl Iterator<Item = &CrdObject> {
        self.objects.iter().flatten()
    }

    /// The number of custom resources in each namespace; "" for those without a namespace.
    pub fn by_namespace(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for listed in self.known() {
            let namespace = listed.object.namespace.clone().unwrap_or_default();
            *counts.entry(namespace).or_default() += 1;
        }
        counts
    }
}

/// The CRDs of Istio on a cluster.
pub(super) async fn find(cluster: &Cluster) -> Result<Vec<Crd>, Error> {
    let all = cluster.list_objects(Kind::CRD, None, "").await?;
    let mut installed = InstalledReleases::default();
    let mut found = Vec::new();
    for crd in &all {
        let resource = read::custom_resource(crd)?;
        if !is_istio_group(&resource.group) {
            continue;
        }
        let (api_version, kind) = (resource.api_version.unwrap_or_default(), resource.kind);
        let objects = objects(cluster, crd, &api_version, &kind).await;
        let users = users(crd, objects.as_deref().unwrap_or_default());
        let mut known = Vec::new();
        for (release, namespace, count) in users {
            let installed = installed
                .is_installed(cluster, &release, &namespace)
                .await?;
            known.push(CrdRelease {
                release,
                namespace,
                objects: count,
                installed,
            });
        }
        let custom_resource = |object: &Object| CrdObject {
            object: object.reference(),
            version: object.resource_version().to_owned(),
        };
        found.push(Crd {
            object: crd.reference(),
            api_version,
            kind,
            objects: objects.map(|all| all.iter().map(custom_resource).collect()),
            users: known,
        });
    }
    Ok(found)
}

/// The custom resources of a CRD; a CRD that is not established yet has none.
async fn objects(
    cluster: &Cluster,
    crd: &Object,
    api_version: &str,
    kind: &str,
) -> Fact<Vec<Object>> {
    if api_version.is_empty() {
        return Err(Unknown::because("no version of the CRD is served"));
    }
    match cluster
        .list_objects(Kind::new(api_version, kind), None, "")
        .await
    {
        Err(Error::NoSuchKind { .. }) if read::true_condition(crd, "Established")?.is_none() => {
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
        found => found.map_err(Unknown::from),
    }
}

/// The releases that a CRD and its custom resources name: name, namespace, number of custom resources.
fn users(crd: &Object, objects: &[Object]) -> Vec<(String, String, u64)> {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    if let Some(release) = release(crd) {
        counts.entry(release).or_default();
    }
    for release in objects.iter().filter_map(release) {
        *counts.entry(release).or_default() += 1;
    }
    let named = counts.into_iter();
    named
        .map(|((release, namespace), count)| (release, namespace, count))
        .collect()
}

/// The release that an object names: by Helm's annotations, else by the label of older charts.
fn release(object: &Object) -> Option<(String, String)> {
    let annotated = object.annotation("meta.helm.sh/release-name");
    let name = annotated.or_else(|| object.label("release"))?;
    let namespace = object.annotation("meta.helm.sh/release-namespace");
    Some((name.to_owned(), namespace.unwrap_or_default().to_owned()))
}

/// The releases that have a record; each is read once.
#[derive(Default)]
pub(super) struct InstalledReleases(BTreeMap<(String, String), bool>);

impl InstalledReleases {
    pub(super) async fn is_installed(
        &mut self,
        cluster: &Cluster,
        release: &str,
        namespace: &str,
    ) -> Result<bool, Error> {
        let key = (release.to_owned(), namespace.to_owned());
        if namespace.is_empty() {
            return Ok(false);
        }
        if let Some(known) = self.0.get(&key) {
            return Ok(*known);
        }
        let records = format!("owner=helm,name={release}");
        let found = cluster
            .list_objects(Kind::SECRET, Some(namespace), &records)
            .await?;
        Ok(*self.0.entry(key).or_insert(!found.is_empty()))
    }

    /// Whether an object belongs to an installed release.
    pub(super) async fn owns(&mut self, cluster: &Cluster, object: &Object) -> Result<bool, Error> {
        match release(object) {
            Some((name, namespace)) => self.is_installed(cluster, &name, &namespace).await,
            None => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn crd(versions: &Value) -> Object {
        Object::new(
            json!({"apiVersion": Kind::CRD.api_version, "kind": Kind::CRD.kind,
            "metadata": {"name": "gateways.networking.istio.io", "labels": {"release": "istio"}},
            "spec": {"group": "networking.istio.io", "names": {"kind": "Gateway"},
                     "versions": versions}}),
        )
        .expect("an object")
    }

    #[test]
    fn custom_resources_are_read_in_the_storage_version_if_it_is_served() {
        let v = |name: &str, served: bool, storage: bool| json!({"name": name, "served": served, "storage": storage});
        let version = |versions: &[Value]| {
            let read = read::custom_resource(&crd(&json!(versions)));
            read.expect("well-formed").api_version
        };
        let both = [v("v1alpha3", true, false), v("v1", true, true)];
        assert_eq!(version(&both).as_deref(), Some("networking.istio.io/v1"));
        let hidden = [v("v1beta1", true, false), v("v1", false, true)];
        let beta = "networking.istio.io/v1beta1";
        assert_eq!(version(&hidden).as_deref(), Some(beta));
        assert_eq!(version(&[v("v1", false, true)]), None);
    }

    #[test]
    fn helms_annotations_or_the_old_label_name_a_release() {
        let gateway = |metadata: Value| {
            Object::new(
                json!({"apiVersion": "networking.istio.io/v1", "kind": "Gateway",
                               "metadata": metadata}),
            )
            .expect("an object")
        };
        let shop = json!({"name": "a", "annotations": {
            "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"}});
        let objects = [
            gateway(shop.clone()),
            gateway(shop),
            gateway(json!({"name": "b"})),
        ];
        assert_eq!(
            users(&crd(&json!([])), &objects),
            [
                ("istio".into(), String::new(), 0),
                ("shop".into(), "shop".into(), 2)
            ]
        );
    }
}
