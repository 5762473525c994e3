//! Values that charts generate: unpredictable, the same in review and cluster, kept, and never shown.

use crate::support::{EAST, World, deployed, draft, operator, reference, register, release, setup};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use console::Console;
use store::{Store, StoredDraft};
use wire::{DraftId, Problem};

/// The password that the chart put into its Secret, decoded.
async fn installed_password(world: &World) -> String {
    let secret = world
        .cluster()
        .get(&reference("v1", "Secret", "vault"))
        .await;
    let secret = secret.unwrap().unwrap();
    let bytes = STANDARD.decode(secret.text("/data/password")).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn shown(console: &Console, draft: &DraftId) -> String {
    let review = console.review(&operator(), draft).await.unwrap();
    assert!(review.problem.is_none(), "{:?}", review.problem);
    serde_json::to_string(&review).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_password_differs_in_every_draft_and_no_page_shows_it() {
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let world = World::with_shop().await;
        let draft = draft(&world.console, "tests", "vault", EAST).await;
        let review = shown(&world.console, &draft).await;
        deployed(&world.console, &draft).await;
        let password = installed_password(&world).await;
        let (cluster, map) = (world.cluster(), reference("v1", "ConfigMap", "vault"));
        let map = cluster.get(&map).await.unwrap().unwrap();
        let url = map.text("/data/url");
        assert_eq!(url, format!("postgres://vault:{password}@db"));
        let digest = map.text("/data/digest");
        assert_eq!(digest.len(), 64);
        let page = world.console.release(&operator(), &release("vault")).await;
        let page = page.unwrap();
        assert!(page.notes.contains("Log in with ••••."), "{}", page.notes);
        let page = serde_json::to_string(&page).unwrap();
        for text in [&review, &page] {
            assert!(text.contains("postgres://vault:••••@db"), "{text}");
            assert!(!text.contains(&password), "{text}");
            assert!(!text.contains(digest), "{text}");
            assert!(!text.contains(&STANDARD.encode(&password)), "{text}");
        }
        passwords.push(password);
    }
    assert_ne!(passwords.first(), passwords.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_keeps_the_password_that_lookup_finds_and_no_page_shows_it() {
    let world = World::with_shop().await;
    let draft = draft(&world.console, "tests", "vault", EAST).await;
    let owned = serde_json::json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {
            "name": "vault", "namespace": "istio-system",
            "labels": {"app.kubernetes.io/managed-by": "Helm"},
            "annotations": {
                "meta.helm.sh/release-name": "vault",
                "meta.helm.sh/release-namespace": "istio-system",
            },
        },
        "data": {"password": STANDARD.encode("kept-by-the-cluster")},
    });
    let namespace = serde_json::json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"},
    });
    world.create(namespace).await;
    world.create(owned).await;
    let review = shown(&world.console, &draft).await;
    assert!(!review.contains("kept-by-the-cluster"), "{review}");
    assert!(review.contains("postgres://vault:••••@db"), "{review}");
    deployed(&world.console, &draft).await;
    assert_eq!(installed_password(&world).await, "kept-by-the-cluster");
}

#[tokio::test(flavor = "multi_thread")]
async fn lookup_reads_as_the_operator_and_names_the_missing_right() {
    let world = World::with_shop().await;
    let east = wire::ClusterName::new(EAST).unwrap();
    world
        .console
        .remove_cluster(&operator(), &east)
        .await
        .unwrap();
    let kubeconfig = world.listening.kubeconfig();
    let viewer = world.sandbox.token_for("viewer", &["system:authenticated"]);
    let kubeconfig = kubeconfig.replace(&world.sandbox.admin_token(), &viewer);
    register(&world.console, &kubeconfig).await;
    let draft = draft(&world.console, "tests", "vault", EAST).await;
    let error = world.console.review(&operator(), &draft).await.unwrap_err();
    let problem = Problem::from(error);
    let text = format!("{problem:?}");
    assert!(
        text.contains("cannot get resource \\\"secrets\\\""),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_an_older_version_is_reviewed_again_before_it_is_deployed() {
    let world = World::with_shop().await;
    let draft = draft(&world.console, "tests", "vault", EAST).await;
    world
        .console
        .accept_warnings(&operator(), &draft, true)
        .await
        .unwrap();
    let store = Store::open(world.folder.path()).unwrap();
    let mut stored: StoredDraft<serde_json::Value> = store.draft(&draft).unwrap().unwrap();
    let fields = stored.draft.as_object_mut().unwrap();
    fields.remove("inputs").unwrap();
    store
        .save_draft(&draft, &stored.draft, stored.saved)
        .unwrap();
    shown(&world.console, &draft).await;
    let view = world.console.draft(&operator(), &draft).await.unwrap();
    assert!(
        !view.accepted,
        "warnings are accepted for what was reviewed"
    );
    deployed(&world.console, &draft).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_templates_see_is_the_time_of_the_draft() {
    let world = World::with_shop().await;
    let draft = draft(&world.console, "tests", "vault", EAST).await;
    let first = shown(&world.console, &draft).await;
    let later = Console::with_catalog(
        world.folder.path(),
        crate::shop::catalog(),
        console::Setup {
            clock: || jiff::Timestamp::now() + jiff::SignedDuration::from_hours(5),
            ..setup()
        },
    );
    let later = later.unwrap();
    later
        .add_sandbox(&world.listening.kubeconfig())
        .await
        .unwrap();
    let at = |review: &str| {
        let (_, text) = review.split_once("at: ").unwrap();
        text.get(..22).unwrap().to_owned()
    };
    assert_eq!(at(&first), at(&shown(&later, &draft).await));
}
