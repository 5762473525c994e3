//! The upgrade of a release to its next revision.

use crate::{
    shop::{Shop, chain, files},
    test_cluster::{TestCluster, within},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::Chart;
use release::{Error, Mode, Release, State, history};

/// The shop in blue, without its gadget.
pub(crate) async fn blue(world: &TestCluster, values: &str) -> Shop {
    let (group, mut files) = files(world);
    files.retain(|(name, _)| name != "templates/gadget.yaml");
    let chart = Chart::from_files(files).unwrap();
    let key = (world.namespace.as_str(), "web-shop");
    let rendered = Shop::of(world, chart, key, values).await;
    Shop { group, ..rendered }
}

pub(crate) async fn upgrade(
    world: &TestCluster,
    shop: &Shop,
    seconds: u64,
) -> Result<Release, Error> {
    shop.install_as(world, Mode::Upgrade, within(seconds))
        .await
        .0
}

async fn states(world: &TestCluster, shop: &Shop) -> Vec<(u32, State)> {
    let all = history(&world.user(), &shop.key).await.unwrap();
    all.iter()
        .map(|revision| (revision.version, revision.info.status))
        .collect()
}

pub(crate) async fn the_next_revision_updates_and_deletes_objects(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let first = shop.install(&world).await.unwrap();
    let gadget = shop.object(&format!("{}/v1", shop.group), "Gadget");
    assert!(shop.get(&world, &gadget).await.is_some());

    let blue = blue(&world, "colour: blue").await;
    let second = upgrade(&world, &blue, 40).await;
    let second = second.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(second.info.description, "Upgrade complete");
    assert_eq!(second.info.first_deployed, first.info.first_deployed);
    let settings = shop.object("v1", "ConfigMap");
    let settings = shop.get(&world, &settings).await.unwrap();
    assert_eq!(settings.text("/data/colour"), "blue");
    assert!(shop.get(&world, &gadget).await.is_none());
    let kept = shop.object("v1", "Secret");
    assert!(shop.get(&world, &kept).await.is_some());
    let now = states(&world, &shop).await;
    assert_eq!(now, [(1, State::Superseded), (2, State::Deployed)]);
}

pub(crate) async fn an_upgrade_that_was_planned_before_another_one_changes_nothing(
    world: TestCluster,
) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let planned = |shop: Shop| Shop {
        planned_after: Some(1),
        ..shop
    };
    let first = planned(blue(&world, "colour: blue").await);
    let second = planned(blue(&world, "colour: red").await);
    upgrade(&world, &first, 40).await.unwrap();

    let refused = upgrade(&world, &second, 40).await;
    assert!(
        matches!(refused, Err(Error::Changed { revision: 1, .. })),
        "{refused:?}"
    );
    let settings = shop.object("v1", "ConfigMap");
    let settings = shop.get(&world, &settings).await.unwrap();
    assert_eq!(settings.text("/data/colour"), "blue");
    let now = states(&world, &shop).await;
    assert_eq!(now, [(1, State::Superseded), (2, State::Deployed)]);
}

/// Records of revisions 2 to 12, all failed, beside the first, which is deployed.
pub(crate) async fn eleven_failed(world: &TestCluster, shop: &Shop) {
    for version in 2..=12_u32 {
        recorded(world, shop, version, State::Failed).await;
    }
}

/// The record of the first revision as that of another one, in this state.
pub(crate) async fn recorded(world: &TestCluster, shop: &Shop, version: u32, state: State) {
    let secret = shop.named("v1", "Secret", "sh.helm.release.v1.web-shop.v1");
    let first = shop.get(world, &secret).await.unwrap();
    let all = history(&world.user(), &shop.key).await.unwrap();
    let mut record = all[0].clone();
    record.version = version;
    record.info.status = state;
    let text = STANDARD.encode(release::encode(&record).unwrap());
    let mut labels = first.value()["metadata"]["labels"].clone();
    labels["version"] = version.to_string().into();
    labels["status"] = state.as_str().into();
    let made = serde_json::json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": format!("sh.helm.release.v1.web-shop.v{version}"),
            "namespace": world.namespace, "labels": labels,
        },
        "data": {"release": text},
    });
    let made = cluster::Object::new(made).unwrap();
    world.cluster.create(&made).await.unwrap();
}

