//! The rights and the user of a credential.

use crate::test_cluster::TestCluster;
use cluster::{AccessReview, Apply, Kind, Object};

pub(crate) async fn a_viewer_may_read_and_not_write(test: TestCluster) {
    let viewer = test.as_viewer().await;
    let kinds = test.cluster.kinds().await.unwrap();
    let maps = kinds.find(Kind::CONFIG_MAP).unwrap();
    let review = |verb| AccessReview::new(maps, verb, Some(&test.namespace));
    let decisions = viewer
        .check_access_all(vec![review("get"), review("create"), review("delete")])
        .await
        .unwrap();
    let allowed: Vec<bool> = decisions.iter().map(|decision| decision.allowed).collect();
    assert_eq!(allowed, [true, false, false]);
    assert!(
        test.cluster
            .check_access(review("create"))
            .await
            .unwrap()
            .allowed,
        "the administrator may create"
    );

    let object = Object::new(test.config_map("settings", "colour", "blue")).unwrap();
    let error = viewer.apply(&object, Apply::Persist).await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    let message = &error.status().unwrap().message;
    assert!(
        message.contains("\"viewer\" cannot patch resource \"configmaps\""),
        "{message}"
    );
}

pub(crate) async fn an_unknown_token_is_unauthorized(test: TestCluster) {
    let unknown = test.as_unknown_user();
    let error = unknown.kinds().await.unwrap_err();
    assert!(
        error.is_unauthorized() && !error.is_forbidden(),
        "{error:?}"
    );
}

pub(crate) async fn a_credential_has_a_user(test: TestCluster) {
    let viewer = test.as_viewer().await.whoami().await.unwrap();
    assert_eq!(viewer.user, "viewer");
    assert!(
        viewer.groups.contains(&"system:authenticated".to_owned()),
        "{viewer:?}"
    );
    let admin = test.cluster.whoami().await.unwrap();
    assert_ne!(admin.user, viewer.user);
    let error = test.as_unknown_user().whoami().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
}
