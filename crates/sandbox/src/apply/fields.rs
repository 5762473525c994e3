//! Sets of fields, as `managedFields` writes them.
//!
//! A set is a tree of steps such as `f:spec` or `k:{"name":"web"}`; a node that is owned is a
//! member. Start at [`FieldSet::of`] and [`compare`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::schema::{Listing, Type};

/// A set of fields of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet {
    /// Whether this place itself is a member.
    pub(crate) own: bool,
    pub(crate) below: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// The fields that a value states.
    pub(crate) fn of(value: &Value, kind: &Type) -> Self {
        let mut set = Self::default();
        match parts(value, kind) {
            Some(parts) if !parts.is_empty() => {
                for part in parts {
                    let mut below = Self::of(part.value, &part.kind);
                    below.own |= part.is_item;
                    set.below.insert(part.step, below);
                }
            }
            _ => set.own = true,
        }
        set
    }

    pub(crate) fn read(value: &Value) -> Self {
        let mut set = Self::default();
        let members = value.as_object();
        set.own = members.is_none_or(|members| members.is_empty() || members.contains_key("."));
        for (step, below) in members
            .into_iter()
            .flatten()
            .filter(|(step, _)| *step != ".")
        {
            set.below.insert(step.clone(), Self::read(below));
        }
        set
    }

    pub(crate) fn written(&self) -> Value {
        let mut members = Map::new();
        if self.own && !self.below.is_empty() {
            members.insert(".".into(), json!({}));
        }
        for (step, below) in &self.below {
            members.insert(step.clone(), below.written());
        }
        Value::Object(members)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.own && self.below.values().all(Self::is_empty)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.own |= other.own;
        for (step, theirs) in &other.below {
            self.below.entry(step.clone()).or_default().add(theirs);
        }
    }

    pub(crate) fn take_away(&mut self, other: &Self) {
        self.own &= !other.own;
        for (step, theirs) in &other.below {
            if let Some(ours) = self.below.get_mut(step) {
                ours.take_away(theirs);
                if ours.is_empty() {
                    self.below.remove(step);
                }
            }
        }
    }

    /// The members of both.
    pub(crate) fn shared_with(&self, other: &Self) -> Self {
        let mut shared = Self {
            own: self.own && other.own,
            below: BTreeMap::new(),
        };
        for (step, ours) in &self.below {
            if let Some(theirs) = other.below.get(step) {
                let both = ours.shared_with(theirs);
                if !both.is_empty() {
                    shared.below.insert(step.clone(), both);
                }
            }
        }
        shared
    }

    /// Takes away everything at and below a path.
    pub(crate) fn cut(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if rest.is_empty() {
            self.below.remove(*first);
        } else if let Some(below) = self.below.get_mut(*first) {
            below.cut(rest);
            if below.is_empty() {
                self.below.remove(*first);
            }
        }
    }

    /// The members as paths, `.spec.containers[name="web"].image`.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect("", &mut found);
        found
    }

    fn collect(&self, path: &str, found: &mut Vec<String>) {
        if self.own {
            found.push(path.to_owned());
        }
        for (step, below) in &self.below {
            below.collect(&format!("{path}{}", said(step)), found);
        }
    }
}

fn said(step: &str) -> String {
    let Some((sort, rest)) = step.split_once(':') else {
        return step.to_owned();
    };
    match sort {
        "f" => format!(".{rest}"),
        "k" => {
            let keys: Map<String, Value> = serde_json::from_str(rest).unwrap_or_default();
            let mut keys: Vec<String> = keys
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            keys.sort();
            format!("[{}]", keys.join(","))
        }
        "v" => format!("[={rest}]"),
        _ => format!("[{rest}]"),
    }
}

/// A part of an object or list that has an owner of its own.
pub(crate) struct Part<'a> {
    pub(crate) step: String,
    pub(crate) value: &'a Value,
    pub(crate) kind: Type,
    /// Whether it is an item of a list.
    pub(crate) is_item: bool,
}

