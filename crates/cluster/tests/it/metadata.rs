//! Metadata patches, deletion by UID, and ports of pods that do not exist.

use crate::test_cluster::TestCluster;
use cluster::{Error, MetadataPatch, PodPort, Propagation, ResponseLimits};
use std::time::{Duration, Instant};

fn label(key: &str, value: Option<&str>) -> MetadataPatch {
    MetadataPatch {
        labels: vec![(key.into(), value.map(str::to_owned))],
        annotations: vec![("example.test/by".into(), value.map(str::to_owned))],
    }
}

pub(crate) async fn a_metadata_patch_sets_and_removes_keys_and_nothing_else(test: TestCluster) {
    let created = test
        .apply(test.config_map("settings", "colour", "blue"))
        .await;
    let version = created.resource_version().to_owned();
    let reference = created.reference();
    let patch = label("part", Some("mesh"));
    let patched = test
        .cluster
        .patch_metadata(&reference, &patch, Some(&version));
    let patched = patched.await.unwrap();
    assert_eq!(
        (patched.label("part"), patched.label("app")),
        (Some("mesh"), Some("web"))
    );
    assert_eq!(patched.annotation("example.test/by"), Some("mesh"));
    assert_eq!(patched.text("/data/colour"), "blue");
    let outdated = test
        .cluster
        .patch_metadata(&reference, &patch, Some(&version))
        .await;
    assert!(outdated.unwrap_err().is_conflict(), "the object changed");
    let removal = label("part", None);
    let unlabelled = test
        .cluster
        .patch_metadata(&reference, &removal, None)
        .await
        .unwrap();
    assert_eq!(
        (
            unlabelled.label("part"),
            unlabelled.annotation("example.test/by")
        ),
        (None, None)
    );
}

pub(crate) async fn a_deletion_by_uid_spares_a_new_object_of_the_name(test: TestCluster) {
    let settings = || test.config_map("settings", "colour", "blue");
    let first = test.apply(settings()).await;
    let cluster = &test.cluster;
    let propagation = Propagation::Background;
    assert!(cluster.delete_by_uid(&first, propagation).await.unwrap());
    assert!(
        !cluster.delete_by_uid(&first, propagation).await.unwrap(),
        "the object is deleted"
    );
    let second = test.apply(settings()).await;
    let refused = cluster
        .delete_by_uid(&first, propagation)
        .await
        .unwrap_err();
    assert!(refused.is_conflict(), "{refused}: {:?}", refused.status());
    assert!(cluster.delete_by_uid(&second, propagation).await.unwrap());
}

pub(crate) async fn a_port_of_an_absent_pod_is_an_error_in_time(test: TestCluster) {
    let target = PodPort {
        namespace: test.namespace.clone(),
        pod: "absent".into(),
        port: 8080,
    };
    let limits = ResponseLimits {
        timeout: Duration::from_secs(15),
        ..ResponseLimits::default()
    };
    let start = Instant::now();
    let error = test
        .cluster
        .http_get(&target, "/ready", limits)
        .await
        .unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(16));
    assert!(error.is_not_found(), "{error}: {:?}", error.status());
    assert!(matches!(error, Error::Refused { .. }));
}
