//! Where Services get their addresses: ServiceCIDR objects, or what a refused dry run says.
//!
//! An API server older than 1.33 tells its range to nobody, except to one who asks for an address
//! outside of it: the refusal names the range. A dry run keeps nothing, whatever it answers.

use crate::{Apply, Cluster, Error, Object};
use serde_json::{Value, json};

/// Addresses that no cluster gives to Services, one a family.
const OUTSIDE: &[&str] = &["0.0.0.1", "100::1"];

impl Cluster {
    /// The ranges of its Services; empty when it cannot be found out.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`], or [`Error::Refused`] when our credential may neither
    /// read the ranges nor try a Service in `default`.
    pub async fn service_ranges(&self) -> Result<Vec<String>, Error> {
        let ranges = self.service_ranges_by_objects().await?;
        if ranges.is_empty() {
            return self.service_ranges_by_refusal().await;
        }
        Ok(ranges)
    }

    /// The ranges as the `ServiceCIDR` objects of newer API servers name them; empty without any.
    ///
    /// # Errors
    /// [`Error::Unreachable`], [`Error::TimedOut`], or [`Error::Refused`] when our credential is not known.
    pub async fn service_ranges_by_objects(&self) -> Result<Vec<String>, Error> {
        let listed = self
            .list("networking.k8s.io/v1", "ServiceCIDR", None, "")
            .await;
        let objects = match listed {
            Ok(objects) => objects,
            Err(error) if error.is_unreachable() || error.is_unauthorized() => return Err(error),
            Err(_) => Vec::new(),
        };
        let texts = objects.iter().flat_map(|range| range.list("/spec/cidrs"));
        Ok(texts.filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// The ranges as a refusal names them.
    ///
    /// # Errors
    /// As [`Cluster::service_ranges`].
    pub async fn service_ranges_by_refusal(&self) -> Result<Vec<String>, Error> {
        let mut ranges = Vec::new();
        for address in OUTSIDE {
            let Err(error) = self.apply(&service_at(address)?, Apply::DryRun).await else {
                continue;
            };
            match error.said().and_then(|said| range_in(&said.message)) {
                Some(range) if !ranges.contains(&range) => ranges.push(range),
                Some(_) => {}
                // A cluster of one family says nothing of the other's range.
                None if error.is_forbidden() || error.is_unreachable() => return Err(error),
                None => {}
            }
        }
        Ok(ranges)
    }
}

fn service_at(address: &str) -> Result<Object, Error> {
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
    fn the_range_is_read_out_of_a_refusal() {
        let said = "spec.clusterIPs: Invalid value: [\"0.0.0.1\"]: failed to allocate IP 0.0.0.1: \
                    the provided IP (0.0.0.1) is not in the valid range. The range of valid IPs is \
                    172.30.0.0/20";
        assert_eq!(range_in(said).as_deref(), Some("172.30.0.0/20"));
        let six = "The range of valid IPs is fd00:10:96::/112.";
        assert_eq!(range_in(six).as_deref(), Some("fd00:10:96::/112"));
        assert_eq!(range_in("it is not yours to know"), None);
    }
}
