//! What a rendering read or generated and must be masked wherever the result is shown, and the values that
//! its templates require.
use std::sync::Arc;

use gotmpl::{Functions, Value};
use parking_lot::Mutex;

use crate::json::to_json;
use crate::manifest::{Manifests, SensitiveTexts};
use crate::required::{MAX_REQUIRED, RequiredValue};

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

/// What is collected.
#[derive(Default)]
struct Record {
    texts: SensitiveTexts,
    lookups: usize,
    required: Vec<RequiredValue>,
    /// The template that is executed.
    template: String,
}

/// Collects sensitive texts and required values, and counts lookups; clones share what they collect.
#[derive(Clone, Default)]
pub(crate) struct Observed(Arc<Mutex<Record>>);

impl Observed {
    /// Collects the results of the random functions of a table.
    pub(super) fn follow_random(&self, table: &mut Functions) {
        for name in RANDOM {
            let observed = self.clone();
            table.observe(name, move |result| {
                let json = to_json(result);
                observed.with(|record| record.texts.add_generated(&json));
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
            observed.with(
                |Record {
                     texts: sensitive, ..
                 }| {
                    if sensitive.is_in(&texts) {
                        sensitive.add_derived(&texts, &to_json(result));
                    }
                },
            );
        });
    }

    /// Collects the Secrets in the answer to a lookup.
    pub(super) fn record_lookup(&self, kind: &str, answer: &serde_json::Value) {
        self.with(|record| {
            record.lookups += 1;
            if kind == "Secret" {
                record.texts.add_secret_values(answer);
            }
        });
    }

    /// Collects the values that the templates require.
    pub(super) fn follow_required(&self, table: &mut Functions) {
        let observed = self.clone();
        table.observe_source("required", move |arguments, source| {
            let message = arguments.first().and_then(Value::as_str);
            let value = arguments.get(1).unwrap_or(&Value::Nil);
            observed.with(|record| {
                let read = RequiredValue::read(
                    message.unwrap_or_default(),
                    source,
                    value,
                    &record.template,
                );
                if record.required.len() < MAX_REQUIRED && !record.required.contains(&read) {
                    record.required.push(read);
                }
            });
        });
    }

    /// The template that is executed next: a path in its values belongs to its chart.
    pub(crate) fn begin(&self, template: &str) {
        self.with(|record| template.clone_into(&mut record.template));
    }

    /// Moves everything into the result of the rendering.
    pub(crate) fn into_manifests(self, manifests: &mut Manifests) {
        let record = self.with(std::mem::take);
        (manifests.sensitive, manifests.lookups) = (record.texts, record.lookups);
        manifests.required = record.required;
    }

    /// The required values.
    pub(crate) fn into_required(self) -> Vec<RequiredValue> {
        self.with(|record| std::mem::take(&mut record.required))
    }

    fn with<R>(&self, work: impl FnOnce(&mut Record) -> R) -> R {
        work(&mut self.0.lock())
    }
}
