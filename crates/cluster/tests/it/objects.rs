//! Objects: applied, read, listed, written over, deleted.

use crate::world::{World, within};
use cluster::{Apply, Error, FieldOwner, Object, Propagation, until_gone, until_ready};
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Client, Config,
    api::{Api, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;

/// A client that is not ours, to be another field manager.
async fn somebody_else(world: &World) -> Client {
    let Some(kubeconfig) = world.kubeconfig() else {
        return Client::new(world.sandbox().unwrap().service(), "default");
    };
    let read = Kubeconfig::from_yaml(&kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(read, &options).await;
    Client::try_from(config.unwrap()).unwrap()
}

pub(crate) async fn what_was_applied_is_read_back(world: World) {
    world
        .apply(world.config_map("settings", "colour", "blue"))
        .await;
    let reference = world.mine("v1", "ConfigMap", "settings");
    let found = world.cluster.get(&reference).await.unwrap().unwrap();
    assert_eq!(found.text("/data/colour"), "blue");
    assert_eq!(found.label("app"), Some("web"));
    assert_eq!(found.reference(), reference);
    assert_eq!(found.text("/metadata/managedFields/0/manager"), "meshspan");
}

pub(crate) async fn an_object_that_is_not_there_is_none(world: World) {
    let reference = world.mine("v1", "ConfigMap", "absent");
    assert_eq!(world.cluster.get(&reference).await.unwrap(), None);
    let gone = world
        .cluster
        .delete(&reference, Propagation::Background)
        .await;
    assert!(!gone.unwrap(), "there was nothing to delete");
}

pub(crate) async fn a_field_of_another_manager_is_a_conflict_that_names_it(world: World) {
    let theirs: Api<ConfigMap> = Api::namespaced(somebody_else(&world).await, &world.namespace);
    let red = Patch::Apply(world.config_map("settings", "colour", "red"));
    theirs
        .patch("settings", &PatchParams::apply("gitops"), &red)
        .await
        .unwrap();

    let blue = Object::new(world.config_map("settings", "colour", "blue")).unwrap();
    let error = world
        .cluster
        .apply(&blue, Apply::ForGood)
        .await
        .unwrap_err();

    assert!(error.is_conflict(), "{error:?}");
    let owner = FieldOwner {
        manager: "gitops".into(),
        field: ".data.colour".into(),
    };
    assert_eq!(error.owners(), [owner]);
    let after = theirs.get("settings").await.unwrap().data.unwrap();
    assert_eq!(after["colour"], "red", "nothing was forced");
}

pub(crate) async fn a_dry_run_keeps_nothing(world: World) {
    let wanted = Object::new(world.config_map("settings", "colour", "blue")).unwrap();
    let tried = world.cluster.apply(&wanted, Apply::DryRun).await.unwrap();
    assert_eq!(tried.text("/data/colour"), "blue");
    assert_eq!(world.cluster.get(&wanted.reference()).await.unwrap(), None);
}

pub(crate) async fn a_list_chooses_by_labels_and_has_all_pages(world: World) {
    // A page holds 500.
    const MANY: usize = 520;
    let all = (0..MANY).map(|number| {
        let mut value = world.config_map(&format!("page-{number:03}"), "number", "");
        value["metadata"]["labels"]["even"] = json!((number % 2 == 0).to_string());
        Object::new(value).unwrap()
    });
    let made = futures::stream::iter(all).map(|object| {
        let cluster = world.cluster.clone();
        async move { cluster.apply(&object, Apply::ForGood).await }
    });
    made.buffer_unordered(16)
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    let list = async |labels: &str| {
        let found = world
            .cluster
            .list("v1", "ConfigMap", Some(&world.namespace), labels)
            .await;
        found.unwrap()
    };
    let found = list("app=web").await;
    assert_eq!(found.len(), MANY);
    assert!(found.iter().all(|object| object.kind() == "ConfigMap"));
    assert_eq!(list("app=web,even=true").await.len(), MANY / 2);
    assert!(list("app=other").await.is_empty());
}

pub(crate) async fn a_write_over_a_newer_one_is_a_conflict(world: World) {
    let mut read = world
        .apply(world.config_map("settings", "colour", "blue"))
        .await;
    world
        .apply(world.config_map("settings", "colour", "green"))
        .await;
    read.value_mut()["data"]["colour"] = json!("red");
    let error = world.cluster.replace(&read).await.unwrap_err();
    assert!(
        error.is_conflict() && error.owners().is_empty(),
        "{error:?}"
    );
}

pub(crate) async fn making_what_is_there_says_so(world: World) {
    let object = Object::new(world.config_map("settings", "colour", "blue")).unwrap();
    world.cluster.create(&object).await.unwrap();
    let error = world.cluster.create(&object).await.unwrap_err();
    assert!(error.already_exists() && !error.is_conflict(), "{error:?}");
}

pub(crate) async fn what_is_deleted_goes_and_is_waited_for(world: World) {
    world
        .apply(world.deployment("web", "docker.io/library/web:1"))
        .await;
    let deployment = world.mine("apps/v1", "Deployment", "web");
    until_ready(
        &world.watches(),
        std::slice::from_ref(&deployment),
        &within(30),
        |_, _| {},
    )
    .await
    .unwrap();
    let there = world
        .cluster
        .delete(&deployment, Propagation::Foreground)
        .await;
    assert!(there.unwrap());
    until_gone(&world.cluster, &[deployment], &within(30))
        .await
        .unwrap();
    let pods = world
        .cluster
        .list("v1", "Pod", Some(&world.namespace), "")
        .await
        .unwrap();
    assert!(pods.is_empty(), "what it owned went first");
}

pub(crate) async fn what_a_finalizer_holds_is_named(world: World) {
    let mut held = world.config_map("held", "colour", "blue");
    held["metadata"]["finalizers"] = json!(["example.test/keep"]);
    let held = world.apply(held).await.reference();
    world
        .cluster
        .delete(&held, Propagation::Background)
        .await
        .unwrap();
    let error = until_gone(&world.cluster, std::slice::from_ref(&held), &within(1)).await;
    let Err(Error::NotReady { missing, .. }) = error else {
        panic!("it went: {error:?}");
    };
    assert_eq!(missing[0].0, held);
    assert!(
        missing[0].1.contains("example.test/keep"),
        "{}",
        missing[0].1
    );
    let mut free = world.config_map("held", "colour", "blue");
    free["metadata"]["finalizers"] = json!([]);
    world.apply(free).await;
    until_gone(&world.cluster, &[held], &within(10))
        .await
        .unwrap();
}

pub(crate) async fn a_refused_object_says_which_field(world: World) {
    let mut value = world.deployment("web", "docker.io/library/web:1");
    value["spec"]["template"]["metadata"]["labels"]["app"] = json!("other");
    let wrong = Object::new(value).unwrap();
    let error = world
        .cluster
        .apply(&wrong, Apply::DryRun)
        .await
        .unwrap_err();
    let said = error.said().unwrap();
    assert_eq!((said.code, said.reason.as_str()), (422, "Invalid"));
    assert_eq!(said.causes[0].0, "spec.template.metadata.labels");
}

pub(crate) async fn a_definition_brings_a_kind(world: World) {
    let (group, definition) = world.definition("Gadget");
    let version = format!("{group}/v1");
    let before = world.cluster.kind(&version, "Gadget").await.unwrap_err();
    assert!(matches!(before, Error::NoSuchKind { .. }), "{before:?}");

    let definition = world.apply(definition).await.reference();
    until_ready(&world.watches(), &[definition], &within(30), |_, _| {})
        .await
        .unwrap();

    world.cluster.kinds_anew().await.unwrap();
    let kind = world.cluster.kind(&version, "Gadget").await.unwrap();
    assert_eq!((kind.plural(), kind.namespaced), ("gadgets", true));
    let gadget = world.apply(json!({
        "apiVersion": version, "kind": "Gadget",
        "metadata": {"name": "one", "namespace": world.namespace}, "spec": {"size": 3},
    }));
    let read = world
        .cluster
        .get(&gadget.await.reference())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.number("/spec/size"), Some(3));
}

pub(crate) async fn an_unknown_kind_is_named(world: World) {
    let nothing = world.mine("example.test/v1", "Nothing", "one");
    let error = world.cluster.get(&nothing).await.unwrap_err();
    let said = format!(
        "cluster {} serves no Nothing of example.test/v1",
        world.cluster.name()
    );
    assert_eq!(error.to_string(), said);
}
