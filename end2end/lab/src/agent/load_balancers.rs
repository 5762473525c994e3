//! Gives Services of type LoadBalancer an address, as a cloud does: `10.30.N.M`.

use super::addresses::Addresses;
use crate::Shape;
use futures::StreamExt as _;
use ipnet::Ipv4Net;
use k8s_openapi::api::core::v1::Service;
use kube::{
    Api, Client, ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::json;
use std::net::Ipv4Addr;

/// Follows all Services for ever.
pub(super) async fn keep(client: Client, shape: &Shape) {
    let range = Ipv4Net::new_assert(Ipv4Addr::new(10, 30, shape.number, 0), 24);
    let mut addresses = Addresses::of(range);
    let config = watcher::Config::default();
    let mut events = watcher(Api::<Service>::all(client.clone()), config)
        .default_backoff()
        .boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(watcher::Event::Apply(service) | watcher::Event::InitApply(service)) => {
                give(&client, &service, &mut addresses).await;
            }
            Ok(watcher::Event::Delete(service)) => {
                addresses.give_back(&service.uid().unwrap_or_default());
            }
            // The API server may be gone for a while; the watcher tries again.
            _ => {}
        }
    }
}

async fn give(client: &Client, service: &Service, addresses: &mut Addresses) {
    let balanced = service.spec.as_ref().and_then(|spec| spec.type_.as_deref());
    let status = service
        .status
        .as_ref()
        .and_then(|status| status.load_balancer.as_ref());
    let has_one = status.is_some_and(|status| status.ingress.is_some());
    if balanced != Some("LoadBalancer") || has_one {
        return;
    }
    let uid = service.uid().unwrap_or_default();
    let Some(address) = addresses.get(&uid) else {
        return;
    };
    let namespace = service.namespace().unwrap_or_default();
    let services: Api<Service> = Api::namespaced(client.clone(), &namespace);
    let ingress = json!([{"ip": address, "ipMode": "VIP"}]);
    let status = json!({"status": {"loadBalancer": {"ingress": ingress}}});
    let parameters = PatchParams::default();
    // A Service that is gone by now needs none.
    let _ = services
        .patch_status(&service.name_any(), &parameters, &Patch::Merge(status))
        .await;
}
