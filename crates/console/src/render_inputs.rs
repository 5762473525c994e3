//! What a rendering depends on besides chart, values and cluster: the seed of random functions and the
//! time that templates see.
//!
//! A draft gets both when it is created; they are sealed with it, carried into its job, and stored for
//! the release, so that a later upgrade generates the same passwords. An absent seed is an error: it
//! never becomes zeros.

use crate::{Console, Error};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::{Seed, SensitiveTexts};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use wire::release::ReleaseRef;
use zeroize::Zeroizing;

/// The inputs of a rendering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RenderInputs {
    /// The seed of random functions.
    #[serde(serialize_with = "encode", deserialize_with = "decode")]
    pub(crate) seed: Seed,
    /// The time that templates see.
    pub(crate) time: Timestamp,
}

/// The inputs of an installed release, and the texts that are masked wherever it is shown.
#[derive(Serialize, Deserialize)]
pub(crate) struct ReleaseInputs {
    pub(crate) inputs: RenderInputs,
    sensitive: Vec<String>,
}

impl ReleaseInputs {
    pub(crate) fn new(inputs: RenderInputs, sensitive: &SensitiveTexts) -> Self {
        Self {
            inputs,
            sensitive: sensitive.iter().map(str::to_owned).collect(),
        }
    }

    /// The texts to mask.
    pub(crate) fn sensitive(&self) -> SensitiveTexts {
        self.sensitive.iter().cloned().collect()
    }
}

fn encode<S: Serializer>(seed: &Seed, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&Zeroizing::new(STANDARD.encode(seed.bytes())))
}

fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Seed, D::Error> {
    let text = Zeroizing::new(String::deserialize(deserializer)?);
    let bytes = STANDARD.decode(text.as_bytes()).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| de::Error::custom("the seed is not base64"))?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice());
    let bytes = bytes.map_err(|_| de::Error::custom("the seed does not have 32 bytes"))?;
    Ok(Seed::new(bytes))
}

impl Console {
    /// A new seed, and the current time.
    pub(crate) fn new_render_inputs(&self) -> RenderInputs {
        RenderInputs {
            seed: Seed::new((self.setup.random_bytes)()),
            time: self.now(),
        }
    }

    /// Stores the inputs of a release, before its first object is written.
    pub(crate) async fn save_release_inputs(
        &self,
        release: &ReleaseRef,
        inputs: ReleaseInputs,
    ) -> Result<(), Error> {
        let (record, now) = (release.to_string(), self.now().as_second());
        self.with_store(move |store| store.save_release_inputs(&record, &inputs, now))
            .await
    }

    /// The inputs of an installed release; none when another tool or an older version installed it.
    pub(crate) async fn release_inputs(
        &self,
        release: &ReleaseRef,
    ) -> Result<Option<ReleaseInputs>, Error> {
        let record = release.to_string();
        self.with_store(move |store| store.release_inputs(&record))
            .await
    }

    /// Forgets the inputs of a release that was uninstalled.
    pub(crate) async fn delete_release_inputs(&self, release: &ReleaseRef) -> Result<(), Error> {
        let record = release.to_string();
        self.with_store(move |store| store.delete_release_inputs(&record))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_read_back_and_a_short_or_absent_one_is_refused() {
        let inputs = RenderInputs {
            seed: Seed::new([9; 32]),
            time: Timestamp::UNIX_EPOCH,
        };
        let json = serde_json::to_value(&inputs).expect("JSON");
        let read: RenderInputs = serde_json::from_value(json.clone()).expect("read");
        assert_eq!(read, inputs);
        for seed in [serde_json::json!("AAAA"), serde_json::Value::Null] {
            let mut broken = json.clone();
            broken["seed"] = seed;
            assert!(serde_json::from_value::<RenderInputs>(broken).is_err());
        }
        let mut absent = json;
        absent.as_object_mut().expect("an object").remove("seed");
        assert!(serde_json::from_value::<RenderInputs>(absent).is_err());
        assert!(format!("{inputs:?}").contains("Seed(…)"), "{inputs:?}");
    }
}
