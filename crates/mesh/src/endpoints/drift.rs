//! Which addresses that a remote was told are the control plane's no more. Pure.

use super::{Component, DiscoveredAddress};
use serde_json::Value;

/// An address in use that is good no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drifted {
    /// What is dialled there.
    pub dialled: Component,
    /// Its place in the values.
    pub key: &'static str,
    /// The address in use.
    pub used: String,
    /// The best one now; none when there is none at all.
    pub now: Option<String>,
    /// Every address that is good now.
    pub good: Vec<String>,
}

/// What stands under a path such as `global.remotePilotAddress`.
fn at<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(values, |value, key| value.get(key))
}

/// The addresses in `values` that are none of those discovered. One that is empty, or switched off, is
/// not in use; a host name that no balancer has cannot be judged and counts as good.
pub fn drift(values: &Value, discovered: &[DiscoveredAddress]) -> Vec<Drifted> {
    let one = |found: &DiscoveredAddress| {
        let used = at(values, found.key)?.as_str()?.trim();
        let on = found.dialled.switch();
        let on = on.is_none_or(|path| at(values, path).and_then(Value::as_bool) == Some(true));
        let is_address = used.parse::<std::net::IpAddr>().is_ok();
        let good = found.good();
        let fine = good.contains(&used);
        (on && is_address && !fine).then(|| Drifted {
            dialled: found.dialled,
            key: found.key,
            used: used.to_owned(),
            now: good.first().map(|one| (*one).to_owned()),
            good: good.iter().map(|one| (*one).to_owned()).collect(),
        })
    };
    discovered.iter().filter_map(one).collect()
}
