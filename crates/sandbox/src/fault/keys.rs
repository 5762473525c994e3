//! The keys of the ConfigMap `sandbox-faults`, with what each does.
//!
//! The cluster writes the descriptions into the annotations of the ConfigMap, where clients read
//! them. Start at [`KEYS`].

use jiff::SignedDuration;

use super::requested::{Line, duration, lines};

/// A fault that a client requests.
#[derive(Debug)]
pub(crate) struct FaultKey {
    /// The key of the ConfigMap.
    pub(crate) name: &'static str,
    /// What the fault does and what its value is, in one or two sentences.
    pub(crate) description: &'static str,
    /// A value that works.
    pub(crate) example: &'static str,
    /// The error of a value that has no meaning, as a message for its author.
    pub(super) check: fn(&str) -> Result<(), String>,
}

pub(super) const IMAGE_PULL: &str = "fail-image-pull";
pub(super) const CRASH_LOOP: &str = "crash-loop";
pub(super) const CRASH_LOG: &str = "crash-log";
pub(super) const PROBE: &str = "fail-probe";
pub(super) const LOST_NODES: &str = "lost-nodes";
pub(super) const POD_QUOTA: &str = "pod-quota";
pub(super) const REFUSED_WRITES: &str = "refuse-writes";
pub(super) const CA_BUNDLE: &str = "spoil-ca-bundle";
pub(super) const LOAD_BALANCER: &str = "pending-load-balancer";
pub(super) const LOST_ENDPOINTS: &str = "lose-endpoints";
pub(super) const TOKENS: &str = "expire-tokens";
pub(super) const DELAY: &str = "api-delay";
pub(super) const GONE: &str = "api-gone";

/// All faults that a client can request.
pub(crate) const KEYS: [FaultKey; 13] = [
    FaultKey {
        name: IMAGE_PULL,
        description: "The pull of an image fails if its reference contains one of these texts. \
                      One per line.",
        example: "examplebookinfo-reviews-v3",
        check: any,
    },
    FaultKey {
        name: CRASH_LOOP,
        description: "Containers whose image contains a text exit again and again. One text per \
                      line, with an exit code after it (1 without).",
        example: "examplebookinfo-ratings 137",
        check: exit_codes,
    },
    FaultKey {
        name: CRASH_LOG,
        description: "The lines that a crashing container writes to its log before it exits.",
        example: "panic: connection refused",
        check: any,
    },
    FaultKey {
        name: PROBE,
        description: "The readiness probe of containers fails if their image contains one of \
                      these texts. One per line.",
        example: "examplebookinfo-productpage",
        check: any,
    },
    FaultKey {
        name: LOST_NODES,
        description: "The kubelets of these nodes stop answering. One name per line.",
        example: "primary-node-2",
        check: any,
    },
    FaultKey {
        name: POD_QUOTA,
        description: "A ResourceQuota limits the pods of a namespace. One namespace per line, \
                      with the number of pods after it.",
        example: "default 2",
        check: quotas,
    },
    FaultKey {
        name: REFUSED_WRITES,
        description: "An admission webhook refuses new and changed objects of a resource. One \
                      resource per line, with the message after it.",
        example: "deployments.apps no changes on Fridays",
        check: any,
    },
    FaultKey {
        name: CA_BUNDLE,
        description: "The CA bundle of these webhook configurations verifies no certificate. One \
                      name per line.",
        example: "istio-sidecar-injector",
        check: any,
    },
    FaultKey {
        name: LOAD_BALANCER,
        description: "Services of type LoadBalancer get no address. One namespace/name per line, \
                      or * for all.",
        example: "istio-system/istio-ingressgateway",
        check: any,
    },
    FaultKey {
        name: LOST_ENDPOINTS,
        description: "An istiod has no endpoint of its remote clusters, and reports them as synced. \
                      One pod per line, or * for all.",
        example: "istiod-5f6c9-x2x4v",
        check: any,
    },
    FaultKey {
        name: TOKENS,
        description: "Every token is answered with 401 for a duration of ten minutes at most. \
                      The key is removed afterwards.",
        example: "30s",
        check: outage,
    },
    FaultKey {
        name: DELAY,
        description: "Each answer of the API server takes this much longer, a minute at most.",
        example: "3s",
        check: delay,
    },
    FaultKey {
        name: GONE,
        description: "The API server refuses connections for a duration of ten minutes at most. \
                      The key is removed afterwards.",
        example: "30s",
        check: outage,
    },
];

/// The check of a text without rules.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all checks")]
fn any(_: &str) -> Result<(), String> {
    Ok(())
}

fn exit_codes(text: &str) -> Result<(), String> {
    each(text, |line| {
        let code = line.rest.parse::<u8>();
        line.rest.is_empty() || code.is_ok_and(|code| code > 0)
    })
    .map_err(|line| format!("the exit code in {line:?} must be a number from 1 to 255"))
}

fn quotas(text: &str) -> Result<(), String> {
    each(text, |line| line.rest.parse::<u32>().is_ok())
        .map_err(|line| format!("{line:?} must be a namespace and a number of pods"))
}

/// Whether all lines pass; the error is the first that does not.
fn each(text: &str, passes: impl Fn(&Line<'_>) -> bool) -> Result<(), String> {
    let failed = lines(text).find(|line| !passes(line));
    failed.map_or(Ok(()), |line| Err(format!("{} {}", line.first, line.rest)))
}

fn outage(text: &str) -> Result<(), String> {
    at_most(text, SignedDuration::from_mins(10), "ten minutes")
}

fn delay(text: &str) -> Result<(), String> {
    at_most(text, SignedDuration::from_mins(1), "a minute")
}

fn at_most(text: &str, most: SignedDuration, words: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let limit = most.unsigned_abs();
    match duration(text) {
        Some(duration) if duration <= limit => Ok(()),
        Some(_) => Err(format!("must be {words} at most")),
        None => Err("must be a duration such as 30s".to_owned()),
    }
}
