//! Tables and properties of the comparison of values.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn yaml(text: &str) -> Value {
    Values::parse(text).expect("values").to_json()
}

fn merged(old: &str, new: &str, text: &str) -> ValuesMerge {
    let defaults = (yaml(old), yaml(new));
    let merge = merge_values((&defaults.0, &defaults.1), (text, HelmVersion::V3), &|_| {
        false
    });
    merge.expect("a merge")
}

/// The keys with their outcomes, as text.
fn outcomes(old: &str, new: &str, text: &str) -> Vec<String> {
    let merge = merged(old, new, text);
    let row = |key: &MergedKey| format!("{} {:?}", key.path.join("."), key.outcome);
    merge.keys.iter().map(row).collect()
}

#[test]
fn each_key_has_its_outcome() {
    for (old, new, text, expected) in [
        // The default changed.
        ("a: 1", "a: 2", "a: 3", "a Conflict"),
        ("a: 1", "a: 2", "a: 1", "a Pinned"),
        ("a: 1", "a: 2", "a: 2", "a SameAsNew"),
        ("a: 1", "a: 2", "", "a NewDefault"),
        // It did not.
        ("a: 1", "a: 1", "a: 3", "a Kept"),
        ("a: 1", "a: 1", "a: 1", "a Pinned"),
        ("a: 1", "a: 1.0", "", ""),
        ("a: 1", "a: 1", "a: {}\nb: 2", "a Kept, b Kept"),
        // It is new, or gone.
        ("b: 1", "b: 1\na: 2", "a: 3", "a Conflict"),
        ("b: 1", "b: 1\na: 2", "", "a Added"),
        ("a: 1", "", "a: 3", "a Unknown"),
        ("a: {b: 1}", "", "a: {b: 1, c: 2}", "a.b Unknown, a.c Kept"),
        ("a: 1", "", "", "a Removed"),
        // A list is one value.
        ("a: [1, 2]", "a: [1]", "a: [1, 3]", "a Conflict"),
        ("a: [1, 2]", "a: [1]", "a: [1, 2]", "a Pinned"),
        // A null removes a default, and stays.
        ("a: 1", "a: 1", "a: null", "a Kept"),
        ("a: 1", "a: 2", "a: null", "a Conflict"),
        ("a: null", "a: 2", "a: 3", "a Conflict"),
        // Another type.
        ("a: 1", "a: {b: 1}", "a: 1", "a Conflict"),
        ("a: x", "a: [x]", "a: y", "a Conflict"),
        ("a: {b: 1}", "a: x", "a: {b: 2}", "a Conflict"),
        ("a: {b: 1}", "a: x", "", "a NewDefault"),
        // Maps without keys accept any key.
        ("a: {}", "a: {}", "a: {b: 1}", "a.b Kept"),
        ("a: {}", "a: {c: 1}", "a: {b: 1}", "a.b Kept, a.c Added"),
        ("a: {b: 1}", "a: {b: 1}", "a: {}", ""),
    ] {
        let found = outcomes(old, new, text).join(", ");
        assert_eq!(found, expected, "{old} | {new} | {text}");
    }
}

#[test]
fn a_key_that_the_schema_knows_is_not_unknown_without_a_default() {
    let (old, new) = (yaml("a: 1\nb: 1"), yaml(""));
    let is_known = |path: &[String]| path == ["a"];
    let text = ("b: 2\na: 2", HelmVersion::V3);
    let merge = merge_values((&old, &new), text, &is_known).expect("a merge");
    let rows: Vec<_> = merge
        .keys
        .iter()
        .map(|key| (key.path.join("."), key.outcome))
        .collect();
    assert_eq!(
        rows,
        [
            ("a".to_owned(), MergeOutcome::Conflict),
            ("b".to_owned(), MergeOutcome::Unknown)
        ]
    );
}

