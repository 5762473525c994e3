//! Parameters: one text with two views.

use crate::{
    meshes::{Pair, WEST},
    support::{EAST, World, draft, edit, operator, set, write},
};
use wire::{
    Code,
    install::{Edit, Scalar},
    mesh::StepKind,
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

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_a_template_requires_is_missing_until_it_is_set() {
    let world = World::new().await;
    let draft = draft(&world.console, "built-in", "ack-istio-remote", EAST).await;
    let key = "global.remotePilotAddress";

    let view = world.console.parameters(&operator(), &draft).await.unwrap();
    let [missing] = view.missing.as_slice() else {
        panic!("{:#?}", view.missing);
    };
    assert_eq!(missing.path, key);
    let message = missing.message.as_deref().unwrap_or_default();
    assert!(
        message.starts_with("global.remotePilotAddress is empty"),
        "{message}"
    );
    let is_required = |field: &&wire::install::FieldView| field.required;
    let required = view.fields.iter().filter(is_required);
    assert_eq!(
        required
            .map(|field| field.path.join("."))
            .collect::<Vec<_>>(),
        [key]
    );
    assert_eq!((view.objects, view.faults.len()), (None, 0));

    let address = Scalar::Text("10.20.1.1".into());
    let view = set(&world.console, &draft, key, address).await;
    assert_eq!((view.missing.as_slice(), &view.problem), (&[][..], &None));
    assert!(view.objects.is_some());

    // What a template refuses with `fail` is at the field that its message names.
    let text =
        "global:\n  remotePilotAddress: pilot.example\n  remotePilotCreateSvcEndpoint: true\n";
    let view = write(&world.console, &draft, text).await;
    assert_eq!(view.missing.len(), 1, "{:#?}", view.missing);
    assert_eq!(view.missing[0].path, "global.remotePilotCreateSvcEndpoint");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_addresses_of_the_control_plane_are_found_for_the_form() {
    let pair = Pair::new().await;
    let draft = draft(&pair.console, "built-in", "ack-istio-remote", WEST).await;
    let found = || async {
        pair.console
            .found_values(&operator(), &draft)
            .await
            .unwrap()
    };
    assert_eq!(found().await, [], "there is no control plane yet");

    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;

    let values = found().await;
    let pilot =
        |value: &&wire::install::FoundValue| value.path.join(".") == "global.remotePilotAddress";
    let pilot = values.iter().find(pilot).unwrap();
    assert!(
        pilot.value.parse::<std::net::IpAddr>().is_ok(),
        "{pilot:#?}"
    );
    assert_eq!(
        (pilot.mesh.as_ref(), pilot.cluster.as_str()),
        (Some(&pair.mesh), EAST)
    );
    assert_eq!(pilot.source.as_ref().unwrap().name, "istio-ilbgateway");
    let statsd = values.iter().find(|value| value.enable.is_some()).unwrap();
    assert_eq!(statsd.path.join("."), "global.proxy.envoyStatsd.host");

    // Without a mesh, every cluster with a control plane is a candidate.
    pair.console
        .forget_mesh(&operator(), &pair.mesh)
        .await
        .unwrap();
    let values = found().await;
    assert!(
        !values.is_empty() && values.iter().all(|value| value.mesh.is_none()),
        "{values:#?}"
    );
    let other = crate::support::draft(&pair.console, "built-in", "bookinfo", WEST).await;
    let none = pair
        .console
        .found_values(&operator(), &other)
        .await
        .unwrap();
    assert_eq!(none, [], "the chart has no such keys");
}
