//! The kinds of a cluster, as a review knows them.

use crate::{
    support::{EAST, World, draft, operator},
    test_repositories::packed,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{ObjectRef, Propagation};
use serde_json::json;
use std::time::Duration;
use wire::{DraftId, repository::UploadRequest};

/// A chart with one more object where the cluster serves gadgets.
fn chart() -> Vec<u8> {
    let always = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: always}\n";
    let gadgets = "{{ if .Capabilities.APIVersions.Has \"example.test/v1/Gadget\" }}\n\
                   apiVersion: v1\nkind: ConfigMap\nmetadata: {name: gadgets}\n{{ end }}\n";
    let metadata = "apiVersion: v2\nname: gadgets\nversion: 1.0.0\n";
    packed(
        "gadgets",
        &[
            ("Chart.yaml", metadata),
            ("templates/always.yaml", always),
            ("templates/gadgets.yaml", gadgets),
        ],
    )
}

/// Reviews a draft until it has so many objects.
async fn until_reviewed(world: &World, draft: &DraftId, objects: usize) {
    let reviewed = async {
        loop {
            let review = world.console.review(&operator(), draft).await.unwrap();
            if review.objects.len() == objects {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let soon = tokio::time::timeout(Duration::from_secs(30), reviewed).await;
    soon.expect("the kinds that are served now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_knows_the_crds_of_others_without_a_job_and_without_waiting_a_minute() {
    let world = World::new().await;
    let request = UploadRequest {
        file: "gadgets.tgz".into(),
        archive: STANDARD.encode(chart()),
    };
    let uploaded = world.console.upload_chart(&operator(), request).await;
    uploaded.unwrap();
    let draft = draft(&world.console, "uploaded", "gadgets", EAST).await;
    until_reviewed(&world, &draft, 1).await;

    world
        .create(json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "gadgets.example.test"},
            "spec": {
                "group": "example.test", "scope": "Namespaced",
                "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"},
                "versions": [{"name": "v1", "served": true, "storage": true,
                              "schema": {"openAPIV3Schema": {"type": "object"}}}],
            },
        }))
        .await;
    until_reviewed(&world, &draft, 2).await;

    let crd = ObjectRef {
        api_version: "apiextensions.k8s.io/v1".into(),
        kind: "CustomResourceDefinition".into(),
        namespace: None,
        name: "gadgets.example.test".into(),
    };
    let how = Propagation::Background;
    world.cluster().delete(&crd, how).await.unwrap();
    until_reviewed(&world, &draft, 1).await;
}
