//! What a credential may do, asked of the cluster.

use crate::world::World;
use cluster::{Apply, Ask, Object};

pub(crate) async fn a_viewer_may_look_and_not_write(world: World) {
    let viewer = world.as_viewer().await;
    let kinds = world.cluster.kinds().await.unwrap();
    let maps = kinds.find("v1", "ConfigMap").unwrap();
    let ask = |verb| Ask::on(maps, verb, Some(&world.namespace));
    let rights = viewer
        .may_all(vec![ask("get"), ask("create"), ask("delete")])
        .await
        .unwrap();
    let allowed: Vec<bool> = rights.iter().map(|right| right.allowed).collect();
    assert_eq!(allowed, [true, false, false]);
    assert!(
        world.cluster.may(ask("create")).await.unwrap().allowed,
        "the administrator may"
    );

    let object = Object::new(world.config_map("settings", "colour", "blue")).unwrap();
    let error = viewer.apply(&object, Apply::ForGood).await.unwrap_err();
    assert!(error.is_forbidden(), "{error:?}");
    let said = &error.said().unwrap().message;
    assert!(
        said.contains("\"viewer\" cannot patch resource \"configmaps\""),
        "{said}"
    );
}

pub(crate) async fn a_token_that_nobody_knows_is_told_apart(world: World) {
    let stranger = world.as_stranger();
    let error = stranger.kinds().await.unwrap_err();
    assert!(
        error.is_unauthorized() && !error.is_forbidden(),
        "{error:?}"
    );
}

pub(crate) async fn a_credential_says_who_it_is(world: World) {
    let viewer = world.as_viewer().await.who_am_i().await.unwrap();
    assert_eq!(viewer.user, "viewer");
    assert!(
        viewer.groups.contains(&"system:authenticated".to_owned()),
        "{viewer:?}"
    );
    let admin = world.cluster.who_am_i().await.unwrap();
    assert_ne!(admin.user, viewer.user);
    let error = world.as_stranger().who_am_i().await.unwrap_err();
    assert!(error.is_unauthorized(), "{error:?}");
}
