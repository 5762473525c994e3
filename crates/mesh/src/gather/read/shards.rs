//! The response to `/debug/endpointShardz`, read host by host while it arrives.
//!
//! A response of a large mesh has many megabytes; the labels and localities of its endpoints are skipped. A
//! response that ends early keeps the hosts before its end. Start at [`endpoint_shards`].

use crate::facts::{EndpointShards, Fact, ShardEndpoint, ShardedService, Unknown};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};
use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// The registry of the endpoints that istiod reads from Kubernetes; the others come from ServiceEntries.
const KUBERNETES: &str = "Kubernetes";
/// The health of an endpoint that receives traffic; older versions of istiod do not report it.
const HEALTHY: i64 = 1;

/// The hosts of a response, each with its endpoints.
///
/// # Errors
/// [`Unknown`] when the response has no hosts and is no map, or is malformed.
pub fn endpoint_shards(response: impl io::Read) -> Fact<EndpointShards> {
    let mut found = Hosts::default();
    let mut response = serde_json::Deserializer::from_reader(io::BufReader::new(response));
    let complete = match found.by_ref().deserialize(&mut response) {
        Ok(()) => true,
        Err(error) if error.is_eof() && !found.services.is_empty() => false,
        Err(error) => {
            let reason = format!("the response is no map of endpoints: {error}");
            return Err(Unknown::because(reason));
        }
    };
    Ok(EndpointShards {
        services: found.services,
        complete,
    })
}

/// The hosts that were read, and the cluster IDs in them, each stored once.
#[derive(Default)]
struct Hosts {
    services: Vec<ShardedService>,
    clusters: Vec<Arc<str>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Namespace {
    #[serde(rename = "Shards")]
    shards: Option<BTreeMap<String, Option<Vec<Endpoint>>>>,
}

/// Older versions have one `Address`, newer ones a list `Addresses`; the case differs too.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    #[serde(rename = "Address", alias = "address")]
    address: Option<String>,
    #[serde(rename = "Addresses", alias = "addresses")]
    addresses: Option<Vec<String>>,
    #[serde(rename = "EndpointPort", alias = "endpointPort")]
    port: u16,
    #[serde(rename = "HealthStatus", alias = "healthStatus")]
    health: Option<i64>,
}

impl Hosts {
    fn by_ref(&mut self) -> HostsSeed<'_> {
        HostsSeed(self)
    }

    fn cluster(&mut self, id: &str) -> Arc<str> {
        if let Some(known) = self.clusters.iter().find(|known| ***known == *id) {
            return known.clone();
        }
        let id: Arc<str> = id.into();
        self.clusters.push(id.clone());
        id
    }

    fn push(&mut self, host: &str, namespaces: BTreeMap<String, Option<Namespace>>) {
        for (namespace, value) in namespaces {
            let mut endpoints = Vec::new();
            let shards = value.and_then(|value| value.shards).unwrap_or_default();
            for (shard, listed) in shards {
                // `Kubernetes/west`: the registry, then the cluster.
                let (registry, cluster) = shard.split_once('/').unwrap_or(("", &shard));
                let (from_kubernetes, cluster) = (registry == KUBERNETES, self.cluster(cluster));
                for endpoint in listed.into_iter().flatten() {
                    let healthy = matches!(endpoint.health, None | Some(0 | HEALTHY));
                    let port = endpoint.port;
                    endpoints.extend(endpoint.ips().map(|ip| ShardEndpoint {
                        cluster: cluster.clone(),
                        from_kubernetes,
                        address: SocketAddr::new(ip, port),
                        healthy,
                    }));
                }
            }
            self.services.push(ShardedService {
                host: host.to_owned(),
                namespace,
                endpoints,
            });
        }
    }
}

impl Endpoint {
    fn ips(self) -> impl Iterator<Item = IpAddr> {
        let all = self.address.into_iter();
        let all = all.chain(self.addresses.into_iter().flatten());
        all.filter_map(|text| text.parse().ok())
    }
}

struct HostsSeed<'a>(&'a mut Hosts);

impl<'de> DeserializeSeed<'de> for HostsSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, response: D) -> Result<(), D::Error> {
        response.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HostsSeed<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("hosts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut hosts: A) -> Result<(), A::Error> {
        while let Some(host) = hosts.next_key::<String>()? {
            let namespaces = hosts.next_value::<Option<_>>()?;
            self.0.push(&host, namespaces.unwrap_or_default());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSE: &str = r#"{
      "details.bookinfo.svc.cluster.local": {"bookinfo": {"Shards": {
        "Kubernetes/west": [
          {"Labels": {"app": "details"}, "Addresses": ["10.20.0.7", "fd00::7"],
           "ServicePortName": "http", "EndpointPort": 9080, "HealthStatus": 1},
          {"Addresses": ["10.20.0.8"], "EndpointPort": 9080, "HealthStatus": 2}],
        "Kubernetes/east": null,
        "External/east": [{"Address": "10.10.0.7", "EndpointPort": 80}]},
        "ServiceAccounts": {"spiffe://cluster.local/ns/bookinfo/sa/default": {}}}},
      "reviews.bookinfo.svc.cluster.local": {"bookinfo": {"Shards": null}}}"#;

    #[test]
    fn each_endpoint_has_its_cluster_its_port_and_its_health() {
        let shards = endpoint_shards(RESPONSE.as_bytes()).expect("readable");
        assert!(shards.complete);
        let [details, reviews] = &shards.services[..] else {
            panic!("{shards:?}");
        };
        let endpoints = details.endpoints.iter().map(|endpoint| {
            let registry = if endpoint.from_kubernetes {
                "k8s"
            } else {
                "se"
            };
            let (cluster, address) = (&endpoint.cluster, endpoint.address);
            format!("{registry}/{cluster} {address} {}", endpoint.healthy)
        });
        let endpoints: Vec<String> = endpoints.collect();
        assert_eq!(
            endpoints,
            [
                "se/east 10.10.0.7:80 true",
                "k8s/west 10.20.0.7:9080 true",
                "k8s/west [fd00::7]:9080 true",
                "k8s/west 10.20.0.8:9080 false",
            ]
        );
        assert_eq!(reviews.host, "reviews.bookinfo.svc.cluster.local");
        assert!(reviews.endpoints.is_empty());
    }

    #[test]
    fn a_response_that_ends_early_keeps_the_hosts_before_its_end() {
        let end = RESPONSE.find("reviews").expect("the second host") + 20;
        let shards = endpoint_shards(&RESPONSE.as_bytes()[..end]).expect("readable");
        assert!(!shards.complete);
        assert_eq!(shards.services.len(), 1);
    }

    #[test]
    fn a_response_without_hosts_is_unknown_unless_it_is_an_empty_map() {
        assert!(endpoint_shards(&b"404 page not found"[..]).is_err());
        assert!(endpoint_shards(&b""[..]).is_err());
        assert!(endpoint_shards(&b"[]"[..]).is_err());
        let none = endpoint_shards(&b"{}"[..]).expect("readable");
        assert!(none.complete && none.services.is_empty());
    }
}