/// The parts of a value, or nothing when it is owned as one.
pub(crate) fn parts<'a>(value: &'a Value, kind: &Type) -> Option<Vec<Part<'a>>> {
    match value {
        Value::Object(members) if !kind.is_atomic() && !matches!(kind, Type::Scalar(_)) => Some(
            members
                .iter()
                .map(|(name, value)| Part {
                    step: format!("f:{name}"),
                    value,
                    kind: kind.field(name),
                    is_item: false,
                })
                .collect(),
        ),
        Value::Array(items) => {
            let item_kind = kind.item();
            let how = kind.listing();
            let steps: Option<Vec<String>> = items
                .iter()
                .map(|item| item_step(item, how, &item_kind))
                .collect();
            let parts = steps?.into_iter().zip(items).map(|(step, value)| Part {
                step,
                value,
                kind: item_kind.clone(),
                is_item: true,
            });
            Some(parts.collect())
        }
        _ => None,
    }
}

/// The step that leads to an item of a list that is not atomic.
fn item_step(item: &Value, how: &Listing, kind: &Type) -> Option<String> {
    match how {
        Listing::Atomic => None,
        Listing::Set => Some(format!("v:{item}")),
        Listing::Keys(names) => {
            let mut names: Vec<&String> = names.iter().collect();
            names.sort();
            let keys: Vec<String> = names
                .into_iter()
                .filter_map(|name| {
                    let stated = item.get(name).cloned();
                    let value = stated.or_else(|| default_key(name, kind))?;
                    Some(format!("{}:{value}", json!(name)))
                })
                .collect();
            Some(format!("k:{{{}}}", keys.join(",")))
        }
    }
}

/// The value a key takes when it is not stated.
fn default_key(name: &str, _kind: &Type) -> Option<Value> {
    (name == "protocol").then(|| json!("TCP"))
}

/// What differs between two states of an object.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub(crate) added: FieldSet,
    pub(crate) modified: FieldSet,
    pub(crate) removed: FieldSet,
}

/// Compares two states of a value.
pub(crate) fn compare(old: &Value, new: &Value, kind: &Type) -> Difference {
    let mut found = Difference::default();
    if old == new {
        return found;
    }
    let (Some(before), Some(after)) = (parts(old, kind), parts(new, kind)) else {
        found.modified.own = true;
        return found;
    };
    if before.is_empty() || after.is_empty() {
        // An empty map or list is a member itself; `null` in place of one is not.
        found.added.own =
            !matches!(kind, Type::Named { .. } | Type::Struct { .. }) && !new.is_null();
    }
    let mut before: BTreeMap<String, Part> = before
        .into_iter()
        .map(|part| (part.step.clone(), part))
        .collect();
    for part in after {
        if let Some(earlier) = before.remove(&part.step) {
            let inner = compare(earlier.value, part.value, &part.kind);
            for (whole, inner) in [
                (&mut found.added, inner.added),
                (&mut found.modified, inner.modified),
                (&mut found.removed, inner.removed),
            ] {
                if !inner.is_empty() {
                    whole.below.insert(part.step.clone(), inner);
                }
            }
        } else {
            found.added.below.insert(part.step.clone(), whole(&part));
        }
    }
    for (step, part) in before {
        found.removed.below.insert(step, whole(&part));
    }
    found
}

/// Objects that Go keeps behind a pointer, which therefore come and go as a whole.
const OPTIONAL: [&str; 8] = [
    "apps.v1.RollingUpdateDeployment",
    "apps.v1.RollingUpdateDaemonSet",
    "apps.v1.RollingUpdateStatefulSetStrategy",
    "apiextensions.v1.CustomResourceConversion",
    "core.v1.SecurityContext",
    "core.v1.PodSecurityContext",
    "core.v1.Probe",
    "core.v1.EnvVarSource",
];

/// All of a part that came or went, with the maps and items themselves.
fn whole(part: &Part) -> FieldSet {
    let mut set = FieldSet::of(part.value, &part.kind);
    set.own |= part.is_item;
    own_maps(&mut set, part.value, &part.kind);
    set
}

fn own_maps(set: &mut FieldSet, value: &Value, kind: &Type) {
    set.own |= match kind {
        Type::Map { .. } | Type::Any => true,
        // A pod has containers always, so the list itself neither comes nor goes.
        Type::List { of, .. } => {
            !matches!(**of, Type::Named { name, .. } if name == "core.v1.Container")
        }
        Type::Named { name, .. } => OPTIONAL.contains(name),
        _ => false,
    };
    for part in parts(value, kind).into_iter().flatten() {
        if let Some(below) = set.below.get_mut(&part.step) {
            own_maps(below, part.value, &part.kind);
        }
    }
}
