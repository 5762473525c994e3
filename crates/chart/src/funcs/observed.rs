//! What a rendering read or generated and must be masked wherever the result is shown.
use std::sync::Arc;

use gotmpl::{Functions, Value};
use parking_lot::Mutex;

use crate::json::to_json;
use crate::manifest::{Manifests, SensitiveTexts};

/// The functions whose results cannot be computed by others.
const RANDOM: [&str; 18] = [
    "randAlphaNum",
    "randAlpha",
    "randNumeric",
    "randAscii",
    "randBytes",
    "uuidv4",
    "shuffle",
    "bcrypt",
    "htpasswd",
    "derivePassword",
    "encryptAES",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
];

/// Functions whose results are names of types or messages.
const NOT_DERIVED: [&str; 3] = ["typeOf", "kindOf", "required"];

/// Collects sensitive texts and counts lookups; clones share what they collect.
#[derive(Clone, Default)]
pub(crate) struct Observed(Arc<Mutex<(SensitiveTexts, usize)>>);

impl Observed {
    /// Collects the results of the random functions of a table.
    pub(super) fn follow_random(&self, table: &mut Functions) {
        for name in RANDOM {
            let observed = self.clone();
            table.observe(name, move |result| {
                let json = to_json(result);
                observed.with(|(texts, _)| texts.add_generated(&json));
            });
        }
    }

    /// Collects what functions make of sensitive texts, such as a digest or a part of one.
    pub(super) fn follow_derived(&self, table: &mut Functions) {
        let observed = self.clone();
        table.observe_calls(move |name, arguments, result| {
            let is_plain = |value: &Value| value.as_map().is_none() && value.as_list().is_none();
            if NOT_DERIVED.contains(&name) || !arguments.iter().all(is_plain) {
                return;
            }
            let texts: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
            observed.with(|(sensitive, _)| {
                if sensitive.is_in(&texts) {
                    sensitive.add_derived(&texts, &to_json(result));
                }
            });
        });
    }

    /// Collects the Secrets in the answer to a lookup.
    pub(super) fn record_lookup(&self, kind: &str, answer: &serde_json::Value) {
        self.with(|(texts, lookups)| {
            *lookups += 1;
            if kind == "Secret" {
                texts.add_secret_values(answer);
            }
        });
    }

    /// Moves everything into the result of the rendering.
    pub(crate) fn into_manifests(self, manifests: &mut Manifests) {
        let (texts, lookups) = self.with(std::mem::take);
        (manifests.sensitive, manifests.lookups) = (texts, lookups);
    }

    fn with<R>(&self, work: impl FnOnce(&mut (SensitiveTexts, usize)) -> R) -> R {
        work(&mut self.0.lock())
    }
}
