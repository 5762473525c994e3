//! The state that a plan is made on: what is done, the UIDs of the clusters, and UID and content of every
//! object that the plan concerns.
//!
//! Contents are stored as hashes, and only under the seal of a review: hashes of the whole object decide
//! whether something changed, hashes of single fields name what changed. Start at
//! [`Console::planned_state`].

use crate::{Console, Error, connections::ClusterConnection};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Kind, Object, ObjectRef};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use wire::ClusterName;

/// Objects that are read at the same time.
const CONCURRENT_READS: usize = 8;
/// Fields of one object that are compared one by one; with more, a higher level is compared.
const MAX_FIELDS: usize = 64;
/// The deepest level of fields that are compared.
const MAX_DEPTH: usize = 6;

/// What a plan concerns.
pub(crate) struct Concerns {
    /// What is done, as a text of which only a hash is stored.
    pub(crate) summary: String,
    /// What is done with each object; a hash of the text tells whether it is the same.
    pub(crate) steps: Vec<(ClusterName, ObjectRef, String)>,
    /// The objects that are created, changed, deleted or kept, by cluster.
    pub(crate) objects: Vec<(ClusterConnection, Vec<ObjectRef>)>,
}

impl Concerns {
    /// What several plans concern together.
    pub(crate) fn merged(all: impl Iterator<Item = Self>) -> Self {
        let mut merged = Self {
            summary: String::new(),
            steps: Vec::new(),
            objects: Vec::new(),
        };
        for concerns in all {
            merged.summary.push_str(&concerns.summary);
            merged.steps.extend(concerns.steps);
            merged.objects.extend(concerns.objects);
        }
        merged
    }
}

/// The state that a plan was made on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PlannedState {
    /// A hash of what is done.
    pub(super) summary: String,
    /// The UIDs of the clusters.
    pub(crate) clusters: BTreeMap<ClusterName, String>,
    /// UID and hash of each object; none when it does not exist.
    pub(super) objects: BTreeMap<String, Option<String>>,
    /// A hash of each field of each object that exists; none in a review of an older version.
    #[serde(default)]
    pub(super) fields: BTreeMap<String, BTreeMap<String, String>>,
    /// The choices that the operator has not made: nothing is started before.
    #[serde(default)]
    pub(super) undecided: usize,
    /// A hash of what is done with each object; none in a review of an older version.
    #[serde(default)]
    pub(super) steps: BTreeMap<String, String>,
}

impl PlannedState {
    /// The state of what is done, without that of the objects.
    fn of_steps(concerns: &Concerns) -> Self {
        let mut steps: BTreeMap<String, String> = BTreeMap::new();
        for (cluster, object, text) in &concerns.steps {
            let known = steps.entry(label(cluster, object)).or_default();
            *known = hash(format!("{known}{text}").as_bytes());
        }
        Self {
            summary: hash(concerns.summary.as_bytes()),
            steps,
            ..Self::default()
        }
    }

    /// The same state of objects, with what is done with them after the operator's decisions; `undecided` choices
    /// are missing.
    pub(crate) fn decided(self, concerns: &Concerns, undecided: usize) -> Self {
        let Self { summary, steps, .. } = Self::of_steps(concerns);
        Self {
            summary,
            undecided,
            steps,
            ..self
        }
    }

    /// Checks that everything is decided, and that nothing changed since the review.
    ///
    /// # Errors
    /// [`Error::Undecided`], or [`Error::PlanChanged`] with the objects that differ.
    pub(super) fn ensure_same(&self, now: &Self) -> Result<(), Error> {
        if self.undecided > 0 {
            return Err(Error::Undecided {
                count: self.undecided,
            });
        }
        let is_same = self.summary == now.summary
            && self.clusters == now.clusters
            && self.objects == now.objects;
        if is_same {
            return Ok(());
        }
        let names: BTreeSet<&String> = self.objects.keys().chain(now.objects.keys()).collect();
        let differs = |name: &&&String| self.objects.get(**name) != now.objects.get(**name);
        let mut objects: Vec<String> = names
            .iter()
            .filter(differs)
            .map(ToString::to_string)
            .collect();
        objects.extend(self.replaced_clusters(now));
        Err(Error::PlanChanged { objects })
    }