pub(crate) async fn ten_revisions_are_kept_and_the_deployed_one_among_them(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    eleven_failed(&world, &shop).await;
    let green = Shop::new(&world, "colour: green").await;
    let thirteenth = upgrade(&world, &green, 40).await.unwrap();
    assert_eq!(thirteenth.version, 13);
    let now = states(&world, &shop).await;
    let failed = (5..=12).map(|version| (version, State::Failed));
    let expected: Vec<(u32, State)> = std::iter::once((1, State::Superseded))
        .chain(failed)
        .chain([(13, State::Deployed)])
        .collect();
    assert_eq!(now, expected);
    let green = Shop::new(&world, "colour: green").await;
    upgrade(&world, &green, 40).await.unwrap();
    let now = states(&world, &shop).await;
    let versions: Vec<u32> = now.iter().map(|(version, _)| *version).collect();
    assert_eq!(versions, (5..=14).collect::<Vec<u32>>());
}

pub(crate) async fn a_failed_upgrade_leaves_the_previous_revision_deployed(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let image = format!("registry.example/{}/never:1", world.namespace);
    world.fail_image_pull(&image);
    let bad = Shop::new(&world, &format!("image: {image}")).await;
    let error = upgrade(&world, &bad, 3).await.unwrap_err();
    assert!(matches!(error, Error::NotReady { .. }), "{error:?}");
    let now = states(&world, &shop).await;
    assert_eq!(now, [(1, State::Deployed), (2, State::Failed)]);
    let good = Shop::new(&world, "colour: green").await;
    upgrade(&world, &good, 40).await.unwrap();
    let now = states(&world, &shop).await;
    let expected = [
        (1, State::Superseded),
        (2, State::Failed),
        (3, State::Deployed),
    ];
    assert_eq!(now, expected);
}

pub(crate) async fn a_missing_or_pending_release_is_not_upgraded(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let error = upgrade(&world, &shop, 5).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    let mut begun = shop.install(&world).await.unwrap();
    begun.info.status = State::PendingUpgrade;
    let secret = shop.named("v1", "Secret", "sh.helm.release.v1.web-shop.v1");
    let mut secret = shop.get(&world, &secret).await.unwrap();
    let text = STANDARD.encode(release::encode(&begun).unwrap());
    secret.value_mut()["data"]["release"] = text.into();
    world.cluster.replace(&secret).await.unwrap();
    let error = upgrade(&world, &shop, 5).await.unwrap_err();
    assert!(matches!(error, Error::OperationPending { .. }), "{error:?}");
    assert_eq!(states(&world, &shop).await.len(), 1);
}

pub(crate) async fn an_interrupted_upgrade_is_completed_as_the_same_revision(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let blue = blue(&world, "colour: blue").await;
    // The process ends after the record was written: the upgrade is dropped at its first event.
    let reached = tokio::sync::Notify::new();
    {
        let on_event = |_| reached.notify_one();
        let running = blue.upgrade_with_events(&world, &on_event);
        tokio::select! {
            biased;
            () = reached.notified() => {}
            ended = running => panic!("{ended:?}"),
        }
    }
    let pending = [(1, State::Deployed), (2, State::PendingUpgrade)];
    assert_eq!(states(&world, &shop).await, pending);
    let other = Shop::new(&world, "colour: red").await;
    let refused = other
        .install_as(&world, Mode::ResumeUpgrade, within(5))
        .await;
    let refused = refused.0.unwrap_err();
    assert!(
        matches!(refused, Error::OperationPending { .. }),
        "{refused:?}"
    );

    let resumed = blue
        .install_as(&world, Mode::ResumeUpgrade, within(40))
        .await
        .0;

    let resumed = resumed.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(resumed.version, 2);
    let now = states(&world, &shop).await;
    assert_eq!(now, [(1, State::Superseded), (2, State::Deployed)]);
    let settings = shop.object("v1", "ConfigMap");
    let settings = shop.get(&world, &settings).await.unwrap();
    assert_eq!(settings.text("/data/colour"), "blue");
    let gadget = shop.object(&format!("{}/v1", shop.group), "Gadget");
    assert!(
        shop.get(&world, &gadget).await.is_none(),
        "what the new revision does not have is deleted"
    );
}
