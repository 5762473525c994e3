//! Any schema gives a form and a validation, or an error, within the limits.
use std::time::Duration;

use chart::{Budget, Chart, HelmVersion, Limits, Values, form, validate};
use proptest::prelude::*;
use serde_json::{Value, json};

const VALUES: &str = "a: {a: {b: [1, x, null]}, b: 2}\nb: {c: true}\nc: text\n";

/// Schemas whose parts refer to each other and to themselves.
fn schema() -> impl Strategy<Value = Value> {
    let reference = prop_oneof![
        Just("#"),
        Just("#/definitions/a"),
        Just("#/definitions/b"),
        Just("#/definitions/missing"),
        Just("#/properties/a"),
        Just("#anchor"),
    ];
    let kind = prop_oneof![
        Just("string"),
        Just("object"),
        Just("integer"),
        Just("array"),
        Just("wrong")
    ];
    let leaf = prop_oneof![
        reference.prop_map(|reference| json!({"$ref": reference})),
        kind.prop_map(|kind| json!({"type": kind, "pattern": "^a", "enum": ["a", "b"]})),
        Just(json!(true)),
        Just(json!({"$id": "anchor", "minLength": 2})),
    ];
    let nested = leaf.prop_recursive(5, 40, 4, |inner| {
        let map = prop::collection::btree_map("[abc]", inner.clone(), 1..4);
        let list = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            map.clone().prop_map(|map| json!({"properties": map})),
            map.prop_map(|map| json!({"patternProperties": map})),
            list.clone().prop_map(|list| json!({"anyOf": list})),
            list.prop_map(|list| json!({"allOf": list})),
            inner.clone().prop_map(|item| json!({"items": item})),
            inner.prop_map(|item| json!({"not": item, "additionalProperties": item})),
        ]
    });
    let properties = prop::collection::btree_map("[abc]", nested.clone(), 0..4);
    let definitions = prop::collection::btree_map("[ab]", nested, 0..3);
    (properties, definitions).prop_map(
        |(properties, definitions)| json!({"properties": properties, "definitions": definitions}),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_form_and_a_validation_end_within_the_limits(schema in schema()) {
        let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let chart = Chart::from_files([
            file("Chart.yaml", "apiVersion: v2\nname: any\nversion: 0.1.0"),
            file("values.yaml", VALUES),
            file("values.schema.json", &schema.to_string()),
        ]).unwrap();
        let limits = Limits { time: Duration::from_secs(5), ..Limits::default() };
        let budget = Budget::new(limits);
        let form = form(&chart, VALUES, &budget).unwrap();
        let mut paths: Vec<_> = form.fields.iter().map(|field| &field.path).collect();
        paths.sort();
        paths.dedup();
        prop_assert_eq!(paths.len(), form.fields.len(), "a field appears once");
        // An invalid schema is an error; both end.
        for helm in HelmVersion::ALL {
            let _ = validate(&chart.for_helm(helm).unwrap(), &Values::empty(), &budget);
        }
        prop_assert!(budget.check_deadline().is_ok());
    }
}
