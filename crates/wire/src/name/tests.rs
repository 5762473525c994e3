//! Tests of the rules of names.

use super::*;

#[test]
fn a_release_name_has_at_most_53_characters() {
    assert!(ReleaseName::new("a".repeat(53)).is_ok());
    let long = ReleaseName::new("a".repeat(54));
    assert_eq!(
        long,
        Err(BadName::TooLong {
            length: 54,
            max: 53
        })
    );
}

#[test]
fn a_chart_has_the_names_that_helm_takes() {
    let longest = "a".repeat(250);
    for name in ["MyChart", "my_chart", "a.b-c_D9", "-", "...", &longest] {
        assert!(ChartName::new(name).is_ok(), "{name:?}");
    }
    let longer = "a".repeat(251);
    for bad in ["", ".", "..", "a/b", "a b", "a\\b", "\u{e4}", &longer] {
        assert!(ChartName::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_release_name_is_proposed_for_every_chart() {
    let (long, cut) = ("A_".repeat(40), format!("{}a", "a-".repeat(26)));
    for (chart, release) in [
        ("ack-istio", "ack-istio"),
        ("MyChart", "mychart"),
        ("my_chart.v2", "my-chart-v2"),
        ("_a_", "a"),
        ("___", "release"),
        (&long, &cut),
    ] {
        let chart = ChartName::new(chart).expect("a name");
        assert_eq!(ReleaseName::proposed(&chart).as_str(), release);
    }
}

#[test]
fn a_cluster_name_is_a_label() {
    assert!(ClusterName::new("istio-remote1").is_ok());
    for bad in ["", "-a", "a-", "A", "a.b", "a_b", "a\u{202e}b"] {
        assert!(ClusterName::new(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_cluster_id_is_any_key_of_a_secret() {
    for id in ["Kubernetes", "west", "west.example_1", "-", "a..b"] {
        assert!(ClusterId::new(id).is_ok(), "{id:?}");
    }
    for bad in ["", ".", "..", "..a", "a b", "a/b", "a\u{e4}"] {
        assert!(ClusterId::new(bad).is_err(), "{bad:?}");
    }
    assert!(ClusterId::new("a".repeat(253)).is_ok());
    assert!(ClusterId::new("a".repeat(254)).is_err());
    let name = ClusterName::new("west").expect("a name");
    assert_eq!(ClusterId::from(&name).as_str(), "west");
}

#[test]
fn a_deserialised_name_is_validated() {
    assert!(serde_json::from_str::<Namespace>("\"istio-system\"").is_ok());
    assert!(serde_json::from_str::<Namespace>("\"../x\"").is_err());
}
