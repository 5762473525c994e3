//! The text of a release's values is kept beside the release, for every console and every revision.

use crate::{
    support::{
        EAST, Operate as _, World, deployed, draft, operator, release, setup, succeeded, write,
    },
    upgrades::{NEW, TEXT, request},
};
use console::Console;
use serde_json::json;
use wire::{Revision, decision::Decisions, job::JobNote};

/// The text with which an upgrade by a console starts.
async fn first_text(console: &Console, chart: &wire::ChartRef) -> String {
    let draft = console
        .new_upgrade(&operator(), request(chart))
        .await
        .unwrap();
    console.parameters(&operator(), &draft).await.unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn another_console_upgrades_and_rolls_back_with_the_text_and_its_comments() {
    let (world, _) = World::with_bills().await;
    let folder = tempfile::tempdir().unwrap();
    let console = Console::open(folder.path(), setup()).unwrap();
    console
        .add_sandbox(&world.listening.kubeconfig())
        .await
        .unwrap();
    let other = World {
        console,
        folder,
        ..world
    };
    let next = other
        .upload("1.1.0", "greeting: hello\nlimit: 20\n", NEW)
        .await;
    assert_eq!(first_text(&other.console, &next).await, TEXT);

    let (console, ann, at) = (&other.console, operator(), release("bills"));
    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let text = format!("{TEXT}limit: 30 # until May\n");
    write(console, &draft, &text).await;
    let job = deployed(console, &draft).await;
    assert_eq!(job.notes, []);
    assert_eq!(first_text(console, &next).await, text);
    let plan = console
        .plan_rollback(&ann, &at, Revision(1), Decisions::default())
        .await
        .unwrap();
    succeeded(
        console,
        &console.start_shown(&ann, &plan.review).await.unwrap(),
    )
    .await;
    assert_eq!(
        first_text(console, &next).await,
        "greeting: good day\n",
        "as recorded"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_text_cannot_be_kept_the_job_says_so_and_has_it_itself() {
    let world = World::new().await;
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": {"name": "secrets", "namespace": "istio-system"},
        "spec": {"hard": {"count/secrets": "1"}},
    });
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}});
    if world
        .cluster()
        .get(&crate::support::reference(
            "v1",
            "Namespace",
            "istio-system",
        ))
        .await
        .unwrap()
        .is_none()
    {
        world.create(namespace).await;
    }
    world.create(quota).await;
    let chart = world
        .upload("1.0.0", "greeting: hello\nlimit: 10\n", NEW)
        .await;
    let draft = draft(&world.console, "uploaded", "bills", EAST).await;
    write(&world.console, &draft, TEXT).await;
    let job = deployed(&world.console, &draft).await;
    let [JobNote::ValuesNotKept { release, problem }] = job.notes.as_slice() else {
        panic!("{job:#?}");
    };
    assert_eq!(release.as_str(), "bills");
    assert!(
        problem
            .detail
            .as_deref()
            .unwrap_or_default()
            .contains("exceeded quota"),
        "{problem:?}"
    );
    assert_eq!(first_text(&world.console, &chart).await, TEXT);
}
