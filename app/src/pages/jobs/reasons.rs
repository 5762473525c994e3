//! Objects that wait for the same reason, as one line: `12 Deployments: ContainerCreating`.

use std::collections::BTreeMap;
use wire::{
    job::{JobObject, PhaseView},
    release::Health,
};

/// Objects of one kind that wait for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SharedReason {
    /// Their kind.
    pub(super) kind: String,
    /// The reason.
    pub(super) reason: String,
    /// Their names.
    pub(super) names: Vec<String>,
}

/// Why an object is not ready; none when it is, or has not had its turn.
pub(super) fn reason(object: &JobObject) -> Option<&str> {
    match &object.health {
        Some(Health::Waiting(reason) | Health::Failed(reason)) if !reason.is_empty() => {
            Some(reason)
        }
        _ => None,
    }
}

/// The reason without the name of a container and the message about it, such as `ImagePullBackOff`: the events have
/// both.
fn general(reason: &str) -> &str {
    let named = reason.strip_prefix("container ");
    let rest = named.and_then(|named| named.split_once(": "));
    rest.map_or(reason, |(_, rest)| rest.split(": ").next().unwrap_or(rest))
}

/// The reasons that several objects of a phase share, that of the most objects first.
pub(super) fn shared_reasons(phase: &PhaseView) -> Vec<SharedReason> {
    let mut found: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for object in &phase.objects {
        if let Some(reason) = reason(object) {
            let key = (object.object.kind.as_str(), general(reason));
            found
                .entry(key)
                .or_default()
                .push(object.object.name.clone());
        }
    }
    let shared = found.into_iter().filter(|(_, names)| names.len() > 1);
    let mut shared: Vec<SharedReason> = shared
        .map(|((kind, reason), names)| SharedReason {
            kind: kind.to_owned(),
            reason: reason.to_owned(),
            names,
        })
        .collect();
    shared.sort_by_key(|shared| std::cmp::Reverse(shared.names.len()));
    shared
}

/// The reason of an object, unless a line of its phase has it already.
pub(super) fn own_reason<'a>(object: &'a JobObject, shared: &[SharedReason]) -> &'a str {
    let Some(reason) = reason(object) else {
        return "";
    };
    let is_shared = shared
        .iter()
        .any(|shared| shared.kind == object.object.kind && shared.reason == general(reason));
    if is_shared { "" } else { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{
        ObjectName,
        job::{PhaseName, PhaseState},
    };

    fn object(kind: &str, name: &str, health: Option<Health>) -> JobObject {
        JobObject {
            object: ObjectName {
                kind: kind.into(),
                api_version: "apps/v1".into(),
                namespace: Some("shop".into()),
                name: name.into(),
            },
            health,
            note: String::new(),
        }
    }

    #[test]
    fn objects_of_a_kind_with_the_same_reason_are_one_line() {
        let waiting = |text: &str| Some(Health::Waiting(text.into()));
        let failed = |text: &str| Some(Health::Failed(text.into()));
        let phase = PhaseView {
            name: PhaseName::Workloads,
            part: None,
            state: PhaseState::Running,
            done: 0,
            total: 6,
            elapsed_ms: 0,
            objects: vec![
                object("Deployment", "a", waiting("its containers are starting")),
                object("Deployment", "b", failed("container web: ImagePullBackOff")),
                object(
                    "Deployment",
                    "c",
                    failed("container proxy: ImagePullBackOff: no such image"),
                ),
                object("Deployment", "d", Some(Health::Ready)),
                object("StatefulSet", "e", waiting("its containers are starting")),
                object("Deployment", "f", None),
            ],
        };
        let shared = shared_reasons(&phase);
        assert_eq!(
            shared,
            [SharedReason {
                kind: "Deployment".into(),
                reason: "ImagePullBackOff".into(),
                names: vec!["b".into(), "c".into()],
            }]
        );
        let own: Vec<&str> = phase
            .objects
            .iter()
            .map(|object| own_reason(object, &shared))
            .collect();
        let starting = "its containers are starting";
        assert_eq!(own, [starting, "", "", "", starting, ""]);
    }
}
