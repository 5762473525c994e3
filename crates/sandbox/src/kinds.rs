//! The kinds that a cluster serves: built-in kinds and those of its CRDs.
//!
//! Plural and group identify a kind, as in `deployments.apps`. Start at [`Kinds`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::object;
use crate::schema::Type;

/// One kind of object.
#[expect(
    clippy::struct_field_names,
    reason = "these are the names that Kubernetes uses"
)]
#[derive(Debug)]
pub(crate) struct Kind {
    /// Plural and group, `pods` or `deployments.apps`.
    pub(crate) id: String,
    pub(crate) group: String,
    /// The served versions, the preferred one first.
    pub(crate) versions: Vec<String>,
    pub(crate) kind: String,
    pub(crate) list_kind: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) short: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) namespaced: bool,
    /// Flags and subresources, as in the table of built-in kinds.
    pub(crate) flags: Vec<String>,
    /// The CRD of a custom resource.
    pub(crate) crd: Option<Arc<Value>>,
}

impl Kind {
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|own| own == flag)
    }

    /// `v1` or `apps/v1`.
    pub(crate) fn api_version(&self, version: &str) -> String {
        group_version(&self.group, version)
    }

    /// The preferred version.
    pub(crate) fn preferred(&self) -> &str {
        self.versions.first().map_or("v1", String::as_str)
    }

    /// The type of the objects of this kind.
    pub(crate) fn schema(&self, version: &str) -> Type {
        let Some(crd) = &self.crd else {
            return Type::named(&self.type_name(version));
        };
        object::items(crd, "/spec/versions")
            .find(|candidate| candidate["name"] == version)
            .and_then(|candidate| candidate.pointer("/schema/openAPIV3Schema"))
            .map_or(Type::Any, Type::from_crd_schema)
    }

    /// The name of a built-in type in the table of types.
    pub(crate) fn type_name(&self, version: &str) -> String {
        let group = match self.group.split('.').next() {
            None | Some("") => "core",
            Some(group) => group,
        };
        format!("{group}.{version}.{}", self.kind)
    }

    /// The kind under which objects are stored; both kinds of events share one storage.
    pub(crate) fn storage(&self) -> &str {
        if self.id == "events.events.k8s.io" {
            "events"
        } else {
            &self.id
        }
    }

    /// The verbs a client may use.
    pub(crate) fn verbs(&self) -> &'static [&'static str] {
        if self.has("review") {
            &["create"]
        } else {
            &[
                "create",
                "delete",
                "deletecollection",
                "get",
                "list",
                "patch",
                "update",
                "watch",
            ]
        }
    }
}

/// `v1` or `apps/v1`.
pub(crate) fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// All kinds of a cluster.
#[derive(Debug)]
pub(crate) struct Kinds {
    kinds: BTreeMap<String, Arc<Kind>>,
}

impl Kinds {
    pub(crate) fn built_in() -> Self {
        let table = include_str!("../schema/kinds.txt").lines();
        let kinds = table
            .filter(|line| !line.starts_with('#'))
            .filter_map(read_line)
            .map(|kind| (kind.id.clone(), Arc::new(kind)))
            .collect();
        Self { kinds }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.kinds.values()
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<&Arc<Kind>> {
        self.kinds.get(id)
    }

    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Arc<Kind>> {
        let kind = self.kinds.get(&id(plural, group))?;
        kind.versions
            .iter()
            .any(|served| served == version)
            .then_some(kind)
    }

    /// Serves the resource of a CRD.
    pub(crate) fn add_crd(&mut self, crd: &Arc<Value>) {
        let kind = from_crd(crd);
        self.kinds.insert(kind.id.clone(), Arc::new(kind));
    }

    /// Stops serving the resource of a CRD.
    pub(crate) fn remove_crd(&mut self, id: &str) {
        if self.kinds.get(id).is_some_and(|kind| kind.crd.is_some()) {
            self.kinds.remove(id);
        }
    }
}

/// `pods` or `deployments.apps`.
pub(crate) fn id(plural: &str, group: &str) -> String {
    if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    }
}

fn read_line(line: &str) -> Option<Kind> {
    let mut words = line.split(' ');
    let mut next = || words.next();
    let list = |word: &str| -> Vec<String> {
        word.split(',')
            .filter(|part| *part != "-")
            .map(str::to_owned)
            .collect()
    };
    let group = next()?.trim_matches('-').to_owned();
    let versions = list(next()?);
    let (kind, plural) = (next()?.to_owned(), next()?.to_owned());
    let short = list(next()?);
    let namespaced = next()? == "ns";
    let flags = list(next()?);
    let categories = flags
        .iter()
        .filter(|flag| matches!(flag.as_str(), "all" | "api-extensions"))
        .cloned()
        .collect();
    Some(Kind {
        id: id(&plural, &group),
        list_kind: format!("{kind}List"),
        singular: kind.to_lowercase(),
        group,
        versions,
        kind,
        plural,
        short,
        categories,
        namespaced,
        flags,
        crd: None,
    })
}

fn from_crd(crd: &Arc<Value>) -> Kind {
    let text = |pointer: &str| object::text(crd, pointer).to_owned();
    let texts = |pointer: &str| -> Vec<String> {
        object::items(crd, pointer)
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let mut versions: Vec<&Value> = object::items(crd, "/spec/versions")
        .filter(|version| version["served"] == true)
        .collect();
    versions
        .sort_by_key(|version| std::cmp::Reverse(priority(version["name"].as_str().unwrap_or(""))));
    let mut flags = vec!["gen".to_owned()];
    for subresource in ["status", "scale"] {
        if versions
            .iter()
            .any(|version| !version["subresources"][subresource].is_null())
        {
            flags.push(subresource.to_owned());
        }
    }
    let (plural, group) = (text("/spec/names/plural"), text("/spec/group"));
    Kind {
        id: id(&plural, &group),
        versions: versions
            .iter()
            .filter_map(|version| version["name"].as_str())
            .map(str::to_owned)
            .collect(),
        kind: text("/spec/names/kind"),
        list_kind: text("/spec/names/listKind"),
        singular: text("/spec/names/singular"),
        short: texts("/spec/names/shortNames"),
        categories: texts("/spec/names/categories"),
        namespaced: text("/spec/scope") == "Namespaced",
        flags,
        group,
        plural,
        crd: Some(crd.clone()),
    }
}

/// The priority of a version: stable before beta before alpha, then greater numbers first.
fn priority(version: &str) -> (u8, u32, u32) {
    let rest = version.trim_start_matches('v');
    let (rank, major, minor) = if let Some((major, minor)) = rest.split_once("beta") {
        (1, major, minor)
    } else if let Some((major, minor)) = rest.split_once("alpha") {
        (0, major, minor)
    } else {
        (2, rest, "0")
    };
    (rank, major.parse().unwrap_or(0), minor.parse().unwrap_or(0))
}
