//! The settings of a release: what an operator decided about it and the records of Helm have no place for.
//!
//! One Secret of type `meshspan.io/release` beside the records has them, so that every console finds them, and so that
//! they go with the namespace. Its parts are written one by one, and none of them loses another. Where the Secret may
//! not be read or written, a release works without it. Start at [`settings`] and [`save_settings`].

use crate::{Error, ReleaseKey, helm_labels::MANAGED_BY};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AsUser, Cluster, FIELD_MANAGER, Identity, Kind, Object, ObjectRef, Propagation};
use serde_json::{Value, json};

/// The type of the Secret.
const SECRET_TYPE: &str = "meshspan.io/release";
/// The label with the name of the release.
pub const SETTINGS_LABEL: &str = "meshspan.io/release";
/// How often a part is written again when the Secret changed meanwhile.
const MAX_TRIES: usize = 5;

/// The keys of the Secret.
const VALUES: &str = "values";
const VALUES_REVISION: &str = "values-revision";
const FIELDS: &str = "fields";

/// The settings of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The text of the values as the operator wrote it; none when it was never stored.
    pub values: Option<ValuesText>,
    /// The decisions about fields of other field managers, as JSON; none when there are none.
    pub fields: Option<String>,
}

/// The values of a revision as the operator wrote them, with comments.
#[derive(Clone, PartialEq, Eq)]
pub struct ValuesText {
    /// The text.
    pub text: String,
    /// The revision that was deployed with it.
    pub revision: u32,
}

impl std::fmt::Debug for ValuesText {
    /// Values may contain passwords.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ValuesText(… of revision {})", self.revision)
    }
}

/// One part of the settings, as it is written.
#[derive(Clone, Copy)]
pub enum SettingsPart<'a> {
    /// The text of the values, and the revision that is deployed with it.
    Values {
        /// The text.
        text: &'a str,
        /// The revision.
        revision: u32,
    },
    /// The decisions about fields, as JSON; none removes them.
    Fields(Option<&'a str>),
}

/// Whether a part was stored.
#[derive(Debug)]
pub enum Saved {
    /// It was.
    Yes,
    /// The cluster refused it: no permission, a quota, or a size beyond that of a Secret. The release works without.
    Refused(cluster::Error),
}

/// The Secret with the settings of a release.
pub fn settings_ref(key: &ReleaseKey) -> ObjectRef {
    let name = format!("meshspan.io.release.v1.{}", key.release);
    Kind::SECRET.object(Some(key.namespace.as_str()), &name)
}

/// The release of a Secret with settings; none for another object.
pub fn settings_release(secret: &Object) -> Option<&str> {
    is_settings(secret)
        .then(|| secret.label(SETTINGS_LABEL))
        .flatten()
}

fn is_settings(secret: &Object) -> bool {
    secret.kind() == "Secret" && secret.text("/type") == SECRET_TYPE
}

