//! LimitRanges: default resources of containers, and bounds for containers, pods and claims.
//!
//! Start at [`set_defaults`] and [`check`].

use serde_json::{Map, Value, json};

use super::amount::{Amounts, format};
use super::pod_resources::{of_container, of_pod};
use crate::kinds::Kind;
use crate::object;
use crate::quantity::thousandths;

/// Sets the defaults of a LimitRange, which depend on its bounds.
pub(crate) fn fill(range: &mut Value) {
    let items = range
        .pointer_mut("/spec/limits")
        .and_then(Value::as_array_mut);
    for item in items.into_iter().flatten() {
        if item["type"] != "Container" {
            continue;
        }
        for (to, from) in [
            ("default", "max"),
            ("defaultRequest", "default"),
            ("defaultRequest", "min"),
        ] {
            let amounts = item[from].as_object().cloned().unwrap_or_default();
            for (name, amount) in amounts {
                object::set_default(object::map(item, to), &name, amount);
            }
        }
    }
}

/// Gives the containers of a pod the default resources, and notes them in an annotation.
pub(super) fn set_defaults(range: &Value, pod: &mut Value) {
    let mut notes = Vec::new();
    for item in object::items(range, "/spec/limits").filter(|item| item["type"] == "Container") {
        for (list, title) in [
            ("initContainers", "init container"),
            ("containers", "container"),
        ] {
            let containers = pod
                .pointer_mut(&format!("/spec/{list}"))
                .and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten() {
                let name = object::text(container, "/name").to_owned();
                for (to, from, word) in [
                    ("requests", "defaultRequest", "request"),
                    ("limits", "default", "limit"),
                ] {
                    let added = add_missing(container, to, item[from].as_object());
                    if !added.is_empty() {
                        notes.push(format!("{} {word} for {title} {name}", added.join(", ")));
                    }
                }
            }
        }
    }
    if !notes.is_empty() {
        let note = format!("LimitRanger plugin set: {}", notes.join("; "));
        let annotations = object::meta(pod)
            .entry("annotations")
            .or_insert_with(|| json!({}));
        annotations["kubernetes.io/limit-ranger"] = json!(note);
    }
}

/// Adds the missing amounts to the requests or limits of a container; returns their names.
fn add_missing(
    container: &mut Value,
    list: &str,
    defaults: Option<&Map<String, Value>>,
) -> Vec<String> {
    let missing = defaults.into_iter().flatten();
    let missing: Vec<_> = missing
        .filter(|(name, _)| container["resources"][list].get(name).is_none())
        .collect();
    for (name, amount) in &missing {
        container["resources"][list][name.as_str()] = (*amount).clone();
    }
    missing.into_iter().map(|(name, _)| name.clone()).collect()
}

/// Checks a pod or a claim against the bounds; the error is a message.
pub(super) fn check(range: &Value, kind: &Kind, object: &Value) -> Result<(), String> {
    let mut problems = Vec::new();
    for item in object::items(range, "/spec/limits") {
        match (object::text(item, "/type"), kind.id.as_str()) {
            ("Container", "pods") => {
                for list in ["/spec/containers", "/spec/initContainers"] {
                    for container in object::items(object, list) {
                        let requests = of_container(container, "requests");
                        let limits = of_container(container, "limits");
                        check_bounds(item, &requests, &limits, &mut problems);
                    }
                }
            }
            ("Pod", "pods") => {
                let (requests, limits) = (of_pod(object, "requests"), of_pod(object, "limits"));
                check_bounds(item, &requests, &limits, &mut problems);
            }
            ("PersistentVolumeClaim", "persistentvolumeclaims") => {
                let storage = thousandths(&object["spec"]["resources"]["requests"]["storage"]);
                let storage = storage.map(|storage| ("storage".to_owned(), storage));
                let storage: Amounts = storage.into_iter().collect();
                check_bounds(item, &storage, &storage, &mut problems);
            }
            _ => {}
        }
    }
    match problems.as_slice() {
        [] => Ok(()),
        [problem] => Err(problem.clone()),
        problems => Err(format!("[{}]", problems.join(", "))),
    }
}

/// A bound of a LimitRange.
struct Bound<'a> {
    direction: &'a str,
    resource: &'a str,
    item_type: &'a str,
    text: &'a str,
    amount: i128,
}

impl Bound<'_> {
    fn problem(&self, word: &str, found: Option<i128>) -> String {
        let Self {
            direction,
            resource,
            item_type,
            text,
            ..
        } = self;
        let bound = format!("{direction} {resource} usage per {item_type} is {text}");
        match found {
            Some(found) => format!("{bound}, but {word} is {}", format(found, text)),
            None => format!("{bound}.  No {word} is specified"),
        }
    }
}

fn bounds<'a>(item: &'a Value, list: &str, direction: &'a str) -> Vec<Bound<'a>> {
    let amounts = item[list].as_object().into_iter().flatten();
    amounts
        .filter_map(|(resource, value)| {
            Some(Bound {
                direction,
                resource,
                item_type: object::text(item, "/type"),
                text: value.as_str().unwrap_or_default(),
                amount: thousandths(value)?,
            })
        })
        .collect()
}

fn check_bounds(item: &Value, requests: &Amounts, limits: &Amounts, problems: &mut Vec<String>) {
    for bound in bounds(item, "min", "minimum") {
        let (request, limit) = (requests.get(bound.resource), limits.get(bound.resource));
        match (request, limit) {
            (None, _) => problems.push(bound.problem("request", None)),
            (Some(request), _) if *request < bound.amount => {
                problems.push(bound.problem("request", Some(*request)));
            }
            (_, Some(limit)) if *limit < bound.amount => {
                problems.push(bound.problem("limit", Some(*limit)));
            }
            _ => {}
        }
    }
    for bound in bounds(item, "max", "maximum") {
        let (request, limit) = (requests.get(bound.resource), limits.get(bound.resource));
        let is_claim = bound.item_type == "PersistentVolumeClaim";
        match (limit, request) {
            (_, Some(request)) if is_claim && *request > bound.amount => {
                problems.push(bound.problem("request", Some(*request)));
            }
            (None, _) => problems.push(bound.problem("limit", None)),
            (Some(limit), _) if *limit > bound.amount => {
                problems.push(bound.problem("limit", Some(*limit)));
            }
            (_, Some(request)) if *request > bound.amount => {
                problems.push(bound.problem("request", Some(*request)));
            }
            _ => {}
        }
    }
}
