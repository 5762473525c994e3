//! Objects: apply, get, list, replace, delete.

use crate::test_cluster::{TestCluster, within};
use cluster::{
    Apply, AsUser, Error, FieldOwner, Kind, Object, Propagation, wait_until_deleted,
    wait_until_ready,
};
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Client, Config,
    api::{Api, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// A client outside of this crate, as another field manager.
async fn other_client(test: &TestCluster) -> Client {
    let Some(kubeconfig) = test.kubeconfig() else {
        return Client::new(test.sandbox().unwrap().service(), "default");
    };
    let read = Kubeconfig::from_yaml(&kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(read, &options).await;
    Client::try_from(config.unwrap()).unwrap()
}

pub(crate) async fn an_applied_object_is_read_back(test: TestCluster) {
    test.apply(test.config_map("settings", "colour", "blue"))
        .await;
    let reference = test.reference("v1", "ConfigMap", "settings");
    let found = test.cluster.get(&reference).await.unwrap().unwrap();
    assert_eq!(found.text("/data/colour"), "blue");
    assert_eq!(found.label("app"), Some("web"));
    assert_eq!(found.reference(), reference);
    assert_eq!(found.text("/metadata/managedFields/0/manager"), "meshspan");
}

pub(crate) async fn an_absent_object_is_none(test: TestCluster) {
    let reference = test.reference("v1", "ConfigMap", "absent");
    assert_eq!(test.cluster.get(&reference).await.unwrap(), None);
    let deleted = test
        .cluster
        .delete(&reference, Propagation::Background)
        .await;
    assert!(!deleted.unwrap(), "there was nothing to delete");
}

pub(crate) async fn a_field_of_another_manager_is_a_conflict_that_names_the_manager(
    test: TestCluster,
) {
    let other: Api<ConfigMap> = Api::namespaced(other_client(&test).await, &test.namespace);
    let red = Patch::Apply(test.config_map("settings", "colour", "red"));
    other
        .patch("settings", &PatchParams::apply("gitops"), &red)
        .await
        .unwrap();

    let blue = Object::new(test.config_map("settings", "colour", "blue")).unwrap();
    let error = test.cluster.apply(&blue, Apply::Persist).await.unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    let owner = FieldOwner {
        manager: "gitops".into(),
        field: ".data.colour".into(),
    };
    assert_eq!(error.field_owners(), [owner]);
    let after = other.get("settings").await.unwrap().data.unwrap();
    assert_eq!(after["colour"], "red", "nothing was forced");
}

pub(crate) async fn a_dry_run_stores_nothing(test: TestCluster) {
    let object = Object::new(test.config_map("settings", "colour", "blue")).unwrap();
    let preview = test.cluster.apply(&object, Apply::DryRun).await.unwrap();
    assert_eq!(preview.text("/data/colour"), "blue");
    assert_eq!(test.cluster.get(&object.reference()).await.unwrap(), None);
}

pub(crate) async fn a_list_selects_by_labels_and_has_all_pages(test: TestCluster) {
    // A page holds 500.
    const COUNT: usize = 520;
    let objects = (0..COUNT).map(|number| {
        let mut value = test.config_map(&format!("page-{number:03}"), "number", "");
        value["metadata"]["labels"]["even"] = json!((number % 2 == 0).to_string());
        Object::new(value).unwrap()
    });
    let applied = futures::stream::iter(objects).map(|object| {
        let cluster = test.cluster.clone();
        async move { cluster.apply(&object, Apply::Persist).await }
    });
    applied
        .buffer_unordered(16)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let list = async |labels: &str| {
        let found = test
            .cluster
            .list_objects(Kind::CONFIG_MAP, Some(&test.namespace), labels)
            .await;
        found.unwrap()
    };
    let found = list("app=web").await;
    assert_eq!(found.len(), COUNT);
    assert!(found.iter().all(|object| object.kind() == "ConfigMap"));
    assert_eq!(list("app=web,even=true").await.len(), COUNT / 2);
    assert!(list("app=other").await.is_empty());
}

pub(crate) async fn a_replace_of_a_newer_object_is_a_conflict(test: TestCluster) {
    let mut read = test
        .apply(test.config_map("settings", "colour", "blue"))
        .await;
    test.apply(test.config_map("settings", "colour", "green"))
        .await;
    read.value_mut()["data"]["colour"] = json!("red");
    let error = test.cluster.replace(&read).await.unwrap_err();
    assert!(
        error.is_conflict() && error.field_owners().is_empty(),
        "{error:?}"
    );
}

pub(crate) async fn creating_an_existing_object_is_an_error(test: TestCluster) {
    let object = Object::new(test.config_map("settings", "colour", "blue")).unwrap();
    test.cluster.create(&object).await.unwrap();
    let error = test.cluster.create(&object).await.unwrap_err();
    assert!(error.already_exists() && !error.is_conflict(), "{error:?}");
}

pub(crate) async fn a_deletion_is_awaited_with_its_dependents(test: TestCluster) {
    test.apply(test.deployment("web", "docker.io/library/web:1"))
        .await;
    let deployment = test.reference("apps/v1", "Deployment", "web");
    wait_until_ready(
        &test.watches(),
        std::slice::from_ref(&deployment),
        &within(30),
        |_, _| {},
    )
    .await
    .unwrap();
    let existed = test
        .cluster
        .delete(&deployment, Propagation::Foreground)
        .await;
    assert!(existed.unwrap());
    wait_until_deleted(&test.cluster, &[deployment], &within(30))
        .await
        .unwrap();
    let pods = test
        .cluster
        .list_objects(Kind::POD, Some(&test.namespace), "")
        .await
        .unwrap();
    assert!(pods.is_empty(), "its dependents were deleted first");
}

pub(crate) async fn an_object_blocked_by_a_finalizer_is_reported_with_it(test: TestCluster) {
    let mut blocked = test.config_map("blocked", "colour", "blue");
    blocked["metadata"]["finalizers"] = json!(["example.test/keep"]);
    let blocked = test.apply(blocked).await.reference();
    test.cluster
        .delete(&blocked, Propagation::Background)
        .await
        .unwrap();
    let error = wait_until_deleted(&test.cluster, std::slice::from_ref(&blocked), &within(1)).await;
    let Err(Error::NotReady { missing, .. }) = error else {
        panic!("the object was deleted: {error:?}");
    };
    assert_eq!(missing[0].0, blocked);
    assert!(
        missing[0].1.contains("example.test/keep"),
        "{}",
        missing[0].1
    );
    let mut released = test.config_map("blocked", "colour", "blue");
    released["metadata"]["finalizers"] = json!([]);
    test.apply(released).await;
    wait_until_deleted(&test.cluster, &[blocked], &within(10))
        .await
        .unwrap();
}

pub(crate) async fn a_rejected_object_is_reported_with_its_field(test: TestCluster) {
    let mut value = test.deployment("web", "docker.io/library/web:1");
    value["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    let invalid = Object::new(value).unwrap();
    let error = test
        .cluster
        .apply(&invalid, Apply::DryRun)
        .await
        .unwrap_err();
    let status = error.status().unwrap();
    assert_eq!((status.code, status.reason.as_str()), (422, "Invalid"));
    assert_eq!(status.causes[0].0, "spec.template.metadata.labels");
}

pub(crate) async fn a_crd_adds_a_kind(test: TestCluster) {
    let (group, crd) = test.crd("Gadget");
    let version = format!("{group}/v1");
    let gadget = Kind::new(&version, "Gadget");
    let before = test.cluster.kind(gadget).await.unwrap_err();
    assert!(matches!(before, Error::NoSuchKind { .. }), "{before:?}");

    let crd = test.apply(crd).await.reference();
    wait_until_ready(&test.watches(), &[crd], &within(30), |_, _| {})
        .await
        .unwrap();

    test.cluster.refresh_kinds().await.unwrap();
    let kind = test.cluster.kind(gadget).await.unwrap();
    assert_eq!((kind.plural(), kind.namespaced), ("gadgets", true));
    let gadget = test.apply(json!({
        "apiVersion": version, "kind": "Gadget",
        "metadata": {"name": "one", "namespace": test.namespace}, "spec": {"size": 3},
    }));
    let read = test
        .cluster
        .get(&gadget.await.reference())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.number("/spec/size"), Some(3));
}

pub(crate) async fn a_kind_whose_crd_was_deleted_is_not_served_any_more(test: TestCluster) {
    let (group, crd) = test.crd("Gadget");
    let version = format!("{group}/v1");
    let crd = test.apply(crd).await.reference();
    let definitions = std::slice::from_ref(&crd);
    wait_until_ready(&test.watches(), definitions, &within(30), |_, _| {})
        .await
        .unwrap();
    test.cluster.refresh_kinds().await.unwrap();
    let gadget = json!({
        "apiVersion": version, "kind": "Gadget",
        "metadata": {"name": "one", "namespace": test.namespace}, "spec": {"size": 3},
    });
    let gadget = test.apply(gadget).await;
    let object = gadget.reference();

    test.cluster
        .delete(&crd, Propagation::Background)
        .await
        .unwrap();
    wait_until_deleted(&test.cluster, definitions, &within(30))
        .await
        .unwrap();

    // The discovered kinds are cached: the API server decides.
    let kind = Kind::new(&version, "Gadget");
    let read = test.cluster.get(&object).await;
    assert!(matches!(read, Err(Error::NoSuchKind { .. })), "{read:?}");
    let applied = test.cluster.apply(&gadget, Apply::Persist).await;
    assert!(
        matches!(applied, Err(Error::NoSuchKind { .. })),
        "{applied:?}"
    );
    let listed = test.cluster.list_objects(kind, None, "").await;
    assert!(
        matches!(listed, Err(Error::NoSuchKind { .. })),
        "{listed:?}"
    );
    assert!(
        !test
            .cluster
            .delete(&object, Propagation::Background)
            .await
            .unwrap()
    );
}

pub(crate) async fn a_crd_of_others_is_known_after_a_minute_at_most(test: TestCluster) {
    let (group, crd) = test.crd("Gadget");
    let version = format!("{group}/v1");
    let is_known = async || -> bool {
        test.cluster
            .kinds()
            .await
            .unwrap()
            .find(Kind::new(&version, "Gadget"))
            .is_some()
    };
    assert!(!is_known().await);

    let crd = test.apply(crd).await.reference();
    wait_until_ready(
        &test.watches(),
        std::slice::from_ref(&crd),
        &within(30),
        |_, _| {},
    )
    .await
    .unwrap();
    pass_minute().await;
    assert!(is_known().await, "created");

    test.cluster
        .delete(&crd, Propagation::Background)
        .await
        .unwrap();
    wait_until_deleted(&test.cluster, &[crd], &within(30))
        .await
        .unwrap();
    test.cluster.forget_kinds();
    assert!(!is_known().await, "deleted");
}

pub(crate) async fn a_crd_of_others_is_known_at_once_while_changes_are_watched(test: TestCluster) {
    let (group, crd) = test.crd("Gadget");
    let version = format!("{group}/v1");
    let (user, watches) = (test.user(), test.watches());
    watches.follow_kinds(&user);
    let becomes = async |known: bool| {
        let is_known = async || {
            let kinds = user.current_kinds().await.unwrap();
            kinds.find(Kind::new(&version, "Gadget")).is_some()
        };
        while is_known().await != known || !is_cached(&user).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let soon = |change| tokio::time::timeout(Duration::from_secs(30), change);
    soon(becomes(false)).await.expect("followed");

    let crd = test.apply(crd).await.reference();
    soon(becomes(true)).await.expect("created");
    let how = Propagation::Background;
    test.cluster.delete(&crd, how).await.unwrap();
    soon(becomes(false)).await.expect("deleted");
}

/// Whether the kinds are not discovered again, although they are to be current.
async fn is_cached(user: &AsUser) -> bool {
    let (first, second) = (
        user.current_kinds().await.unwrap(),
        user.current_kinds().await.unwrap(),
    );
    Arc::ptr_eq(&first, &second)
}

/// Lets the clock of timers pass a minute.
async fn pass_minute() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
}

pub(crate) async fn an_unknown_kind_is_an_error_with_its_name(test: TestCluster) {
    let unknown = test.reference("example.test/v1", "Nothing", "one");
    let error = test.cluster.get(&unknown).await.unwrap_err();
    let message = format!(
        "cluster {} does not serve kind Nothing of example.test/v1",
        test.cluster.name()
    );
    assert_eq!(error.to_string(), message);
}
