//! Parameters: one text with two views.

use crate::support::{EAST, World, draft, edit, operator, set, write};
use wire::{
    Code,
    install::{Edit, Scalar},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_sets_a_value_and_leaves_comments_alone() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let text = "# asked for by the shop team\npilot:\n  traceSampling: 1.0 # not all\n";
    write(&world.console, &draft, text).await;

    let path = "pilot.traceSampling";
    let view = set(&world.console, &draft, path, Scalar::Number("5".into())).await;

    let expected = "# asked for by the shop team\npilot:\n  traceSampling: 5 # not all\n";
    assert_eq!(view.text, expected);
    let field = view
        .fields
        .iter()
        .find(|field| field.path.join(".") == path)
        .unwrap();
    assert_eq!(field.value, Some(Scalar::Number("5".into())));
    assert_eq!(view.changed, 1);
    assert!(view.objects.is_some(), "{:?}", view.problem);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_order_mark_is_removed_and_does_not_prevent_an_edit() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let view = write(&world.console, &draft, "\u{feff}galley:\n  enabled: true\n").await;
    assert_eq!(view.text, "galley:\n  enabled: true\n");

    let off = Edit::Set {
        path: vec!["galley".into(), "enabled".into()],
        value: Scalar::Bool(false),
    };
    let text = "\u{feff}galley:\n  enabled: true\n";
    let view = edit(&world.console, &draft, text, off).await;
    assert_eq!(view.text, "galley:\n  enabled: false\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_reset_to_its_default() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    set(
        &world.console,
        &draft,
        "galley.enabled",
        Scalar::Bool(false),
    )
    .await;
    let now = world.console.parameters(&operator(), &draft).await.unwrap();
    let path = vec!["galley".to_owned(), "enabled".to_owned()];

    let view = edit(&world.console, &draft, &now.text, Edit::Reset { path }).await;

    assert_eq!(view.changed, 0, "{}", view.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_text_is_stored() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    for text in [
        "pilot: [",
        "\ttabs: 1",
        "just words",
        "a: b: c",
        "\u{0}",
        "- 1\n- 2",
    ] {
        let view = write(&world.console, &draft, text).await;
        assert_eq!(view.text, text);
        assert!(
            !view.faults.is_empty() || view.problem.is_some(),
            "{text:?}"
        );
        let again = world.console.parameters(&operator(), &draft).await.unwrap();
        assert_eq!(again.text, text);
    }
    let broken = "pilot: [";
    let on = Edit::Set {
        path: vec!["a".into()],
        value: Scalar::Bool(true),
    };
    let view = edit(&world.console, &draft, broken, on).await;
    let refused = view.refused.expect("the value cannot be set in that text");
    assert_eq!(refused.code, Code::BadYaml);
    let kept = world.console.parameters(&operator(), &draft).await.unwrap();
    assert_eq!(kept.text, broken, "an edit that fails loses no word");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_and_a_wrong_type_are_reported_at_their_position() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let text = "galley:\n  enabled: perhaps\npilot:\n  sidebar: true\n";

    let view = write(&world.console, &draft, text).await;

    let places: Vec<(u32, u32, &str)> = view
        .faults
        .iter()
        .map(|f| (f.line, f.column, f.path.as_str()))
        .collect();
    assert!(
        places
            .iter()
            .any(|(line, column, path)| (*line, *path) == (2, "galley.enabled") && *column > 0),
        "{:#?}",
        view.faults
    );
    assert!(
        view.faults
            .iter()
            .any(|f| f.line == 4 && f.column == 3 && f.message.contains("sidebar")),
        "{:#?}",
        view.faults
    );
    assert_eq!(view.objects, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_key_is_an_error_with_both_lines() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    let text = "galley:\n  enabled: true\npilot:\n  enabled: true\ngalley:\n  enabled: false\n";

    let view = write(&world.console, &draft, text).await;

    let [fault] = view.faults.as_slice() else {
        panic!("{:#?}", view.faults);
    };
    assert_eq!(
        (fault.line, fault.column, fault.path.as_str()),
        (5, 1, "galley")
    );
    assert_eq!(
        fault.message,
        "key galley is set in line 1 and again in line 5"
    );
    let review = world.console.review(&operator(), &draft).await;
    assert!(
        matches!(review, Err(console::Error::Yaml(_))),
        "nothing is deployed with one of the values"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_effective_values_are_the_defaults_merged_with_the_draft() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio", EAST).await;
    write(&world.console, &draft, "prometheus:\n  retention: 15d\n").await;

    let text = world
        .console
        .effective_values(&operator(), &draft)
        .await
        .unwrap();

    assert!(
        text.contains("retention: 15d") && text.contains("hub: docker.io/prom"),
        "{text}"
    );
}
