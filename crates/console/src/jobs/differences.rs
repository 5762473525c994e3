//! What differs between a plan that an operator was shown and the plan that is made instead: objects that
//! appeared, disappeared, were replaced or changed, and steps that are new, gone or others. Names and paths of
//! fields only, never values. Pure; start at [`between`].

use super::planned_state::PlannedState;
use std::collections::{BTreeMap, BTreeSet};
use wire::review::{DifferenceKind, PlanDifference, PlanDifferences};

/// Differences that are listed; the others are counted.
const MAX_DIFFERENCES: usize = 60;
/// Fields of one object that are named; the others are counted.
const MAX_FIELDS: usize = 12;

/// The differences between the plan that was shown and the one that is made now.
pub(super) fn between(shown: &PlannedState, now: &PlannedState) -> PlanDifferences {
    let replaced = shown.replaced_clusters(now).into_iter();
    let replaced = replaced.map(|object| (object, DifferenceKind::Replaced));
    let objects = objects(shown, now);
    let steps = steps(shown, now);
    let all = replaced.chain(objects).chain(steps);
    let mut all: Vec<PlanDifference> = all
        .map(|(object, kind)| PlanDifference { object, kind })
        .collect();
    let more = all.len().saturating_sub(MAX_DIFFERENCES);
    all.truncate(MAX_DIFFERENCES);
    PlanDifferences {
        differences: all,
        more: u32::try_from(more).unwrap_or(u32::MAX),
    }
}

/// The objects that both plans concern and that changed in between.
fn objects(shown: &PlannedState, now: &PlannedState) -> Vec<(String, DifferenceKind)> {
    let both = shown.objects.iter().filter_map(|(name, before)| {
        let after = now.objects.get(name)?;
        let kind = match (before, after) {
            (None, Some(_)) => DifferenceKind::Appeared,
            (Some(_), None) => DifferenceKind::Disappeared,
            (Some(before), Some(after)) if before == after => return None,
            (Some(before), Some(after)) if uid(before) != uid(after) => DifferenceKind::Replaced,
            (Some(_), Some(_)) => changed(shown.fields.get(name), now.fields.get(name)),
            (None, None) => return None,
        };
        Some((name.clone(), kind))
    });
    both.collect()
}

/// The UID in the state of an object.
fn uid(state: &str) -> &str {
    state.split_once(' ').map_or("", |(uid, _)| uid)
}

/// The fields that differ; none are known of an object that could not be read.
fn changed(
    before: Option<&BTreeMap<String, String>>,
    after: Option<&BTreeMap<String, String>>,
) -> DifferenceKind {
    let (Some(before), Some(after)) = (before, after) else {
        return DifferenceKind::Changed {
            fields: Vec::new(),
            more: 0,
        };
    };
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path));
    let mut fields: Vec<String> = differ.cloned().collect();
    let more = fields.len().saturating_sub(MAX_FIELDS);
    fields.truncate(MAX_FIELDS);
    DifferenceKind::Changed {
        fields,
        more: u32::try_from(more).unwrap_or(u32::MAX),
    }
}

/// The steps that only one of the plans has, or that do something else.
fn steps(shown: &PlannedState, now: &PlannedState) -> Vec<(String, DifferenceKind)> {
    let names: BTreeSet<&String> = shown.steps.keys().chain(now.steps.keys()).collect();
    let differences = names.into_iter().filter_map(|name| {
        let kind = match (shown.steps.get(name), now.steps.get(name)) {
            (None, Some(_)) => DifferenceKind::StepAdded,
            (Some(_), None) => DifferenceKind::StepRemoved,
            (before, after) if before != after => DifferenceKind::StepChanged,
            _ => return None,
        };
        Some((name.clone(), kind))
    });
    differences.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = pairs.iter();
        owned
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    fn state(objects: &[(&str, Option<&str>)], steps: &[(&str, &str)]) -> PlannedState {
        PlannedState {
            objects: objects
                .iter()
                .map(|(name, state)| ((*name).to_owned(), state.map(str::to_owned)))
                .collect(),
            steps: texts(steps),
            ..PlannedState::default()
        }
    }

    #[test]
    fn each_object_and_step_is_named_with_what_happened_to_it() {
        let mut shown = state(
            &[
                ("same", Some("1 a")),
                ("appeared", None),
                ("disappeared", Some("2 a")),
                ("replaced", Some("3 a")),
                ("changed", Some("4 a")),
            ],
            &[("kept", "a"), ("removed", "a"), ("other", "a")],
        );
        let mut now = state(
            &[
                ("same", Some("1 a")),
                ("appeared", Some("9 a")),
                ("disappeared", None),
                ("replaced", Some("8 a")),
                ("changed", Some("4 b")),
            ],
            &[("kept", "a"), ("added", "a"), ("other", "b")],
        );
        let fields = |value| texts(&[("data.a", value), ("data.same", "x")]);
        shown.fields.insert("changed".to_owned(), fields("1"));
        now.fields.insert("changed".to_owned(), fields("2"));

        let found = between(&shown, &now);

        let changed = DifferenceKind::Changed {
            fields: vec!["data.a".to_owned()],
            more: 0,
        };
        let expected = [
            ("appeared", DifferenceKind::Appeared),
            ("changed", changed),
            ("disappeared", DifferenceKind::Disappeared),
            ("replaced", DifferenceKind::Replaced),
            ("added", DifferenceKind::StepAdded),
            ("other", DifferenceKind::StepChanged),
            ("removed", DifferenceKind::StepRemoved),
        ];
        let expected = expected.map(|(object, kind)| PlanDifference {
            object: object.to_owned(),
            kind,
        });
        assert_eq!((found.differences, found.more), (expected.to_vec(), 0));
    }

    #[test]
    fn many_differences_are_counted() {
        let names: Vec<String> = (0..MAX_DIFFERENCES + 5)
            .map(|n| format!("{n:03}"))
            .collect();
        let after: Vec<(&str, Option<&str>)> = names
            .iter()
            .map(|name| (name.as_str(), Some("1 a")))
            .collect();
        let before: Vec<(&str, Option<&str>)> =
            names.iter().map(|name| (name.as_str(), None)).collect();
        let found = between(&state(&before, &[]), &state(&after, &[]));
        assert_eq!((found.differences.len(), found.more), (MAX_DIFFERENCES, 5));
    }
}
