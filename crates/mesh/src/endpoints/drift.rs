//! Which addresses that a remote's release uses no longer reach the control plane. Pure.

use super::{Component, DiscoveredAddress, MissingReason, Outcome};
use serde_json::Value;

/// An address in use that no longer reaches its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    /// The component.
    pub component: Component,
    /// The key of the address in the values.
    pub key: &'static str,
    /// The address in use.
    pub used: String,
    /// The best current address; none when the component has no address.
    pub current: Option<String>,
    /// All current addresses.
    pub addresses: Vec<String>,
}

/// The value at a path such as `global.remotePilotAddress`.
fn at<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(values, |value, key| value.get(key))
}

/// The addresses in `values` that are not among the discovered ones. An address that is empty or
/// disabled is not in use. The host name of the load balancer itself has drifted, as remotes need an address; no
/// other host name can be compared. While a host name cannot be resolved, nothing has drifted.
pub fn drift(values: &Value, discovered: &[DiscoveredAddress]) -> Vec<Drifted> {
    let drifted = |discovered: &DiscoveredAddress| {
        let used = at(values, discovered.key)?.as_str()?.trim();
        let enable_key = discovered.component.enable_key();
        let enabled =
            enable_key.is_none_or(|path| at(values, path).and_then(Value::as_bool) == Some(true));
        let is_unresolved = match &discovered.outcome {
            Outcome::Missing(reason) => matches!(reason, MissingReason::Unresolved { .. }),
            Outcome::Found(_) => false,
        };
        let is_host = match &discovered.outcome {
            Outcome::Found(found) => found.host.as_deref() == Some(used),
            Outcome::Missing(_) => false,
        };
        let is_address = is_host || used.parse::<std::net::IpAddr>().is_ok();
        let addresses = discovered.addresses();
        let is_current = addresses.contains(&used);
        (enabled && is_address && !is_current && !is_unresolved).then(|| Drifted {
            component: discovered.component,
            key: discovered.key,
            used: used.to_owned(),
            current: addresses.first().map(|address| (*address).to_owned()),
            addresses: addresses
                .iter()
                .map(|address| (*address).to_owned())
                .collect(),
        })
    };
    discovered.iter().filter_map(drifted).collect()
}
