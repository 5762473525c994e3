//! The kinds that are questions: access reviews, token reviews and requests for tokens.
//!
//! They are answered and never stored. Start at [`answer`].

use serde_json::{Value, json};

use super::{Ask, Identity, allows, rules};
use crate::object;
use crate::refusal::Refusal;
use crate::request::Call;
use crate::rest::About;
use crate::world::{State, now};

/// Answers a review.
pub(crate) fn answer(state: &mut State, call: &Call, about: &About) -> Result<Value, Refusal> {
    let mut review = call.object()?;
    let who = &call.who;
    let status = match about.kind.kind.as_str() {
        "SelfSubjectAccessReview" => access(state, who, &review),
        "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            let asked = asked_about(&review["spec"]);
            access(state, &asked, &review)
        }
        "SelfSubjectRulesReview" => {
            let namespace = object::text(&review, "/spec/namespace").to_owned();
            all_rules(state, who, &namespace)
        }
        "SelfSubjectReview" => json!({"userInfo": user_info(who)}),
        "TokenReview" => match state.tokens.who(object::text(&review, "/spec/token")) {
            Some(who) => json!({
                "authenticated": true, "user": user_info(&who),
                "audiences": ["https://kubernetes.default.svc"],
            }),
            None => json!({"user": {}, "error": "invalid bearer token"}),
        },
        _ => return Err(Refusal::method_not_allowed()),
    };
    review["status"] = status;
    object::default(object::meta(&mut review), "creationTimestamp", Value::Null);
    Ok(about.shown(&review))
}

fn asked_about(spec: &Value) -> Identity {
    let groups: Vec<&str> = object::items(spec, "/groups")
        .filter_map(Value::as_str)
        .collect();
    let mut who = Identity::new(object::text(spec, "/user"), &groups);
    who.groups.dedup();
    who
}

fn user_info(who: &Identity) -> Value {
    let mut user = json!({"username": who.name, "groups": who.groups});
    if !who.uid.is_empty() {
        user["uid"] = json!(who.uid);
    }
    user
}

fn access(state: &State, who: &Identity, review: &Value) -> Value {
    let spec = &review["spec"];
    let text = |pointer: &str| object::text(spec, pointer);
    let ask = if spec["nonResourceAttributes"].is_object() {
        Ask {
            verb: text("/nonResourceAttributes/verb"),
            path: text("/nonResourceAttributes/path"),
            ..Ask::default()
        }
    } else {
        Ask {
            verb: text("/resourceAttributes/verb"),
            group: text("/resourceAttributes/group"),
            resource: text("/resourceAttributes/resource"),
            subresource: text("/resourceAttributes/subresource"),
            namespace: text("/resourceAttributes/namespace"),
            name: text("/resourceAttributes/name"),
            path: "",
        }
    };
    if allows(&state.store, who, &ask) {
        json!({"allowed": true})
    } else {
        json!({"allowed": false})
    }
}

fn all_rules(state: &State, who: &Identity, namespace: &str) -> Value {
    let mut found = rules(&state.store, who, namespace);
    if who.groups.iter().any(|group| group == "system:masters") {
        found.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        found.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
    }
    let (paths, resources): (Vec<Value>, Vec<Value>) = found
        .into_iter()
        .partition(|rule| rule.get("nonResourceURLs").is_some());
    json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false})
}

/// Gives a token to a service account.
pub(crate) fn token(state: &mut State, account: &Value, request: &Value) -> Value {
    let seconds = object::number(request, "/spec/expirationSeconds").unwrap_or(3600);
    let (namespace, name) = (object::namespace(account), object::name(account));
    let uid = object::uid(account);
    let token = state.tokens.for_account(namespace, name, uid, uid);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let audiences = match &request["spec"]["audiences"] {
        Value::Array(stated) if !stated.is_empty() => json!(stated),
        _ => json!(["https://kubernetes.default.svc"]),
    };
    json!({
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": now()},
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": null},
        "status": {
            "token": token,
            "expirationTimestamp": until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        },
    })
}
