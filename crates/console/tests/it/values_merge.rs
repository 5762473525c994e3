//! The values of an upgrade: conflicts are decided before it is deployed, on the server, and the text keeps its comments.

use crate::{
    support::{
        EAST, Operate as _, World, check, deployed, draft, edit, operator, release, revision, write,
    },
    upgrades::{NEW, request},
};
use console::Error;
use serde_json::json;
use wire::{
    ChartRef, Code, DraftId, Problem,
    check::CheckCode,
    install::{Edit, ParametersView},
    review::RerenderView,
    values_merge::{
        DefaultsSource, KeyOrigin, MergeDecision, MergeOutcome, MergedKeyView, ValuesMergeView,
        ValuesOrigin,
    },
};

/// The defaults of the installed version, and those of the next one.
const OLD_DEFAULTS: &str = "greeting: hello\nlimit: 10\nmode: fast\nold: 1\n";
const NEW_DEFAULTS: &str = "greeting: hello\nlimit: 20\nmode: safe\nextra: [a]\n";
/// The text of the operator: a conflict, a pinned default and a key that the next version does not know.
const OWN: &str = "# team bills\ngreeting: good day # as agreed\nlimit: 15 # measured in May\n\
                   mode: fast\nold: 2\n";

async fn installed(world: &World) -> ChartRef {
    world.upload("1.0.0", OLD_DEFAULTS, NEW).await;
    let draft = draft(&world.console, "uploaded", "bills", EAST).await;
    write(&world.console, &draft, OWN).await;
    deployed(&world.console, &draft).await;
    world.upload("1.1.0", NEW_DEFAULTS, NEW).await
}

fn merge(view: &ParametersView) -> &ValuesMergeView {
    view.merge.as_ref().expect("the keys of an upgrade")
}

fn key<'m>(view: &'m ParametersView, path: &str) -> &'m MergedKeyView {
    let mut keys = merge(view).keys.iter();
    keys.find(|key| key.path_text() == path).expect("a key")
}

fn path(key: &str) -> Vec<String> {
    vec![key.to_owned()]
}

