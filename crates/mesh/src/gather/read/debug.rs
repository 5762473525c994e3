//! The JSON of debug endpoints; an unreadable response is an unknown fact with its reason.

use super::{list, text};
use crate::facts::{ClusterState, Fact, ProxyState, RegisteredEndpoint, Unknown};
use serde_json::Value;

fn json(answer: &str) -> Fact<Value> {
    serde_json::from_str(answer)
        .map_err(|error| Unknown::because(format!("the response is no JSON: {error}")))
}

/// `/debug/clusterz`: the clusters of an istiod.
///
/// # Errors
/// [`Unknown`] when the response cannot be parsed.
pub fn clusterz(answer: &str) -> Fact<Vec<ClusterState>> {
    let answer = json(answer)?;
    let state = |row: &Value| ClusterState {
        cluster: text(row, "id").to_owned(),
        secret: text(row, "secretName").to_owned(),
        state: text(row, "syncStatus").to_owned(),
    };
    let rows = answer.as_array();
    let rows = rows.ok_or_else(|| Unknown::because("the response is no list"))?;
    Ok(rows.iter().map(state).collect())
}

/// `/v1/registration` of Istio 1.0: hosts and their endpoints. A host may have no endpoints.
///
/// # Errors
/// [`Unknown`] when the response cannot be parsed.
pub fn registration(answer: &str) -> Fact<(Vec<String>, Vec<RegisteredEndpoint>)> {
    let answer = json(answer)?;
    let rows = answer.as_array();
    let rows = rows.ok_or_else(|| Unknown::because("the response is no list"))?;
    let mut found = (Vec::new(), Vec::new());
    for row in rows {
        let key = text(row, "service-key");
        let host = key.split('|').next().unwrap_or_default();
        found.0.push(host.to_owned());
        for endpoint in list(row, "/hosts") {
            if let Ok(address) = text(endpoint, "ip_address").parse() {
                found.1.push(RegisteredEndpoint {
                    host: host.to_owned(),
                    cluster: None,
                    address,
                });
            }
        }
    }
    found.0.dedup();
    Ok(found)
}

/// `/debug/syncz`: the connected proxies.
///
/// # Errors
/// [`Unknown`] when the response cannot be parsed.
pub fn syncz(answer: &str) -> Fact<Vec<ProxyState>> {
    let answer = json(answer)?;
    let rows = answer.as_array();
    let rows = rows.ok_or_else(|| Unknown::because("the response is no list"))?;
    let proxy = |row: &Value| ProxyState {
        proxy: text(row, "proxy").to_owned(),
        cluster: text(row, "cluster_id").to_owned(),
        version: match text(row, "istio_version") {
            "" => text(row, "proxy_version").to_owned(),
            version => version.to_owned(),
        },
    };
    Ok(rows
        .iter()
        .map(proxy)
        .filter(|proxy| !proxy.proxy.is_empty())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clusters_of_an_istiod_are_read() {
        let read = clusterz(
            r#"[{"id": "east", "syncStatus": "synced"},
                {"id": "west", "secretName": "istio-system/x", "syncStatus": "timeout"}]"#,
        );
        let read = read.expect("readable");
        assert_eq!(
            (read[1].cluster.as_str(), read[1].state.as_str()),
            ("west", "timeout")
        );
        assert!(clusterz("404 page not found").is_err());
    }

    #[test]
    fn a_host_may_be_registered_without_an_endpoint() {
        let (hosts, endpoints) = registration(
            r#"[{"service-key": "details.bookinfo.svc.cluster.local|http", "hosts": []},
                {"service-key": "reviews.bookinfo.svc.cluster.local|http",
                 "hosts": [{"ip_address": "172.20.1.7", "port": 9080}]}]"#,
        )
        .expect("readable");
        assert_eq!(hosts.len(), 2);
        assert_eq!(endpoints.len(), 1);
        assert_eq!(endpoints[0].address.to_string(), "172.20.1.7");
    }

    #[test]
    fn proxies_say_their_version() {
        let read =
            syncz(r#"[{"proxy": "a.b", "cluster_id": "west", "istio_version": "1.30.3"}, {}]"#);
        let read = read.expect("readable");
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].version, "1.30.3");
    }
}
