//! The faults that a client requests by the ConfigMap `sandbox-faults`.
//!
//! Values have one entry per line. Start at [`Requested::read`].

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::keys::{
    CA_BUNDLE, CRASH_LOG, CRASH_LOOP, DELAY, GONE, IMAGE_PULL, KEYS, LOAD_BALANCER, LOST_ENDPOINTS,
    LOST_NODES, POD_QUOTA, PROBE, REFUSED_WRITES, TOKENS,
};
use crate::api_status::Cause;
use crate::object;
use crate::object_map::{Change, ObjectMap};
use crate::problems::Problems;

/// The namespace of the ConfigMap.
pub(crate) const NAMESPACE: &str = "kube-system";

/// The ConfigMap in kube-system by which a client requests faults.
pub(crate) const NAME: &str = "sandbox-faults";

/// The name of the webhook that refuses writes.
const WEBHOOK: &str = "faults.sandbox.meshspan.io";

/// A line of a value: a first word and what follows it.
pub(super) struct Line<'a> {
    pub(super) first: &'a str,
    pub(super) rest: &'a str,
}

/// A fault during which the cluster does not answer as usual, for a limited time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    /// No token is accepted.
    Tokens,
    /// The API server accepts no connection.
    Gone,
}

/// The faults that are requested now.
#[derive(Debug)]
pub(crate) struct Requested {
    config_map: Option<Arc<Value>>,
}

impl Outage {
    pub(crate) const ALL: [Self; 2] = [Self::Tokens, Self::Gone];

    /// The key that requests it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Tokens => TOKENS,
            Self::Gone => GONE,
        }
    }
}

impl Requested {
    /// Reads what is requested.
    pub(crate) fn read(objects: &ObjectMap) -> Self {
        Self {
            config_map: objects.get("configmaps", NAMESPACE, NAME),
        }
    }

    /// Whether any fault is requested.
    pub(crate) fn is_active(&self) -> bool {
        let data = self
            .config_map
            .as_ref()
            .and_then(|found| found["data"].as_object());
        data.is_some_and(|data| !data.is_empty())
    }

    fn value(&self, key: &str) -> &str {
        let data = self.config_map.as_ref().map(|found| &found["data"]);
        data.map_or("", |data| object::text(data, &format!("/{key}")))
    }

    fn has(&self, key: &str, matches: impl Fn(&str) -> bool) -> bool {
        lines(self.value(key)).any(|line| matches(line.first))
    }

    /// Whether the pull of an image fails. Commas separate entries too.
    pub(crate) fn fails_image_pull(&self, image: &str) -> bool {
        let parts = self.value(IMAGE_PULL).split([',', '\n']).map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .any(|part| image.contains(part))
    }

    /// The code with which containers of an image exit again and again.
    pub(crate) fn exit_code(&self, image: &str) -> Option<i64> {
        let mut entries = lines(self.value(CRASH_LOOP));
        let found = entries.find(|line| image.contains(line.first))?;
        Some(found.rest.parse().unwrap_or(1))
    }

    /// What a crashing container wrote to its log.
    pub(crate) fn crash_log(&self) -> impl Iterator<Item = &str> {
        self.value(CRASH_LOG).lines()
    }

    /// Whether the readiness probe of containers of an image fails.
    pub(crate) fn fails_probe(&self, image: &str) -> bool {
        self.has(PROBE, |part| image.contains(part))
    }

    /// Whether the kubelet of a node does not answer.
    pub(crate) fn has_lost(&self, node: &str) -> bool {
        self.has(LOST_NODES, |name| name == node)
    }

    /// The limits of pods, by namespace.
    pub(crate) fn pod_quotas(&self) -> impl Iterator<Item = (&str, u32)> {
        lines(self.value(POD_QUOTA)).filter_map(|line| Some((line.first, line.rest.parse().ok()?)))
    }

    /// The message of the webhook that refuses to write a resource, given by its plural and by its
    /// plural with its group.
    pub(crate) fn refusal(&self, plural: &str, id: &str) -> Option<String> {
        let mut entries = lines(self.value(REFUSED_WRITES));
        let found = entries.find(|line| line.first == plural || line.first == id)?;
        let reason = match found.rest {
            "" => "as requested by the sandbox's faults",
            rest => rest,
        };
        Some(format!(
            "admission webhook {} denied the request: {reason}",
            json!(WEBHOOK)
        ))
    }

    /// Whether the CA bundle of a webhook configuration verifies nothing.
    pub(crate) fn spoils_ca_bundle(&self, configuration: &str) -> bool {
        self.has(CA_BUNDLE, |name| name == configuration)
    }

    /// Whether a load balancer gets no address.
    pub(crate) fn is_pending(&self, service: &Value) -> bool {
        let name = format!("{}/{}", object::namespace(service), object::name(service));
        self.has(LOAD_BALANCER, |entry| entry == "*" || entry == name)
    }

    /// Whether the istiod in a pod has no endpoint of its remote clusters.
    pub(crate) fn loses_endpoints(&self, pod: &str) -> bool {
        self.has(LOST_ENDPOINTS, |entry| entry == "*" || entry == pod)
    }

    /// How much longer each answer takes.
    pub(crate) fn delay(&self) -> Option<Duration> {
        duration(self.value(DELAY))
    }

    /// How long an outage lasts.
    pub(crate) fn outage(&self, outage: Outage) -> Option<Duration> {
        duration(self.value(outage.key()))
    }
}

/// The entries of a value.
pub(super) fn lines(value: &str) -> impl Iterator<Item = Line<'_>> {
    let lines = value.lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).map(|line| {
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        Line { first, rest }
    })
}

/// A positive duration such as `30s`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let parsed: SignedDuration = text.trim().parse().ok()?;
    Duration::try_from(parsed)
        .ok()
        .filter(|duration| !duration.is_zero())
}

/// Whether an object is the ConfigMap by which faults are requested.
fn is_request(config_map: &Value) -> bool {
    object::namespace(config_map) == NAMESPACE && object::name(config_map) == NAME
}

/// Whether a change concerns the requested faults.
pub(crate) fn concerns_faults(change: &Change) -> bool {
    &*change.kind == "configmaps" && is_request(&change.object)
}

/// Checks the keys and the values of a ConfigMap, if it requests faults.
pub(crate) fn check(config_map: &Value, problems: &mut Problems) {
    if !is_request(config_map) {
        return;
    }
    let data = config_map["data"].as_object();
    for (name, value) in data.into_iter().flat_map(Map::iter) {
        let Some(key) = KEYS.iter().find(|key| key.name == name) else {
            let names = KEYS.map(|key| key.name);
            let cause = Cause::unsupported("data", &json!(name), &names);
            problems.causes.push(cause);
            continue;
        };
        if let Err(message) = (key.check)(value.as_str().unwrap_or_default()) {
            problems.invalid(&format!("data[{name}]"), value, &message);
        }
    }
}

/// The ConfigMap of a new cluster: no fault, and the description of each.
pub(crate) fn new_config_map() -> Value {
    let mut annotations = Map::new();
    for key in KEYS {
        for (prefix, text) in [("describe", key.description), ("example", key.example)] {
            let name = format!("{prefix}.sandbox.meshspan.io/{}", key.name);
            annotations.insert(name, json!(text));
        }
    }
    json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "annotations": annotations},
    })
}
