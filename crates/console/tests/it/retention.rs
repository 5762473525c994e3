//! Retention: old drafts are deleted in the background, and the task ends with the console.

use crate::support::{operator, setup};
use console::{Console, Error, Limit, Retention, Setup};
use std::time::{Duration, Instant};
use wire::{ChartName, Repository, install::NewDraftRequest};

#[tokio::test(flavor = "multi_thread")]
async fn old_drafts_are_deleted_until_the_console_closes() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = Limit { days: 1, count: 0 };
    let setup = Setup {
        retention: Retention {
            drafts: nothing,
            ..Retention::default()
        },
        ..setup()
    };
    let console = Console::open(folder.path(), setup).unwrap();
    let ann = operator();
    let (repository, chart) = (
        Repository::new("built-in").unwrap(),
        ChartName::new("ack-istio").unwrap(),
    );
    let chart = console.newest_chart(&ann, &repository, &chart).await;
    let request = NewDraftRequest {
        chart: chart.unwrap(),
    };
    let draft = console.new_draft(&ann, request).await.unwrap();
    console.draft(&ann, &draft).await.unwrap();

    console.watch_retention();
    let started = Instant::now();
    while !matches!(console.draft(&ann, &draft).await, Err(Error::NoDraft(_))) {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the draft stays"
        );
        tokio::task::yield_now().await;
    }
    let closing = Instant::now();
    console.close(Duration::from_secs(20)).await;
    assert!(
        closing.elapsed() < Duration::from_secs(10),
        "the task goes on"
    );
}
