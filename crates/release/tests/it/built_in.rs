//! The built-in charts, as an operator installs them.

use crate::shop::uninstall_within;
use crate::{
    review::reviewed,
    shop::{Shop, chain},
    test_cluster::{TestCluster, within},
};
use chart::Chart;
use cluster::Readiness;
use release::{Mode, PlannedChange, history, resources};
use std::{fs, path::Path};

/// A chart of the built-in repository, read from its folder.
fn built_in(name: &str) -> Chart {
    let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog/charts");
    let root = charts.join(name);
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let within = path.strip_prefix(&root).unwrap();
            files.push((within.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    Chart::from_files(files).unwrap()
}

pub(crate) async fn the_built_in_charts_become_ready_and_are_uninstalled(world: TestCluster) {
    let control_plane = "gateways: {istio-ilbgateway: {enabled: true}}";
    let remote = "global:
  remotePilotAddress: 10.20.3.8
  remotePolicyAddress: 10.20.3.8
  remoteTelemetryAddress: 10.20.3.8
  remoteZipkinAddress: 10.20.3.8
";
    // The control plane's definitions outlive its release, so the sample's routes have theirs.
    for (name, values) in [
        ("ack-istio", control_plane),
        ("ack-istio-remote", remote),
        ("bookinfo", ""),
        ("bookinfo-details", ""),
    ] {
        let namespace = world.name(name);
        let shop = Shop::of(&world, built_in(name), (&namespace, name), values).await;
        for review in reviewed(&world, &shop).await {
            let refused = matches!(
                review.change,
                PlannedChange::Rejected(_)
                    | PlannedChange::OwnedByOther(_)
                    | PlannedChange::KindNotServed(_)
            );
            assert!(
                !refused,
                "{name}: {}: {:?}",
                review.object.reference(),
                review.change
            );
        }
        let (outcome, _) = shop.install_as(&world, Mode::Install, within(90)).await;
        let release =
            outcome.unwrap_or_else(|error| panic!("{name}: {}: {error:?}", chain(&error)));
        for object in resources(&world.user(), &release).await.unwrap() {
            let ready = object.readiness.as_ref().is_some_and(Readiness::is_ready);
            assert!(
                ready,
                "{name}: {}: {:?} {:?}",
                object.object, object.live, object.readiness
            );
        }
        for review in reviewed(&world, &shop).await {
            let object = review.object.reference();
            let is_unchanged = matches!(review.change, PlannedChange::Unchanged);
            assert!(
                is_unchanged,
                "{name}: {object} was just installed: {:?}",
                review.change
            );
        }
        let gone = uninstall_within(&world, &shop.key, 60).await;
        gone.unwrap_or_else(|error| panic!("{name}: {}: {error:?}", chain(&error)));
        assert!(history(&world.user(), &shop.key).await.unwrap().is_empty());
    }
}
