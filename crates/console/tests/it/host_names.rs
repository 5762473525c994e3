//! A load balancer with a host name: remotes get an address, which is watched, and no public one that every source
//! may dial.

use crate::{
    meshes::{Pair, WEST, request},
    support::{operator, setup, succeeded},
};
use cluster::{HostResolver, Kind, MetadataPatch, ResolveError};
use console::{Error, Setup};
use futures::{FutureExt as _, future::BoxFuture};
use parking_lot::Mutex;
use std::{net::IpAddr, sync::Arc, time::Duration};
use wire::{
    ClusterName, Code,
    mesh::{DiscoveredValue, StepKind},
};

const HOST: &str = "gateway.lb.example";

/// The addresses of [`HOST`], as a test sets them.
#[derive(Default)]
struct Names(Mutex<Vec<IpAddr>>);

impl Names {
    fn set(&self, addresses: &[&str]) {
        *self.0.lock() = addresses.iter().map(|text| text.parse().unwrap()).collect();
    }
}

impl HostResolver for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, Result<Vec<IpAddr>, ResolveError>> {
        let addresses = self.0.lock().clone();
        let found = match addresses.as_slice() {
            [] => Err(ResolveError::NotFound {
                host: host.to_owned(),
            }),
            _ => Ok(addresses),
        };
        std::future::ready(found).boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_of_a_load_balancer_is_resolved_and_watched() {
    let names = Arc::new(Names::default());
    let setup = Setup {
        resolver: names.clone(),
        resolve_interval: Duration::from_millis(200),
        ..setup()
    };
    let pair = Pair::of(setup, request("names")).await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::Join).await;
    name_the_gateway(&pair).await;

    let problem = plan(&pair).await.unwrap_err();
    assert_eq!(problem.code, Code::HostUnresolved);
    assert_eq!(problem.arg("host"), HOST);
    names.set(&["10.9.0.2", "203.0.113.7"]);
    let problem = plan(&pair).await.unwrap_err();
    assert_eq!(problem.code, Code::ExposedAddress);
    assert_eq!(problem.arg("addresses"), "203.0.113.7");
    assert!(problem.arg("object").contains("istio-ilbgateway"));

    names.set(&["10.9.0.7", "10.9.0.2"]);
    let pilot = plan(&pair).await.unwrap();
    assert_eq!(pilot.value, "10.9.0.2", "the lowest address");
    assert_eq!(pilot.host.as_deref(), Some(HOST));
    pair.run_step(StepKind::RemoteChart).await;
    let steady = pair.health_that(|health| health.asking.is_none() && health.doctor.at > 0);
    assert!(steady.await.drifted.is_empty());

    names.set(&["10.9.0.50"]);
    let health = pair.health_that(|health| !health.drifted.is_empty()).await;
    let drifted = &health.drifted[0];
    assert_eq!((&*drifted.used, &*drifted.good), ("10.9.0.2", "10.9.0.50"));
    the_address_is_updated(&pair, &names).await;
    pair.health_that(|health| health.drifted.is_empty()).await;
}

/// The update is refused while the new address is public, and leads to the new address.
async fn the_address_is_updated(pair: &Pair, names: &Names) {
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    let update = async || {
        let console = &pair.console;
        console
            .update_remote_addresses(&ann, &pair.mesh, &west)
            .await
    };
    names.set(&["203.0.113.7"]);
    let refused = update().await.unwrap_err();
    assert!(matches!(refused, Error::ExposedAddress { .. }), "{refused}");
    names.set(&["10.9.0.50"]);
    let job = update().await.unwrap();
    succeeded(&pair.console, &job).await;
}

/// The load balancer of the gateway gets a host name in place of its address.
async fn name_the_gateway(pair: &Pair) {
    let gateway = Kind::SERVICE.object(Some("istio-system"), "istio-ilbgateway");
    let annotation = "sandbox.meshspan.io/load-balancer-hostname".to_owned();
    let patch = MetadataPatch {
        annotations: vec![(annotation, Some(HOST.to_owned()))],
        ..MetadataPatch::default()
    };
    let east = pair.east();
    east.patch_metadata(&gateway, &patch, None).await.unwrap();
    let end = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        let live = east.get(&gateway).await.unwrap().unwrap();
        if live.text("/status/loadBalancer/ingress/0/hostname") == HOST {
            return;
        }
        assert!(tokio::time::Instant::now() < end, "{live:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The address of the control plane in the plan of the remote's charts, or the problem of the plan.
async fn plan(pair: &Pair) -> Result<DiscoveredValue, wire::Problem> {
    let step = pair.step(StepKind::RemoteChart).await;
    let plan = pair.console.plan_step(&operator(), &step.step).await;
    let plan = plan.unwrap();
    if let Some(problem) = plan.problem {
        return Err(problem);
    }
    let found = plan.install.unwrap().found;
    let mut pilot = found.into_iter();
    Ok(pilot
        .find(|value| value.key == "global.remotePilotAddress")
        .unwrap())
}
