//! Review kinds: access reviews, token reviews and token requests.
//!
//! They are evaluated and never stored. Start at [`handle`].

use serde_json::{Value, json};

use super::ResolvedTarget;
use crate::access::tokens::{API_AUDIENCE, Claims};
use crate::access::{AccessReview, Identity, allows, rules};
use crate::api_status::{ApiStatus, Cause};
use crate::cluster::{State, format_time};
use crate::kinds::Kind;
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
        "TokenReview" => token_review(state, &review),
        _ => return Err(ApiStatus::method_not_allowed()),
    };
    review["status"] = status;
    object::set_default(object::meta(&mut review), "creationTimestamp", Value::Null);
    Ok(resolved.in_requested_version(&review))
}

fn token_review(state: &State, review: &Value) -> Value {
    let token = object::text(review, "/spec/token");
    let mut audiences = texts(review, "/spec/audiences");
    if audiences.is_empty() {
        audiences.push(API_AUDIENCE.to_owned());
    }
    let tokens = &state.tokens;
    match tokens.review(token, &audiences, &state.objects, state.time()) {
        Ok((identity, audiences)) => json!({
            "authenticated": true, "user": user_info(&identity), "audiences": audiences,
        }),
        Err(message) => json!({"user": {}, "error": message}),
    }
}

fn texts(object: &Value, pointer: &str) -> Vec<String> {
    let items = object::items(object, pointer).filter_map(Value::as_str);
    items.map(str::to_owned).collect()
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
pub(super) fn token(
    state: &mut State,
    kind: &Kind,
    account: &Value,
    request: &Value,
) -> Result<Value, ApiStatus> {
    /// The shortest life of a token.
    const MIN_SECONDS: i64 = 600;
    let seconds = object::number(request, "/spec/expirationSeconds").unwrap_or(3600);
    if seconds < MIN_SECONDS {
        let detail = "may not specify a duration less than 10 minutes";
        let cause = Cause::invalid("spec.expirationSeconds", &json!(seconds), detail);
        return Err(ApiStatus::invalid_token_request(&cause));
    }
    let (namespace, name) = (object::namespace(account), object::name(account));
    let uid = object::uid(account);
    let expires = state.time() + jiff::SignedDuration::from_secs(seconds);
    let mut audiences = texts(request, "/spec/audiences");
    let claims = Claims {
        bound_to: bound_uid(state, namespace, kind, request)?.unwrap_or_else(|| uid.to_owned()),
        secret: None,
        audiences: audiences.clone(),
        expires: Some(expires),
    };
    let token = state.tokens.for_account(namespace, name, uid, claims);
    if audiences.is_empty() {
        audiences.push(API_AUDIENCE.to_owned());
    }
    Ok(json!({
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": state.now()},
        "spec": {
            "audiences": audiences, "expirationSeconds": seconds,
            "boundObjectRef": request["spec"]["boundObjectRef"],
        },
        "status": {
            "token": token,
            "expirationTimestamp": format_time(expires),
        },
    }))
}

/// The UID of the object to which a requested token is bound.
fn bound_uid(
    state: &State,
    namespace: &str,
    kind: &Kind,
    request: &Value,
) -> Result<Option<String>, ApiStatus> {
    let name = object::text(request, "/spec/boundObjectRef/name");
    let plural = match object::text(request, "/spec/boundObjectRef/kind") {
        "Pod" => "pods",
        "Secret" => "secrets",
        "Node" => "nodes",
        _ => return Ok(None),
    };
    let namespace = if plural == "nodes" { "" } else { namespace };
    let bound_kind = state.kinds.by_id(plural).map_or(kind, AsRef::as_ref);
    let found = state.objects.get(plural, namespace, name);
    let found = found.ok_or_else(|| ApiStatus::not_found(bound_kind, name))?;
    Ok(Some(object::uid(&found).to_owned()))
}
