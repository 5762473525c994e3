//! Addresses that a remote uses as the values of a chart.

use super::ConfiguredAddress;
use serde_json::{Map, Value, json};

/// Addresses as the values of a chart that would give them to a remote.
pub fn as_values(addresses: &[ConfiguredAddress]) -> Value {
    let mut values = json!({});
    for address in addresses {
        set(
            &mut values,
            address.component.values_key(),
            json!(address.address),
        );
        if let Some(key) = address.component.enable_key() {
            set(&mut values, key, json!(true));
        }
    }
    values
}

/// Sets a dotted key.
fn set(values: &mut Value, path: &str, to: Value) {
    let mut at = values;
    for key in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        at = &mut at[key];
    }
    *at = to;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::Component;
    use cluster::Kind;

    #[test]
    fn addresses_are_the_values_that_give_them() {
        let at = |component, address: &str| ConfiguredAddress {
            component,
            address: address.to_owned(),
            object: Kind::CONFIG_MAP.object(Some("istio-system"), "istio"),
        };
        let pilot = at(Component::Pilot, "10.0.0.7");
        let values = as_values(&[pilot, at(Component::Statsd, "10.0.0.8")]);
        let expected = json!({"global": {
            "remotePilotAddress": "10.0.0.7",
            "proxy": {"envoyStatsd": {"host": "10.0.0.8", "enabled": true}}}});
        assert_eq!(values, expected);
    }
}
