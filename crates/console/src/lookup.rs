//! Answers `lookup` of templates with the client of the operator, within limits.
//!
//! The answers are those of Helm 3.17 (`pkg/engine/lookup_func.go`): what does not exist is empty, and what
//! the operator may not read is an error that names the right. Start at [`over`].

use chart::{Lookup, LookupError, LookupRequest};
use cluster::{AsUser, Error as ClusterError, Kind};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, time::Instant};

/// Lookups of one rendering at most.
const MAX_LOOKUPS: usize = 100;
/// The size of all answers of one rendering at most, as JSON, in bytes.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// How long all lookups of one rendering may take.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// A `lookup` over a cluster, as the operator; the rendering has to run outside of the runtime's threads.
pub(crate) fn over(user: &AsUser) -> Lookup {
    let (user, runtime) = (user.clone(), Handle::current());
    let budget = Arc::new(Budget::default());
    let deadline = Instant::now() + LOOKUP_TIMEOUT;
    Lookup::new(move |request| {
        budget.charge_call(request)?;
        // The timer is created inside: it needs the runtime, which the rendering's thread is not part of.
        let within = async {
            let answer = answer(&user, request);
            tokio::time::timeout_at(deadline, answer).await
        };
        let answer = runtime.block_on(within).map_err(|_| {
            let seconds = LOOKUP_TIMEOUT.as_secs();
            LookupError(format!(
                "lookup of {}: the cluster did not answer all lookups within {seconds} s",
                named(request)
            ))
        })??;
        budget.charge_answer(request, &answer)?;
        Ok(answer)
    })
}

/// What the lookups of a rendering have used.
#[derive(Default)]
struct Budget {
    calls: AtomicUsize,
    bytes: AtomicUsize,
}

impl Budget {
    fn charge_call(&self, request: &LookupRequest) -> Result<(), LookupError> {
        if self.calls.fetch_add(1, Ordering::Relaxed) < MAX_LOOKUPS {
            return Ok(());
        }
        Err(LookupError(format!(
            "lookup of {}: a chart may look up {MAX_LOOKUPS} times at most",
            named(request)
        )))
    }

    fn charge_answer(&self, request: &LookupRequest, answer: &Value) -> Result<(), LookupError> {
        let size = answer.to_string().len();
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size <= MAX_ANSWER_BYTES {
            return Ok(());
        }
        Err(LookupError(format!(
            "lookup of {}: the answers exceed {MAX_ANSWER_BYTES} bytes",
            named(request)
        )))
    }
}

async fn answer(user: &AsUser, request: &LookupRequest) -> Result<Value, LookupError> {
    let kinds = user
        .kinds()
        .await
        .map_err(|error| refused(request, &error))?;
    let kind = Kind::new(&request.api_version, &request.kind);
    let Some(served) = kinds.find(kind) else {
        let mut versions = kinds.all().map(cluster::ServedKind::api_version);
        if versions.any(|version| version == request.api_version) {
            return Ok(json!({}));
        }
        return Err(LookupError(format!(
            "unable to get apiresource from unstructured: {}, Kind={}: the cluster does not serve {}",
            request.api_version, request.kind, request.api_version
        )));
    };
    let namespace = Some(request.namespace.clone()).filter(|name| !name.is_empty());
    let namespace = namespace.filter(|_| served.namespaced);
    if request.name.is_empty() {
        let listed = user.list_objects(kind, namespace.as_deref(), "").await;
        let items = listed.map_err(|error| refused(request, &error))?;
        let items: Vec<Value> = items.into_iter().map(cluster::Object::into_value).collect();
        return Ok(json!({
            "apiVersion": request.api_version,
            "kind": format!("{}List", request.kind),
            "metadata": {},
            "items": items,
        }));
    }
    let object = kind.object(namespace.as_deref(), &request.name);
    match user.get(&object).await {
        Ok(Some(found)) => Ok(found.into_value()),
        Ok(None) => Ok(json!({})),
        Err(error) => Err(refused(request, &error)),
    }
}

/// The message of the API server, which names the missing right; else the error with its causes.
fn refused(request: &LookupRequest, error: &ClusterError) -> LookupError {
    let reason = match error.status() {
        Some(status) if !status.message.is_empty() => status.message.clone(),
        _ => wire::error_chain(error),
    };
    LookupError(format!("lookup of {}: {reason}", named(request)))
}

fn named(request: &LookupRequest) -> String {
    let parts = [&request.namespace, &request.name];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    let name: Vec<&str> = parts.map(String::as_str).collect();
    format!("{} {}", request.kind, name.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> LookupRequest {
        LookupRequest {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: "shop".into(),
            name: "web".into(),
        }
    }

    #[test]
    fn the_calls_and_bytes_of_lookups_are_limited() {
        let budget = Budget::default();
        for _ in 0..MAX_LOOKUPS {
            budget.charge_call(&request()).expect("within the limit");
        }
        let refused = budget.charge_call(&request()).expect_err("one too many");
        assert_eq!(
            refused.to_string(),
            "lookup of Secret shop/web: a chart may look up 100 times at most"
        );
        let half = Value::String("x".repeat(MAX_ANSWER_BYTES / 2));
        budget
            .charge_answer(&request(), &half)
            .expect("within the limit");
        assert!(budget.charge_answer(&request(), &half).is_err());
    }
}
