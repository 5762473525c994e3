//! Two editors of one draft: nothing is overwritten that its author has not seen.

use crate::support::{EAST, World, draft, operator, revision, set, write};
use console::Error;
use wire::{
    ClusterName, Code, DraftId, Namespace, Problem, ReleaseName,
    install::{Edit, EditAuthor, EditRequest, ParametersView, Scalar, TargetRequest},
};

/// An edit of the text by an editor.
async fn edit(
    world: &World,
    draft: &DraftId,
    (editor, sequence): (&str, u64),
    revision: u64,
    text: &str,
) -> Result<ParametersView, Error> {
    let request = EditRequest {
        draft: draft.clone(),
        text: text.to_owned(),
        edit: Edit::Text,
        revision,
        author: EditAuthor {
            editor: editor.to_owned(),
            sequence,
        },
    };
    world.console.edit(&operator(), request).await
}

async fn stored(world: &World, draft: &DraftId) -> String {
    let view = world.console.parameters(&operator(), draft).await.unwrap();
    view.text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_a_state_that_another_tab_changed_is_refused_until_it_is_seen() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let seen = revision(&world.console, &draft).await;
    let first = edit(&world, &draft, ("a", 1), seen, "a: 1\n")
        .await
        .unwrap();
    assert_eq!(first.revision, seen + 1);

    let second = edit(&world, &draft, ("b", 1), seen, "b: 2\n").await;

    let error = second.unwrap_err();
    assert!(matches!(error, Error::DraftChanged(_)), "{error}");
    assert_eq!(Problem::from(&error).code, Code::DraftChanged);
    assert_eq!(stored(&world, &draft).await, "a: 1\n");
    edit(&world, &draft, ("b", 2), first.revision, "b: 2\n")
        .await
        .unwrap();
    assert_eq!(stored(&world, &draft).await, "b: 2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_whose_response_was_lost_goes_on_and_its_late_request_is_refused() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let seen = revision(&world.console, &draft).await;
    edit(&world, &draft, ("a", 2), seen, "a: 2\n")
        .await
        .unwrap();

    let retried = edit(&world, &draft, ("a", 3), seen, "a: 3\n").await;
    assert_eq!(retried.unwrap().text, "a: 3\n");
    let late = edit(&world, &draft, ("a", 1), seen, "a: 1\n").await;
    assert!(matches!(late, Err(Error::DraftChanged(_))));
    assert_eq!(stored(&world, &draft).await, "a: 3\n");

    write(&world.console, &draft, "other: 1\n").await;
    let after_another = edit(&world, &draft, ("a", 4), seen, "a: 4\n").await;
    assert!(matches!(after_another, Err(Error::DraftChanged(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_set_only_for_the_values_that_were_seen() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let seen = revision(&world.console, &draft).await;
    set(
        &world.console,
        &draft,
        "galley.enabled",
        Scalar::Bool(false),
    )
    .await;
    let target = |revision| TargetRequest {
        draft: draft.clone(),
        cluster: ClusterName::new(EAST).unwrap(),
        namespace: Namespace::new("elsewhere").unwrap(),
        release: ReleaseName::new("ack-istio").unwrap(),
        helm: wire::HelmVersion::V3,
        revision,
    };

    let refused = world.console.set_target(&operator(), target(seen)).await;
    assert!(matches!(refused, Err(Error::DraftChanged(_))));

    let now = revision(&world.console, &draft).await;
    let view = world.console.set_target(&operator(), target(now)).await;
    let view = view.unwrap();
    assert_eq!(view.namespace, "elsewhere");
    assert_eq!(view.revision, now + 1);
    assert!(stored(&world, &draft).await.contains("enabled: false"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_browsers_copy_stays_with_the_draft_and_differs_in_every_draft() {
    let world = World::new().await;
    let first = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let other = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let key = async |draft: &DraftId| {
        let view = world.console.parameters(&operator(), draft).await;
        view.unwrap().mirror_key
    };
    let before = key(&first).await;
    assert_eq!(before.len(), 64);
    let after = write(&world.console, &first, "a: 1\n").await.mirror_key;
    assert_eq!(before, after);
    assert_ne!(before, key(&other).await);
}
