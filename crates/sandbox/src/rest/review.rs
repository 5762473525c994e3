//! Review kinds: access reviews, token reviews and token requests.
//!
//! They are evaluated and never stored. Start at [`handle`].

use serde_json::{Value, json};

use super::ResolvedTarget;
use crate::access::{AccessReview, Identity, allows, rules};
use crate::api_status::ApiStatus;
use crate::cluster::{State, format_time};
use crate::object;
use crate::request::ApiRequest;

/// Evaluates a review.
pub(super) fn handle(
    state: &mut State,
    request: &ApiRequest,
    resolved: &ResolvedTarget,
) -> Result<Value, ApiStatus> {
    let mut review = request.object()?;
    let identity = &request.identity;
    let status = match resolved.kind.kind.as_str() {
        "SelfSubjectAccessReview" => access(state, identity, &review),
        "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            let identity = reviewed_identity(&review["spec"]);
            access(state, &identity, &review)
        }
        "SelfSubjectRulesReview" => {
            let namespace = object::text(&review, "/spec/namespace").to_owned();
            all_rules(state, identity, &namespace)
        }
        "SelfSubjectReview" => json!({"userInfo": user_info(identity)}),
        "TokenReview" => match state
            .tokens
            .authenticate(object::text(&review, "/spec/token"))
        {
            Some(identity) => json!({
                "authenticated": true, "user": user_info(&identity),
                "audiences": ["https://kubernetes.default.svc"],
            }),
            None => json!({"user": {}, "error": "invalid bearer token"}),
        },
        _ => return Err(ApiStatus::method_not_allowed()),
    };
    review["status"] = status;
    object::set_default(object::meta(&mut review), "creationTimestamp", Value::Null);
    Ok(resolved.in_requested_version(&review))
}

fn reviewed_identity(spec: &Value) -> Identity {
    let groups: Vec<&str> = object::items(spec, "/groups")
        .filter_map(Value::as_str)
        .collect();
    let mut identity = Identity::new(object::text(spec, "/user"), &groups);
    identity.groups.dedup();
    identity
}

fn user_info(identity: &Identity) -> Value {
    let mut user = json!({"username": identity.name, "groups": identity.groups});
    if !identity.uid.is_empty() {
        user["uid"] = json!(identity.uid);
    }
    user
}

fn access(state: &State, identity: &Identity, review: &Value) -> Value {
    let spec = &review["spec"];
    let text = |pointer: &str| object::text(spec, pointer);
    let access_review = if spec["nonResourceAttributes"].is_object() {
        AccessReview {
            verb: text("/nonResourceAttributes/verb"),
            path: text("/nonResourceAttributes/path"),
            ..AccessReview::default()
        }
    } else {
        AccessReview {
            verb: text("/resourceAttributes/verb"),
            group: text("/resourceAttributes/group"),
            resource: text("/resourceAttributes/resource"),
            subresource: text("/resourceAttributes/subresource"),
            namespace: text("/resourceAttributes/namespace"),
            name: text("/resourceAttributes/name"),
            path: "",
        }
    };
    if allows(&state.objects, identity, &access_review) {
        json!({"allowed": true})
    } else {
        json!({"allowed": false})
    }
}

fn all_rules(state: &State, identity: &Identity, namespace: &str) -> Value {
    let mut found = rules(&state.objects, identity, namespace);
    if identity
        .groups
        .iter()
        .any(|group| group == "system:masters")
    {
        found.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        found.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
    }
    let (paths, resources): (Vec<Value>, Vec<Value>) = found
        .into_iter()
        .partition(|rule| rule.get("nonResourceURLs").is_some());
    json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false})
}

/// Issues a token for a ServiceAccount.
pub(super) fn token(state: &mut State, account: &Value, request: &Value) -> Value {
    let seconds = object::number(request, "/spec/expirationSeconds").unwrap_or(3600);
    let (namespace, name) = (object::namespace(account), object::name(account));
    let uid = object::uid(account);
    let token = state.tokens.for_account(namespace, name, uid, uid);
    let until = state.time() + jiff::SignedDuration::from_secs(seconds);
    let audiences = match &request["spec"]["audiences"] {
        Value::Array(audiences) if !audiences.is_empty() => json!(audiences),
        _ => json!(["https://kubernetes.default.svc"]),
    };
    json!({
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": state.now()},
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": null},
        "status": {
            "token": token,
            "expirationTimestamp": format_time(until),
        },
    })
}
