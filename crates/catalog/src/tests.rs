//! The built-in charts, as the catalog shows them.

use super::*;
use wire::ChartName;

#[tokio::test]
async fn the_charts_of_the_article_are_built_in() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let listings = catalog.listings(Duration::ZERO).await;
    let names: Vec<String> = listings
        .iter()
        .flat_map(|listing| listing.shelf.iter().flat_map(|shelf| shelf.charts.keys()))
        .map(ToString::to_string)
        .collect();
    let expected = [
        "ack-istio",
        "ack-istio-remote",
        "bookinfo",
        "bookinfo-details",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn an_unknown_version_is_named() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let wanted = ChartRef {
        repository: Repository::new(BUILT_IN).expect("a name"),
        chart: ChartName::new("ack-istio").expect("a name"),
        version: "9.9.9".into(),
    };
    let said = catalog
        .chart(&wanted)
        .await
        .map(|_| ())
        .expect_err("there is none")
        .to_string();
    assert_eq!(said, "there is no chart built-in/ack-istio 9.9.9");
}
