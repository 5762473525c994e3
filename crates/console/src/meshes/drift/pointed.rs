//! The values of a release with the current addresses.

use crate::Error;
use ::mesh::endpoints::Drifted;
use chart::yaml::{Scalar, edit};

/// A text of values with the current addresses.
///
/// # Errors
/// [`Error::Edit`] when the key of an address cannot be set in the text.
pub(super) fn pointed(text: &str, drifted: &[Drifted]) -> Result<String, Error> {
    let mut text = text.to_owned();
    for address in drifted {
        let Some(now) = &address.current else {
            continue;
        };
        let path: Vec<&str> = address.key.split('.').collect();
        let set = edit::set(&text, &path, &Scalar::Text(now.clone()));
        text = set.map_err(|source| Error::Edit {
            path: address.key.to_owned(),
            source,
        })?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values_text::is_text_of;
    use ::mesh::endpoints::Component;
    use release::Release;

    #[test]
    fn the_operators_text_stays_where_it_says_what_is_installed() {
        let release: Release = serde_json::from_value(serde_json::json!({
            "name": "ack-istio-remote", "namespace": "istio-system", "version": 1,
            "info": {"status": "deployed"},
            "config": {"global": {"remotePilotAddress": "10.0.0.1"}},
        }))
        .expect("a release");
        let drifted = [Drifted {
            component: Component::Pilot,
            key: Component::Pilot.values_key(),
            used: "10.0.0.1".into(),
            current: Some("10.0.0.2".into()),
            addresses: vec!["10.0.0.2".into()],
        }];
        let own = "global:\n  remotePilotAddress: 10.0.0.1 # the gateway\n";
        assert!(is_text_of(own, &release));
        let text = pointed(own, &drifted).expect("pointed");
        assert_eq!(text, own.replace("10.0.0.1", "10.0.0.2"));
        let other = "global: {tag: x} # a draft that was never deployed\n";
        assert!(!is_text_of(other, &release));
        let text = pointed(&crate::mask::yaml(&release.config), &drifted).expect("pointed");
        assert!(text.contains("10.0.0.2") && !text.contains("tag"), "{text}");
    }
}