#[test]
fn conflicts_come_first_and_set_keys_have_their_line() {
    let text =
        "# ours\nhub: reg.corp.example/istio\n\npilot:\n  # measured in May\n  memory: 1536Mi\n";
    let merge = merged(
        "hub: docker.io/istio\npilot: {memory: 2048Mi, cpu: 500m}",
        "hub: docker.io/istio\npilot: {memory: 2560Mi, cpu: 250m}",
        text,
    );
    let rows: Vec<_> = merge
        .keys
        .iter()
        .map(|key| (key.path.join("."), key.line))
        .collect();
    assert_eq!(
        rows,
        [
            ("pilot.memory".to_owned(), Some(6)),
            ("hub".to_owned(), Some(2)),
            ("pilot.cpu".to_owned(), None)
        ]
    );
    let paths = [vec!["pilot".to_owned(), "memory".to_owned()]];
    let taken = use_defaults(text, &paths).expect("a text");
    assert_eq!(taken.lines().next(), Some("# ours"));
    assert!(taken.contains("hub: reg.corp.example/istio") && !taken.contains("1536Mi"));
}

/// Values of a few keys, so that texts and defaults meet.
fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        (0..3_i32).prop_map(|value| json!(value)),
        "[a-c]".prop_map(|value| json!(value)),
        prop::collection::vec(0..2_i32, 0..3).prop_map(|value| json!(value)),
    ];
    let tree = scalar.prop_recursive(3, 20, 4, |inner| {
        prop::collection::btree_map("[a-d]", inner, 0..4)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    });
    prop::collection::btree_map("[a-d]", tree, 0..4)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

/// As Helm merges values over defaults; nulls as they are.
fn over(defaults: &Value, values: &Value) -> Value {
    let mut merged = values.clone();
    fill(&mut merged, defaults);
    merged
}

proptest! {
    #[test]
    fn without_a_change_of_defaults_nothing_is_to_be_decided(old in values(), text in values()) {
        let written = Values::from_json(&text).to_yaml();
        let merge = merge_values((&old, &old), (&written, HelmVersion::V3), &|_| false).expect("a merge");
        for key in merge.keys {
            prop_assert!(matches!(key.outcome, MergeOutcome::Kept | MergeOutcome::Pinned), "{key:?}");
        }
    }

    #[test]
    fn what_is_removed_has_the_new_default_and_the_rest_stays(old in values(), new in values(), text in values()) {
        let written = Values::from_json(&text).to_yaml();
        let merge = merge_values((&old, &new), (&written, HelmVersion::V3), &|_| false).expect("a merge");
        let conflicts: Vec<&MergedKey> =
            merge.keys.iter().filter(|key| key.outcome == MergeOutcome::Conflict).collect();
        for key in &conflicts {
            prop_assert!(key.yours != key.new && !is_same(key.old.as_ref(), key.new.as_ref()));
        }
        let paths: Vec<_> = conflicts.iter().map(|key| key.path.clone()).collect();
        let Ok(taken) = use_defaults(&written, &paths) else { return Ok(()) };
        let again = merge_values((&old, &new), (&taken, HelmVersion::V3), &|_| false).expect("a merge");
        prop_assert!(again.keys.iter().all(|key| key.outcome != MergeOutcome::Conflict), "{again:?}");
        let effective = over(&new, &yaml(&taken));
        for key in &merge.keys {
            let found = key.path.iter().try_fold(&effective, |value, name| value.get(name));
            match key.outcome {
                MergeOutcome::Conflict => prop_assert_eq!(found, key.new.as_ref()),
                MergeOutcome::Pinned | MergeOutcome::Kept => {
                    let is_yours = key.yours.as_ref().zip(found);
                    let is_kept = is_yours.is_some_and(|(yours, found)| same(found, yours) || yours.is_object());
                    prop_assert!(is_kept, "{:?} {:?}", key, found);
                }
                _ => {}
            }
        }
    }
}
