//! The fields that a release leaves to other managers, in the settings beside its records.
//!
//! A decision to leave a field holds for the next revisions until it is revoked. Start at [`left_fields`] and
//! [`remember`].

use super::LeftField;
use crate::{Error, ReleaseKey, Saved, SettingsPart, save_settings, settings};
use cluster::{AsUser, Identity};
use std::collections::BTreeMap;
use wire::{
    ObjectName,
    decision::{FieldChoice, FieldDecision},
};

/// The fields that a release leaves to other managers; none when its settings may not be read.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn left_fields(
    identity: &dyn Identity,
    key: &ReleaseKey,
) -> Result<Vec<LeftField>, Error> {
    let stored = settings(identity, key).await?;
    let text = stored.and_then(|settings| settings.fields);
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

/// Stores what was decided beside the release: fields that are left are added, and those that are taken removed. A
/// refusal is returned; the decisions hold for this revision anyway.
///
/// # Errors
/// [`Error::Cluster`] when the cluster does not answer.
pub async fn remember(
    user: &AsUser,
    key: &ReleaseKey,
    decided: &[FieldDecision],
) -> Result<Saved, Error> {
    if decided.is_empty() {
        return Ok(Saved::Yes);
    }
    let before = left_fields(user, key).await?;
    let mut uids: BTreeMap<&ObjectName, String> = BTreeMap::new();
    for decision in decided {
        if !uids.contains_key(&decision.object) {
            let live = user.cluster().get(&decision.object).await?;
            let uid = live.map(|live| live.text("/metadata/uid").to_owned());
            uids.insert(&decision.object, uid.unwrap_or_default());
        }
    }
    let uid = |object: &ObjectName| uids.get(object).cloned().unwrap_or_default();
    let after = merged(&before, decided, uid);
    if after == before {
        return Ok(Saved::Yes);
    }
    write(user, key, &after).await
}

/// Forgets that a field is left to another manager: the next revision asks again. Returns whether it was.
///
/// # Errors
/// [`Error::Cluster`], also when the settings may not be written.
pub async fn revoke(
    user: &AsUser,
    key: &ReleaseKey,
    object: &ObjectName,
    path: &str,
) -> Result<bool, Error> {
    let before = left_fields(user, key).await?;
    let mut after = before.clone();
    after.retain(|field| field.object != *object || field.path != path);
    if after == before {
        return Ok(false);
    }
    match write(user, key, &after).await? {
        Saved::Yes => Ok(true),
        Saved::Refused(error) => Err(error.into()),
    }
}

async fn write(user: &AsUser, key: &ReleaseKey, fields: &[LeftField]) -> Result<Saved, Error> {
    let text = serde_json::to_string(fields).unwrap_or_default();
    let part = (!fields.is_empty()).then_some(text.as_str());
    save_settings(user, key, SettingsPart::Fields(part)).await
}

/// The fields that are left after decisions.
fn merged(
    before: &[LeftField],
    decided: &[FieldDecision],
    uid: impl Fn(&ObjectName) -> String,
) -> Vec<LeftField> {
    let is_decided = |field: &&LeftField| {
        let mut decided = decided.iter();
        decided.any(|decision| decision.object == field.object && decision.path == field.path)
    };
    let kept = before.iter().filter(|field| !is_decided(field)).cloned();
    let left = decided
        .iter()
        .filter(|decision| decision.choice == FieldChoice::Leave);
    let left = left.map(|decision| LeftField {
        object: decision.object.clone(),
        uid: uid(&decision.object),
        path: decision.path.clone(),
        manager: decision.manager.clone(),
    });
    let mut all: Vec<LeftField> = kept.chain(left).collect();
    all.sort_by(|first, other| (&first.object, &first.path).cmp(&(&other.object, &other.path)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(name: &str) -> ObjectName {
        ObjectName {
            kind: "ConfigMap".into(),
            api_version: "v1".into(),
            namespace: None,
            name: name.into(),
        }
    }

    #[test]
    fn a_field_is_stored_until_it_is_taken_and_the_others_stay() {
        let field = |name: &str, uid: &str| LeftField {
            object: object(name),
            uid: uid.into(),
            path: ".data.a".into(),
            manager: "m".into(),
        };
        let decision = |name: &str, choice| FieldDecision {
            object: object(name),
            path: ".data.a".into(),
            manager: "m".into(),
            choice,
        };
        let before = [field("a", "1"), field("b", "1"), field("c", "1")];
        let decided = [
            decision("a", FieldChoice::Take),
            decision("b", FieldChoice::Leave),
            decision("d", FieldChoice::Leave),
        ];
        let after = merged(&before, &decided, |_| "2".to_owned());
        assert_eq!(after, [field("b", "2"), field("c", "1"), field("d", "2")]);
    }
}
