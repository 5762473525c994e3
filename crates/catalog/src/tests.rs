//! The built-in charts, as the catalog shows them.

use super::*;

#[test]
fn both_charts_of_the_article_are_built_in() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let names: Vec<String> = catalog
        .list()
        .into_iter()
        .map(|(_, chart, _)| chart.to_string())
        .collect();
    assert_eq!(names, ["ack-istio", "ack-istio-remote"]);
}

#[test]
fn an_unknown_version_is_named() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let wanted = ChartRef {
        repository: Repository::new(BUILT_IN).expect("a name"),
        chart: ChartName::new("ack-istio").expect("a name"),
        version: "9.9.9".into(),
    };
    let said = catalog
        .chart(&wanted)
        .map(|_| ())
        .expect_err("there is none")
        .to_string();
    assert_eq!(said, "there is no chart built-in/ack-istio 9.9.9");
}

#[test]
fn versions_are_ordered_as_semantic_versions() {
    assert!(order("1.10.0", "1.9.0").is_gt());
    assert!(order("1.0.0-rc.1", "1.0.0").is_lt());
}
