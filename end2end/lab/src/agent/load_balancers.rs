//! Assigns addresses to Services of type LoadBalancer, as a cloud provider does.

use super::addresses::Addresses;
use futures::StreamExt as _;
use ipnet::Ipv4Net;
use k8s_openapi::api::core::v1::Service;
use kube::{
    Api, Client, ResourceExt as _,
    api::{Patch, PatchParams},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::json;

/// Watches all Services and gives them addresses of `range`; never ends.
pub(crate) async fn run(client: Client, range: Ipv4Net) {
    let mut addresses = Addresses::new(range);
    let selector = watcher::Config::default();
    let mut events = watcher(Api::<Service>::all(client.clone()), selector)
        .default_backoff()
        .boxed();
    while let Some(event) = events.next().await {
        match event {
            Ok(watcher::Event::Apply(service) | watcher::Event::InitApply(service)) => {
                assign(&client, &service, &mut addresses).await;
            }
            Ok(watcher::Event::Delete(service)) => {
                addresses.release(&service.uid().unwrap_or_default());
            }
            // The API server may be unavailable; the watcher reconnects.
            _ => {}
        }
    }
}

async fn assign(client: &Client, service: &Service, addresses: &mut Addresses) {
    let service_type = service.spec.as_ref().and_then(|spec| spec.type_.as_deref());
    let status = service
        .status
        .as_ref()
        .and_then(|status| status.load_balancer.as_ref());
    let has_address = status.is_some_and(|status| status.ingress.is_some());
    if service_type != Some("LoadBalancer") || has_address {
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
    // An error is ignored: the Service may have been deleted.
    let _ = services
        .patch_status(&service.name_any(), &parameters, &Patch::Merge(status))
        .await;
}