/// The settings of a release; none when it has none, or when they may not be read.
///
/// # Errors
/// [`Error::Cluster`], other than a missing permission.
pub async fn settings(
    identity: &dyn Identity,
    key: &ReleaseKey,
) -> Result<Option<Settings>, Error> {
    match identity.cluster().get(&settings_ref(key)).await {
        Ok(found) => Ok(found.filter(is_settings).map(|secret| read(&secret))),
        Err(error) if error.is_forbidden() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read(secret: &Object) -> Settings {
    let text = |key: &str| {
        let encoded = secret.value().get("data")?.get(key)?.as_str()?;
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
    };
    let revision = text(VALUES_REVISION).and_then(|text| text.parse().ok());
    let values = text(VALUES).zip(revision);
    Settings {
        values: values.map(|(text, revision)| ValuesText { text, revision }),
        fields: text(FIELDS),
    }
}

/// Writes one part of the settings; the others stay as they are, also when somebody writes them at the same time.
///
/// # Errors
/// [`Error::Cluster`] when the cluster does not answer; a refusal is [`Saved::Refused`].
pub async fn save_settings(
    user: &AsUser,
    key: &ReleaseKey,
    part: SettingsPart<'_>,
) -> Result<Saved, Error> {
    match write(user.cluster(), key, part).await {
        Ok(()) => Ok(Saved::Yes),
        Err(error) if error.is_forbidden() || error.is_invalid() => Ok(Saved::Refused(error)),
        Err(error) => Err(error.into()),
    }
}

async fn write(
    cluster: &Cluster,
    key: &ReleaseKey,
    part: SettingsPart<'_>,
) -> Result<(), cluster::Error> {
    let reference = settings_ref(key);
    let mut tries = 1;
    loop {
        let written = match cluster.get(&reference).await? {
            Some(mut secret) => {
                let before = secret.clone();
                set(&mut secret, part);
                if secret.value() == before.value() {
                    return Ok(());
                }
                cluster.replace(&secret).await
            }
            None => {
                let mut secret = new_secret(key)?;
                set(&mut secret, part);
                cluster.create(&secret).await
            }
        };
        match written {
            Err(error) if (error.is_conflict() || error.already_exists()) && tries < MAX_TRIES => {
                tries += 1;
            }
            written => return written.map(drop),
        }
    }
}

fn new_secret(key: &ReleaseKey) -> Result<Object, cluster::Error> {
    let reference = settings_ref(key);
    Object::new(json!({
        "apiVersion": "v1", "kind": "Secret", "type": SECRET_TYPE,
        "metadata": {
            "name": reference.name,
            "namespace": key.namespace.as_str(),
            "labels": { MANAGED_BY: FIELD_MANAGER, SETTINGS_LABEL: key.release.as_str() },
        },
    }))
}

fn set(secret: &mut Object, part: SettingsPart<'_>) {
    let data = &mut secret.value_mut()["data"];
    if !data.is_object() {
        *data = json!({});
    }
    let mut put = |key: &str, text: Option<&str>| match (text, data.as_object_mut()) {
        (Some(text), _) => data[key] = Value::String(STANDARD.encode(text)),
        (None, Some(data)) => drop(data.remove(key)),
        (None, None) => {}
    };
    match part {
        SettingsPart::Values { text, revision } => {
            put(VALUES, Some(text));
            put(VALUES_REVISION, Some(&revision.to_string()));
        }
        SettingsPart::Fields(fields) => put(FIELDS, fields),
    }
}

/// Deletes the settings of a release that is gone.
pub(crate) async fn delete(cluster: &Cluster, key: &ReleaseKey) -> Result<(), Error> {
    let reference = settings_ref(key);
    match cluster.delete(&reference, Propagation::Background).await {
        Err(error) if !error.is_forbidden() => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{Namespace, ReleaseName};

    #[test]
    fn each_part_is_written_without_the_others() {
        let key = ReleaseKey {
            namespace: Namespace::new("shop").expect("a name"),
            release: ReleaseName::new("web.shop").expect("a name"),
        };
        let mut secret = new_secret(&key).expect("a Secret");
        assert_eq!(secret.name(), "meshspan.io.release.v1.web.shop");
        assert_eq!(settings_release(&secret), Some("web.shop"));
        assert_eq!(read(&secret), Settings::default());
        set(&mut secret, SettingsPart::Fields(Some("[]")));
        let text = "# as agreed\na: 1\n";
        set(&mut secret, SettingsPart::Values { text, revision: 3 });
        let found = read(&secret);
        let values = found.values.expect("a text");
        assert_eq!((values.text.as_str(), values.revision), (text, 3));
        assert!(!format!("{values:?}").contains("agreed"));
        assert_eq!(found.fields.as_deref(), Some("[]"));
        set(&mut secret, SettingsPart::Fields(None));
        assert_eq!(read(&secret).fields, None);
        assert!(read(&secret).values.is_some());
    }
}