async fn decide(world: &World, draft: &DraftId, keep: bool) -> ParametersView {
    let text = world
        .console
        .parameters(&operator(), draft)
        .await
        .unwrap()
        .text;
    let decide = Edit::Decide {
        path: path("limit"),
        keep,
    };
    edit(&world.console, draft, &text, decide).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_key_says_what_the_upgrade_means_for_it() {
    let world = World::new().await;
    let next = installed(&world).await;
    let draft = world
        .console
        .new_upgrade(&operator(), request(&next))
        .await
        .unwrap();
    let view = world.console.parameters(&operator(), &draft).await.unwrap();
    let found = merge(&view);
    assert_eq!(
        (found.old_version.as_str(), found.new_version.as_str()),
        ("1.0.0", "1.1.0")
    );
    assert_eq!(found.origin, ValuesOrigin::Stored(wire::Revision(1)));
    assert!(
        matches!(&found.defaults, DefaultsSource::Archive(chart) if chart.version == "1.0.0"),
        "{found:?}"
    );
    let rows: Vec<_> = found
        .keys
        .iter()
        .map(|key| (key.path_text(), key.outcome, key.origin, key.line))
        .collect();
    use KeyOrigin::{Default, Previous};
    let row = |path: &str, outcome, origin, line| (path.to_owned(), outcome, origin, line);
    assert_eq!(
        rows,
        [
            row("limit", MergeOutcome::Conflict, Previous, Some(3)),
            row("old", MergeOutcome::Unknown, Previous, Some(5)),
            row("mode", MergeOutcome::Pinned, Previous, Some(4)),
            row("greeting", MergeOutcome::Kept, Previous, Some(2)),
            row("extra", MergeOutcome::Added, Default, None),
        ]
    );
    let limit = key(&view, "limit");
    let values = [&limit.old, &limit.new, &limit.yours].map(|text| text.as_deref());
    assert_eq!(values, [Some("10"), Some("20"), Some("15")]);

    let paths = vec![path("old"), path("mode")];
    let view = edit(&world.console, &draft, &view.text, Edit::ResetAll { paths }).await;
    assert_eq!(view.refused, None);
    assert_eq!(
        view.text,
        "# team bills\ngreeting: good day # as agreed\nlimit: 15 # measured in May\n"
    );
    assert_eq!(key(&view, "mode").outcome, MergeOutcome::NewDefault);
    let changed = write(&world.console, &draft, &view.text.replace("15", "16")).await;
    let limit = key(&changed, "limit");
    assert_eq!(
        (limit.origin, limit.decision),
        (KeyOrigin::You, Some(MergeDecision::Changed))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deployed_before_every_conflict_is_decided() {
    let world = World::new().await;
    let next = installed(&world).await;
    let (console, ann) = (&world.console, operator());
    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    let problem = review.problem.expect("a problem");
    assert_eq!(
        (problem.code, problem.arg("keys")),
        (Code::ValuesConflicts, "limit")
    );
    let refused = console.deploy(&ann, &draft).await.unwrap_err();
    assert!(
        matches!(&refused, Error::ValuesConflicts { keys } if keys == &["limit"]),
        "{refused}"
    );
    assert_eq!(Problem::from(&refused).arg("count"), "1");

    let before = revision(console, &draft).await;
    let kept = decide(&world, &draft, true).await;
    assert_eq!(key(&kept, "limit").decision, Some(MergeDecision::Kept));
    assert_eq!((kept.text.as_str(), kept.revision), (OWN, before + 1));
    let reopened = decide(&world, &draft, false).await;
    assert_eq!(merge(&reopened).open_conflicts(), 1);
    decide(&world, &draft, true).await;
    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(review.problem, None);
    assert_eq!(review.rerender, Some(RerenderView::Same));
    deployed(console, &draft).await;
    let page = console.release(&ann, &release("bills")).await.unwrap();
    assert_eq!(page.row.revision.0, 2);

    let again = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let view = console.parameters(&ann, &again).await.unwrap();
    assert_eq!(view.text, OWN, "with its comments");
    assert_eq!(merge(&view).open_conflicts(), 0, "the same defaults");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_default_that_is_taken_decides_a_conflict() {
    let world = World::new().await;
    let next = installed(&world).await;
    let (console, ann) = (&world.console, operator());
    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let taken = edit(
        console,
        &draft,
        OWN,
        Edit::Reset {
            path: path("limit"),
        },
    )
    .await;
    assert_eq!(merge(&taken).open_conflicts(), 0);
    assert!(taken.text.contains("# as agreed") && !taken.text.contains("limit"));
    assert_eq!(key(&taken, "limit").outcome, MergeOutcome::NewDefault);
    deployed(console, &draft).await;
    let checks = world.checks(&draft).await;
    assert_eq!(
        check(&checks, CheckCode::ReleaseUpgradable).status,
        wire::check::CheckStatus::Failed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_chart_the_defaults_are_those_of_the_record() {
    let world = World::new().await;
    let next = installed(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let console = console::Console::open(folder.path(), crate::support::setup()).unwrap();
    console
        .add_sandbox(&world.listening.kubeconfig())
        .await
        .unwrap();
    let other = World {
        console,
        folder,
        ..world
    };
    other.upload("1.1.0", NEW_DEFAULTS, NEW).await;
    let draft = other
        .console
        .new_upgrade(&operator(), request(&next))
        .await
        .unwrap();
    let view = other.console.parameters(&operator(), &draft).await.unwrap();
    let subcharts = Vec::new();
    assert_eq!(merge(&view).defaults, DefaultsSource::Record { subcharts });
    assert_eq!(key(&view, "limit").outcome, MergeOutcome::Conflict);
    assert_eq!(merge(&view).open_conflicts(), 1);
    assert_eq!(view.text, OWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_reports_a_manifest_that_the_chart_does_not_render() {
    let world = World::new().await;
    let next = installed(&world).await;
    let secret = crate::support::reference("v1", "Secret", "sh.helm.release.v1.bills.v1");
    let mut record = world.cluster().get(&secret).await.unwrap().unwrap();
    // As a post-renderer leaves it.
    let mut stored = release::latest(&world.user(), &crate::support::key("bills"))
        .await
        .unwrap();
    stored.manifest = stored
        .manifest
        .replace("name: bills-new", "name: bills-renamed");
    let text = release::encode(&stored).unwrap();
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    record.value_mut()["data"]["release"] = json!(STANDARD.encode(text));
    world.cluster().replace(&record).await.unwrap();

    let (console, ann) = (&world.console, operator());
    let draft = console.new_upgrade(&ann, request(&next)).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    let Some(RerenderView::Differs {
        objects,
        count,
        is_seeded,
        has_lookups,
    }) = review.rerender
    else {
        panic!("{:?}", review.rerender);
    };
    let names: Vec<_> = objects.iter().map(|object| object.name.as_str()).collect();
    assert_eq!((names, count), (vec!["bills-new", "bills-renamed"], 2));
    assert!(is_seeded && !has_lookups);
}