    /// The namespaces that identify clusters, of those that are another cluster now.
    pub(super) fn replaced_clusters(&self, now: &Self) -> Vec<String> {
        let replaced = now
            .clusters
            .iter()
            .filter(|(cluster, uid)| self.clusters.get(*cluster) != Some(*uid));
        replaced
            .map(|(cluster, _)| label(cluster, &kube_system()))
            .collect()
    }
}

impl Console {
    /// Reads the state of what a plan concerns.
    pub(crate) async fn planned_state(&self, concerns: Concerns) -> Result<PlannedState, Error> {
        let mut state = PlannedState::of_steps(&concerns);
        for (connection, objects) in concerns.objects {
            let uid = cluster_uid(&connection).await?;
            state.clusters.insert(connection.name.clone(), uid);
            let reads = labelled(&connection.name, objects)
                .into_iter()
                .map(|(name, object)| {
                    let connection = &connection;
                    async move {
                        let read = object_state(connection, &object).await?;
                        Ok::<_, Error>((name, read))
                    }
                });
            let read: Vec<_> = futures::stream::iter(reads)
                .buffered(CONCURRENT_READS)
                .try_collect()
                .await?;
            for (name, object) in read {
                if let Some(ObjectState { fields, .. }) = &object
                    && !fields.is_empty()
                {
                    state.fields.insert(name.clone(), fields.clone());
                }
                state.objects.insert(name, object.map(|object| object.text));
            }
        }
        Ok(state)
    }
}

/// An object as errors and pages name it.
fn label(cluster: &ClusterName, object: &ObjectRef) -> String {
    format!("{cluster}: {object}")
}

/// Objects with their names; those of another API group with the same kind and name have their API version
/// in it.
fn labelled(
    cluster: &ClusterName,
    objects: impl IntoIterator<Item = ObjectRef>,
) -> Vec<(String, ObjectRef)> {
    let mut versions: BTreeMap<String, String> = BTreeMap::new();
    let named = objects.into_iter().map(|object| {
        let name = label(cluster, &object);
        let version = versions.entry(name.clone());
        if *version.or_insert_with(|| object.api_version.clone()) == object.api_version {
            return (name, object);
        }
        (format!("{name} ({})", object.api_version), object)
    });
    named.collect()
}

/// The namespace whose UID identifies a cluster.
fn kube_system() -> ObjectRef {
    Kind::NAMESPACE.object(None, "kube-system")
}

/// The UID of the namespace kube-system; "" when it may not be read.
async fn cluster_uid(connection: &ClusterConnection) -> Result<String, Error> {
    match connection.user.get(&kube_system()).await {
        Ok(Some(found)) => Ok(found.text("/metadata/uid").to_owned()),
        Err(error) if error.is_unreachable() => Err(error.into()),
        Ok(None) | Err(_) => Ok(String::new()),
    }
}

/// The state of an object that exists.
struct ObjectState {
    /// UID and hash, or the kind of the error when it cannot be read.
    text: String,
    /// A hash of each field.
    fields: BTreeMap<String, String>,
}

/// The state of an object; none when it does not exist.
async fn object_state(
    connection: &ClusterConnection,
    object: &ObjectRef,
) -> Result<Option<ObjectState>, Error> {
    let kinds = connection.user.kinds().await?;
    if kinds.find(object).is_none() {
        return Ok(None);
    }
    match connection.user.get(object).await {
        Ok(found) => Ok(found.map(|found| content(&found))),
        Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
        Err(error) if error.is_forbidden() => Ok(Some(ObjectState {
            text: "forbidden".to_owned(),
            fields: BTreeMap::new(),
        })),
        Err(error) => Err(error.into()),
    }
}

