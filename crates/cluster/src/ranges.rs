//! Service CIDRs of a cluster: from its ServiceCIDR objects, or from the error of a dry run.
//!
//! Before Kubernetes 1.33 no API serves the range. The error that rejects a Service with an address
//! outside of the range names it; the Service is applied as a dry run, which stores nothing.

use crate::{Apply, Cluster, Error, Kind, Object};
use serde_json::{Value, json};

/// Addresses outside of every service CIDR, one per IP family.
const OUT_OF_RANGE_ADDRESSES: &[&str] = &["0.0.0.1", "100::1"];

impl Cluster {
    /// The service CIDRs; empty when they cannot be determined.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`], or [`Error::Refused`] when the credential may
    /// neither read ServiceCIDR objects nor create a Service in `default`.
    pub async fn service_ranges(&self) -> Result<Vec<String>, Error> {
        let ranges = self.service_ranges_from_objects().await?;
        if ranges.is_empty() {
            return self.service_ranges_from_error().await;
        }
        Ok(ranges)
    }

    /// The service CIDRs in the `ServiceCIDR` objects of newer API servers; empty without any.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`], or [`Error::Refused`] when the credential is unknown.
    pub async fn service_ranges_from_objects(&self) -> Result<Vec<String>, Error> {
        let listed = self.list_objects(Kind::SERVICE_CIDR, None, "").await;
        let objects = match listed {
            Ok(objects) => objects,
            Err(error) if error.is_unreachable() || error.is_unauthorized() => return Err(error),
            Err(_) => Vec::new(),
        };
        let cidrs = objects.iter().flat_map(|range| range.list("/spec/cidrs"));
        Ok(cidrs.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The service CIDRs that the API server names when it rejects an address outside of them.
    ///
    /// # Errors
    /// As [`Cluster::service_ranges`].
    pub async fn service_ranges_from_error(&self) -> Result<Vec<String>, Error> {
        let mut ranges = Vec::new();
        for address in OUT_OF_RANGE_ADDRESSES {
            let Err(error) = self
                .apply(&service_with_address(address)?, Apply::DryRun)
                .await
            else {
                continue;
            };
            match error.status().and_then(|status| range_in(&status.message)) {
                Some(range) if !ranges.contains(&range) => ranges.push(range),
                Some(_) => {}
                // A single-stack cluster names no range of the other IP family.
                None if error.is_forbidden() || error.is_unreachable() => return Err(error),
                None => {}
            }
        }
        Ok(ranges)
    }
}

fn service_with_address(address: &str) -> Result<Object, Error> {
    Object::new(json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": "meshspan-asks-for-the-range", "namespace": "default"},
        "spec": {"clusterIP": address, "ports": [{"port": 80}]},
    }))
}

/// The range at the end of "The range of valid IPs is 172.30.0.0/20".
fn range_in(message: &str) -> Option<String> {
    let (_, after) = message.split_once("range of valid IPs is ")?;
    let end = after.find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/')));
    let range = after
        .get(..end.unwrap_or(after.len()))?
        .trim_end_matches(['.', ':']);
    range.parse::<ipnet::IpNet>().ok()?;
    Some(range.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_parsed_from_the_error_message() {
        let message = "spec.clusterIPs: Invalid value: [\"0.0.0.1\"]: failed to allocate IP 0.0.0.1: \
                    the provided IP (0.0.0.1) is not in the valid range. The range of valid IPs is \
                    172.30.0.0/20";
        assert_eq!(range_in(message).as_deref(), Some("172.30.0.0/20"));
        let ipv6 = "The range of valid IPs is fd00:10:96::/112.";
        assert_eq!(range_in(ipv6).as_deref(), Some("fd00:10:96::/112"));
        assert_eq!(range_in("forbidden"), None);
    }
}
