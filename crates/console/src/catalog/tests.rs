//! What is found, and how it is counted.

use super::*;
use catalog::{ChartIndex, Kind};
use std::sync::Arc;
use wire::{ClusterName, Namespace, ReleaseName, catalog::InstalledView};

fn listing(repository: &str, charts: &[(&str, &str, &str)]) -> Listing {
    let mut chart_index = ChartIndex::default();
    for (name, version, description) in charts {
        let entry = Entry {
            version: (*version).to_owned(),
            description: (*description).to_owned(),
            ..Entry::default()
        };
        let name = ChartName::new(*name).expect("a name");
        chart_index.charts.insert(name, vec![entry]);
    }
    Listing {
        repository: Repository::new(repository).expect("a name"),
        kind: Kind::Http,
        address: String::new(),
        index: Some(Arc::new(chart_index)),
        read: None,
        problem: None,
    }
}

fn world() -> (Vec<Listing>, InstalledCharts) {
    let listings = vec![
        listing(
            "stable",
            &[
                ("shop", "2.0.0", "Sells things"),
                ("web", "1.0.0", "A page in front of the shop"),
            ],
        ),
        listing(
            "edge",
            &[
                ("shop", "3.0.0", "Sells more things"),
                ("postgres", "1.0.0", "A store"),
            ],
        ),
    ];
    let at = InstalledView {
        cluster: ClusterName::new("east").expect("a name"),
        namespace: Namespace::new("shop").expect("a name"),
        release: ReleaseName::new("shop").expect("a name"),
        version: "2.0.0".into(),
    };
    let installed = InstalledCharts {
        releases: [("shop".into(), vec![at])].into(),
        unread: Vec::new(),
    };
    (listings, installed)
}

fn names(view: &CatalogView) -> Vec<String> {
    view.charts
        .iter()
        .map(|card| format!("{}/{}", card.repository, card.chart))
        .collect()
}

fn request(words: &str) -> CatalogRequest {
    CatalogRequest {
        words: words.into(),
        limit: 60,
        ..CatalogRequest::default()
    }
}

#[test]
fn a_name_comes_before_a_sentence_and_the_first_repository_before_the_second() {
    let (listings, installed) = world();
    let view = found(&listings, &installed, &request("shop"));
    assert_eq!(names(&view), ["stable/shop", "edge/shop", "stable/web"]);
    assert_eq!((view.matching, view.total), (3, 4));
}

#[test]
fn each_filter_counts_what_the_others_leave() {
    let (listings, installed) = world();
    let mut request = request("");
    request.status = Status::UpgradeReady;
    let view = found(&listings, &installed, &request);
    assert_eq!(names(&view), ["edge/shop"]);
    let counts: Vec<u32> = view.statuses.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [4, 2, 1]);
    let from: Vec<u32> = view.repositories.iter().map(|(_, count)| *count).collect();
    assert_eq!(from, [0, 1]);

    request.repositories = vec![Repository::new("stable").expect("a name")];
    let view = found(&listings, &installed, &request);
    assert_eq!(view.matching, 0);
    let counts: Vec<u32> = view.statuses.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [2, 1, 0]);
}

#[test]
fn an_answer_holds_no_more_than_was_asked_for() {
    let (listings, installed) = world();
    let request = CatalogRequest {
        limit: 1,
        ..request("")
    };
    let view = found(&listings, &installed, &request);
    assert_eq!((view.charts.len(), view.matching), (1, 4));
}

#[test]
fn the_windows_hold_every_chart_once_and_none_is_after_the_last() {
    let (listings, installed) = world();
    let window = |offset| {
        let request = CatalogRequest {
            offset,
            limit: 3,
            ..request("")
        };
        let view = found(&listings, &installed, &request);
        let charts = view.charts.into_iter();
        let charts = charts.map(|card| (card.repository, card.chart));
        (view.offset, charts.collect::<Vec<_>>())
    };
    let ((_, mut all), (at, second)) = (window(0), window(3));
    assert_eq!((all.len(), at, second.len()), (3, 3, 1));
    assert_eq!(window(60), (3, second.clone()));
    all.extend(second);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 4);
}
