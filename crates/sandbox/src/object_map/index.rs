//! Indexes: the objects that have a term, such as an owner or a node.
//!
//! The terms of an object are derived from its content at every change. Start at [`Indexes::find`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::ObjectKey;
use crate::object;

/// What an index finds objects by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Index {
    /// All objects, by their UID.
    Uid,
    /// The dependents of an object, by the UID of their owner.
    Owner,
    /// The pods of a node, by its name; pods that are not scheduled have an empty one.
    Node,
    /// Pods, by their addresses.
    Address,
    /// Events, by the UID of the object that they are about.
    InvolvedObject,
    /// Pods, by `namespace/key=value` of their labels.
    Label,
    /// Services, by `namespace/key=value` of the first label that they select.
    Selector,
    /// Pods, by `namespace/name` of the claims that they use.
    Claim,
}

/// The indexes of one cluster.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    terms: BTreeSet<(Index, String, ObjectKey)>,
}

impl Indexes {
    /// The keys of the objects with a term.
    pub(super) fn find(&self, index: Index, term: &str) -> impl Iterator<Item = &ObjectKey> {
        let start = (index, term.to_owned(), ObjectKey::default());
        self.terms
            .range(start..)
            .take_while(move |(found, value, _)| *found == index && value == term)
            .map(|(_, _, key)| key)
    }

    /// Replaces the terms of an object.
    pub(super) fn replace(&mut self, key: &ObjectKey, old: Option<&Value>, new: Option<&Value>) {
        let terms = |object: Option<&Value>| {
            object.map_or_else(Vec::new, |object| terms(&key.kind, object))
        };
        let (old, new) = (terms(old), terms(new));
        if old == new {
            return;
        }
        for (index, term) in old {
            self.terms.remove(&(index, term, key.clone()));
        }
        for (index, term) in new {
            self.terms.insert((index, term, key.clone()));
        }
    }
}

/// The terms of an object of a kind.
fn terms(kind: &str, object: &Value) -> Vec<(Index, String)> {
    let mut terms = vec![(Index::Uid, object::uid(object).to_owned())];
    let owners = object::items(object, "/metadata/ownerReferences");
    terms.extend(owners.map(|owner| (Index::Owner, object::text(owner, "/uid").to_owned())));
    match kind {
        "pods" => pod_terms(object, &mut terms),
        "services" => {
            let mut selector = object::pairs(object, "/spec/selector");
            let first = selector.next();
            terms.extend(first.map(|(key, value)| (Index::Selector, label(object, key, value))));
        }
        "events" => {
            let uid = object::text(object, "/involvedObject/uid").to_owned();
            terms.push((Index::InvolvedObject, uid));
        }
        _ => {}
    }
    terms
}

/// The term of a label in the namespace of an object.
pub(crate) fn label(object: &Value, key: &str, value: &str) -> String {
    format!("{}/{key}={value}", object::namespace(object))
}

fn pod_terms(pod: &Value, terms: &mut Vec<(Index, String)>) {
    let labels = object::pairs(pod, "/metadata/labels");
    terms.extend(labels.map(|(key, value)| (Index::Label, label(pod, key, value))));
    let node = object::text(pod, "/spec/nodeName").to_owned();
    terms.push((Index::Node, node));
    let address = object::text(pod, "/status/podIP");
    if !address.is_empty() {
        terms.push((Index::Address, address.to_owned()));
    }
    let namespace = object::namespace(pod);
    terms.extend(claim_names(pod).map(|name| (Index::Claim, format!("{namespace}/{name}"))));
}

/// The names of the PersistentVolumeClaims that a pod uses.
pub(crate) fn claim_names(pod: &Value) -> impl Iterator<Item = String> {
    let pod_name = object::name(pod);
    object::items(pod, "/spec/volumes").filter_map(move |volume| {
        if volume.get("ephemeral").is_some() {
            return Some(format!("{pod_name}-{}", object::text(volume, "/name")));
        }
        let claim = object::text(volume, "/persistentVolumeClaim/claimName");
        (!claim.is_empty()).then(|| claim.to_owned())
    })
}
