//! The built-in charts in the catalog.

use super::*;
use wire::ChartName;

#[tokio::test]
async fn the_istio_charts_are_built_in() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let listings = catalog.listings(Duration::ZERO).await;
    let names: Vec<String> = listings
        .iter()
        .flat_map(|listing| listing.index.iter().flat_map(|index| index.charts.keys()))
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
async fn an_unknown_version_is_an_error_with_its_name() {
    let catalog = Catalog::built_in().expect("the catalog reads");
    let reference = ChartRef {
        repository: Repository::new(BUILT_IN).expect("a name"),
        chart: ChartName::new("bookinfo").expect("a name"),
        version: "9.9.9".into(),
    };
    let message = catalog
        .chart(&reference)
        .await
        .map(|_| ())
        .expect_err("there is none")
        .to_string();
    assert_eq!(message, "there is no chart built-in/bookinfo 9.9.9");
}
