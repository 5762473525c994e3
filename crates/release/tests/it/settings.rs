//! The settings of a release: one Secret, written in parts, which goes with the release.

use crate::{shop::Shop, test_cluster::TestCluster, uninstall::remove};
use cluster::AsUser;
use release::{Saved, Settings, SettingsPart, ValuesText, save_settings, settings, settings_ref};

pub(crate) async fn parts_that_are_written_at_the_same_time_are_all_kept(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let user = world.user();
    assert_eq!(settings(&user, &shop.key).await.unwrap(), None);
    let text = "# as agreed\ncolour: green\n";
    let values = SettingsPart::Values { text, revision: 1 };
    let fields = SettingsPart::Fields(Some("[1]"));
    let (values, fields) = tokio::join!(
        save_settings(&user, &shop.key, values),
        save_settings(&user, &shop.key, fields),
    );
    assert!(matches!(values.unwrap(), Saved::Yes));
    assert!(matches!(fields.unwrap(), Saved::Yes));
    let both = Settings {
        values: Some(ValuesText {
            text: text.to_owned(),
            revision: 1,
        }),
        fields: Some("[1]".to_owned()),
    };
    assert_eq!(settings(&user, &shop.key).await.unwrap(), Some(both));
}

pub(crate) async fn without_the_permission_they_are_refused_and_not_read(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let part = SettingsPart::Fields(Some("[]"));
    save_settings(&world.user(), &shop.key, part).await.unwrap();
    let viewer = AsUser::new(world.as_viewer().await);
    let saved = save_settings(&viewer, &shop.key, part).await.unwrap();
    assert!(matches!(saved, Saved::Refused(_)), "{saved:?}");
    assert_eq!(settings(&viewer, &shop.key).await.unwrap(), None);
}

pub(crate) async fn they_go_with_their_release(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let part = SettingsPart::Fields(Some("[]"));
    let user = world.user();
    save_settings(&user, &shop.key, part).await.unwrap();
    remove(&world, &shop).await;
    let left = world.cluster.get(&settings_ref(&shop.key)).await.unwrap();
    assert!(left.is_none(), "{left:?}");
}