/// The UID and hashes of the content, without what the server and controllers keep about it.
fn content(object: &Object) -> ObjectState {
    let mut value = object.value().clone();
    let uid = object.text("/metadata/uid").to_owned();
    if let Some(root) = value.as_object_mut() {
        root.remove("status");
    }
    for field in ["managedFields", "resourceVersion", "generation"] {
        if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.remove(field);
        }
    }
    ObjectState {
        text: format!("{uid} {}", hash(value.to_string().as_bytes())),
        fields: fields(&value),
    }
}

/// A hash of each field, on the deepest level on which they are not too many.
fn fields(value: &Value) -> BTreeMap<String, String> {
    let at = |depth| {
        let mut found = BTreeMap::new();
        collect("", value, depth, &mut found);
        found
    };
    let levels = (1..=MAX_DEPTH).rev().map(at);
    let mut fitting = levels.filter(|found| found.len() <= MAX_FIELDS);
    fitting.next().unwrap_or_default()
}

/// Lists are compared as a whole.
fn collect(path: &str, value: &Value, depth: usize, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) if depth > 0 && !fields.is_empty() => {
            for (name, field) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                collect(&path, field, depth - 1, found);
            }
        }
        field => {
            let mut hash = hash(field.to_string().as_bytes());
            hash.truncate(16);
            found.insert(path.to_owned(), hash);
        }
    }
}

fn hash(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(content: &Value) -> Object {
        Object::new(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "a", "uid": "1", "resourceVersion": content["version"]},
            "data": content["data"], "status": content["status"],
        }))
        .expect("an object")
    }

    #[test]
    fn the_state_of_an_object_is_its_content_without_status_and_version() {
        let text = |object: &Value| content(&self::object(object)).text;
        let first = text(&json!({"data": {"a": "b"}, "version": "1"}));
        let later = json!({"data": {"a": "b"}, "version": "2", "status": {"x": 1}});
        assert_eq!(first, text(&later));
        let other = json!({"data": {"a": "c"}, "version": "1"});
        assert_ne!(first, text(&other));
    }

    #[test]
    fn fields_are_compared_on_a_higher_level_when_they_are_too_many() {
        let found = fields(&json!({"spec": {"a": {"b": 1, "list": [{"c": 2}]}, "d": {}}}));
        let paths: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(paths, ["spec.a.b", "spec.a.list", "spec.d"]);
        let many: serde_json::Map<String, Value> = (0..=MAX_FIELDS)
            .map(|n| (n.to_string(), json!(n)))
            .collect();
        let found = fields(&json!({"data": many, "kind": "ConfigMap"}));
        let paths: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(paths, ["data", "kind"]);
    }

    #[test]
    fn objects_of_two_api_groups_with_one_kind_and_name_are_two_objects() {
        let gateway = |api_version: &str| ObjectRef {
            api_version: api_version.to_owned(),
            kind: "Gateway".to_owned(),
            namespace: Some("shop".to_owned()),
            name: "web".to_owned(),
        };
        let (istio, other) = ("networking.istio.io/v1", "gateway.networking.k8s.io/v1");
        let objects = [gateway(istio), gateway(other), gateway(istio)];
        let cluster = ClusterName::new("east").expect("a name");
        let names = labelled(&cluster, objects)
            .into_iter()
            .map(|(name, _)| name);
        let plain = "east: Gateway shop/web";
        let second = format!("{plain} ({other})");
        assert_eq!(names.collect::<Vec<_>>(), [plain, &second, plain]);
    }

    #[test]
    fn a_changed_plan_names_the_objects_that_differ() {
        let state = |objects: &[(&str, Option<&str>)]| PlannedState {
            objects: objects
                .iter()
                .map(|(name, state)| ((*name).to_owned(), state.map(str::to_owned)))
                .collect(),
            ..PlannedState::default()
        };
        let shown = state(&[
            ("same", Some("1")),
            ("created", None),
            ("changed", Some("1")),
        ]);
        let now = state(&[
            ("same", Some("1")),
            ("created", Some("2")),
            ("changed", Some("3")),
        ]);
        shown.ensure_same(&shown).expect("the same");
        let Err(Error::PlanChanged { objects }) = shown.ensure_same(&now) else {
            panic!("a changed plan");
        };
        assert_eq!(objects, ["changed", "created"]);
    }
}
