//! Sets of fields, as `managedFields` writes them.
//!
//! A set is a tree of path elements such as `f:spec` or `k:{"name":"web"}`; an owned node is a
//! member. Start at [`FieldSet::of`] and [`compare`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::schema::{ListType, Type};

/// A set of fields of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSet {
    /// Whether this node itself is a member.
    pub(crate) is_member: bool,
    pub(crate) children: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// The fields of a value.
    pub(crate) fn of(value: &Value, kind: &Type) -> Self {
        let mut set = Self::default();
        match elements(value, kind) {
            Some(elements) if !elements.is_empty() => {
                for element in elements {
                    let mut children = Self::of(element.value, &element.kind);
                    children.is_member |= element.is_item;
                    set.children.insert(element.step, children);
                }
            }
            _ => set.is_member = true,
        }
        set
    }

    pub(crate) fn read(value: &Value) -> Self {
        let mut set = Self::default();
        let members = value.as_object();
        set.is_member =
            members.is_none_or(|members| members.is_empty() || members.contains_key("."));
        for (step, children) in members
            .into_iter()
            .flatten()
            .filter(|(step, _)| *step != ".")
        {
            set.children.insert(step.clone(), Self::read(children));
        }
        set
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        if self.is_member && !self.children.is_empty() {
            members.insert(".".into(), json!({}));
        }
        for (step, children) in &self.children {
            members.insert(step.clone(), children.to_json());
        }
        Value::Object(members)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.is_member && self.children.values().all(Self::is_empty)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.is_member |= other.is_member;
        for (step, others_set) in &other.children {
            self.children
                .entry(step.clone())
                .or_default()
                .add(others_set);
        }
    }

    pub(crate) fn subtract(&mut self, other: &Self) {
        self.is_member &= !other.is_member;
        for (step, others_set) in &other.children {
            if let Some(ours) = self.children.get_mut(step) {
                ours.subtract(others_set);
                if ours.is_empty() {
                    self.children.remove(step);
                }
            }
        }
    }

    /// The members of both sets.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut shared = Self {
            is_member: self.is_member && other.is_member,
            children: BTreeMap::new(),
        };
        for (step, ours) in &self.children {
            if let Some(others_set) = other.children.get(step) {
                let both = ours.intersection(others_set);
                if !both.is_empty() {
                    shared.children.insert(step.clone(), both);
                }
            }
        }
        shared
    }

    /// Removes everything at and below a path.
    pub(crate) fn remove_path(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if rest.is_empty() {
            self.children.remove(*first);
        } else if let Some(children) = self.children.get_mut(*first) {
            children.remove_path(rest);
            if children.is_empty() {
                self.children.remove(*first);
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
        if self.is_member {
            found.push(path.to_owned());
        }
        for (step, children) in &self.children {
            children.collect(&format!("{path}{}", display(step)), found);
        }
    }
}

fn display(step: &str) -> String {
    let Some((prefix, rest)) = step.split_once(':') else {
        return step.to_owned();
    };
    match prefix {
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

/// An element of an object or list that has an owner of its own.
pub(crate) struct Element<'a> {
    pub(crate) step: String,
    pub(crate) value: &'a Value,
    pub(crate) kind: Type,
    /// Whether it is an item of a list.
    pub(crate) is_item: bool,
}

/// The elements of a value; `None` when it is owned as a whole.
pub(crate) fn elements<'a>(value: &'a Value, kind: &Type) -> Option<Vec<Element<'a>>> {
    match value {
        Value::Object(members) if !kind.is_atomic() && !matches!(kind, Type::Scalar(_)) => Some(
            members
                .iter()
                .map(|(name, value)| Element {
                    step: format!("f:{name}"),
                    value,
                    kind: kind.field(name),
                    is_item: false,
                })
                .collect(),
        ),
        Value::Array(items) => {
            let item_kind = kind.item();
            let list_type = kind.list_type();
            let steps: Option<Vec<String>> = items
                .iter()
                .map(|item| item_step(item, list_type, &item_kind))
                .collect();
            let elements = steps?.into_iter().zip(items).map(|(step, value)| Element {
                step,
                value,
                kind: item_kind.clone(),
                is_item: true,
            });
            Some(elements.collect())
        }
        _ => None,
    }
}

/// The path element of an item of a list that is not atomic.
fn item_step(item: &Value, list_type: &ListType, kind: &Type) -> Option<String> {
    match list_type {
        ListType::Atomic => None,
        ListType::Set => Some(format!("v:{item}")),
        ListType::Keys(names) => {
            let mut names: Vec<&String> = names.iter().collect();
            names.sort();
            let keys: Vec<String> = names
                .into_iter()
                .filter_map(|name| {
                    let specified = item.get(name).cloned();
                    let value = specified.or_else(|| default_key(name, kind))?;
                    Some(format!("{}:{value}", json!(name)))
                })
                .collect();
            Some(format!("k:{{{}}}", keys.join(",")))
        }
    }
}

/// The default value of a list key.
fn default_key(name: &str, _kind: &Type) -> Option<Value> {
    (name == "protocol").then(|| json!("TCP"))
}

/// The difference between two states of an object.
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
    let (Some(before), Some(after)) = (elements(old, kind), elements(new, kind)) else {
        found.modified.is_member = true;
        return found;
    };
    if before.is_empty() || after.is_empty() {
        // An empty map or list is a member itself; `null` is not.
        found.added.is_member =
            !matches!(kind, Type::Named { .. } | Type::Struct { .. }) && !new.is_null();
    }
    let mut before: BTreeMap<String, Element> = before
        .into_iter()
        .map(|element| (element.step.clone(), element))
        .collect();
    for element in after {
        if let Some(earlier) = before.remove(&element.step) {
            let inner = compare(earlier.value, element.value, &element.kind);
            for (target, inner) in [
                (&mut found.added, inner.added),
                (&mut found.modified, inner.modified),
                (&mut found.removed, inner.removed),
            ] {
                if !inner.is_empty() {
                    target.children.insert(element.step.clone(), inner);
                }
            }
        } else {
            found
                .added
                .children
                .insert(element.step.clone(), full_set(&element));
        }
    }
    for (step, element) in before {
        found.removed.children.insert(step, full_set(&element));
    }
    found
}

/// Objects that Go keeps behind a pointer, which are therefore added and removed as a whole.
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

/// All fields of an added or removed element, including maps and items themselves.
fn full_set(element: &Element) -> FieldSet {
    let mut set = FieldSet::of(element.value, &element.kind);
    set.is_member |= element.is_item;
    include_maps(&mut set, element.value, &element.kind);
    set
}

fn include_maps(set: &mut FieldSet, value: &Value, kind: &Type) {
    set.is_member |= match kind {
        Type::Map { .. } | Type::Any => true,
        // A pod always has containers, so the list itself is neither added nor removed.
        Type::List { item_type, .. } => {
            !matches!(**item_type, Type::Named { name, .. } if name == "core.v1.Container")
        }
        Type::Named { name, .. } => OPTIONAL.contains(name),
        _ => false,
    };
    for element in elements(value, kind).into_iter().flatten() {
        if let Some(children) = set.children.get_mut(&element.step) {
            include_maps(children, element.value, &element.kind);
        }
    }
}
