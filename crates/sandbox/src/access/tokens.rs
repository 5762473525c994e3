//! Bearer tokens and their owners.
//!
//! Tokens of ServiceAccounts have the format of a JWT, with issuer and subject.
//! Start at [`Tokens::authenticate`].

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Identity;
use crate::object_map::ObjectMap;

/// The tokens of one cluster.
#[derive(Debug)]
pub(crate) struct Tokens {
    admin: String,
    owners: BTreeMap<String, Owner>,
}

/// The audience of the API server itself.
pub(crate) const API_AUDIENCE: &str = "https://kubernetes.default.svc";

#[derive(Debug)]
struct Owner {
    identity: Identity,
    /// The UID of the object whose deletion revokes the token.
    bound_to: String,
    /// Namespace and name of the Secret that contains the token.
    secret: Option<(String, String)>,
    /// The audiences of the token; a token without any is for the API server.
    audiences: Vec<String>,
    expires: Option<Timestamp>,
}

/// The claims of a new token of a ServiceAccount.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// The UID of the object whose deletion revokes the token.
    pub(crate) bound_to: String,
    /// Namespace and name of the Secret that contains the token.
    pub(crate) secret: Option<(String, String)>,
    pub(crate) audiences: Vec<String>,
    pub(crate) expires: Option<Timestamp>,
}

impl Owner {
    fn user(identity: Identity) -> Self {
        Self {
            identity,
            bound_to: String::new(),
            secret: None,
            audiences: Vec::new(),
            expires: None,
        }
    }
}

impl Tokens {
    pub(crate) fn new() -> Self {
        let admin = random();
        let owner = Owner::user(Identity::admin());
        Self {
            owners: BTreeMap::from([(admin.clone(), owner)]),
            admin,
        }
    }

    pub(crate) fn admin(&self) -> &str {
        &self.admin
    }

    /// The owner of a token that is valid for the API server.
    pub(crate) fn authenticate(
        &self,
        token: &str,
        objects: &ObjectMap,
        now: Timestamp,
    ) -> Option<Identity> {
        let audiences = [API_AUDIENCE.to_owned()];
        self.review(token, &audiences, objects, now)
            .ok()
            .map(|(identity, _)| identity)
    }

    /// The owner of a token and those of the audiences for which it is valid; the error is the
    /// message of a `TokenReview`.
    pub(crate) fn review(
        &self,
        token: &str,
        audiences: &[String],
        objects: &ObjectMap,
        now: Timestamp,
    ) -> Result<(Identity, Vec<String>), String> {
        let invalid = || "invalid bearer token".to_owned();
        let owner = self.owners.get(token).ok_or_else(invalid)?;
        if owner.expires.is_some_and(|expires| expires <= now) {
            return Err("[invalid bearer token, service account token has expired]".to_owned());
        }
        let is_stored = owner.secret.as_ref().is_none_or(|(namespace, name)| {
            let secret = objects.get("secrets", namespace, name).unwrap_or_default();
            secret["data"]["token"] == STANDARD.encode(token)
        });
        if !is_stored {
            return Err(invalid());
        }
        let api = [API_AUDIENCE.to_owned()];
        let own: &[String] = if owner.audiences.is_empty() {
            &api
        } else {
            &owner.audiences
        };
        let shared: Vec<String> = audiences
            .iter()
            .filter(|audience| own.contains(audience))
            .cloned()
            .collect();
        if shared.is_empty() {
            return Err(format!(
                "[invalid bearer token, token audiences {} is invalid for the target audiences {}]",
                quoted(own),
                quoted(audiences)
            ));
        }
        Ok((owner.identity.clone(), shared))
    }

    /// A token for a user in some groups.
    pub(crate) fn for_user(&mut self, name: &str, groups: &[&str]) -> String {
        let token = random();
        self.owners
            .insert(token.clone(), Owner::user(Identity::new(name, groups)));
        token
    }

    /// A token for a ServiceAccount, revoked with the account and with the object it is bound to.
    pub(crate) fn for_account(
        &mut self,
        namespace: &str,
        name: &str,
        uid: &str,
        claims: Claims,
    ) -> String {
        let audiences = if claims.audiences.is_empty() {
            vec![API_AUDIENCE.to_owned()]
        } else {
            claims.audiences.clone()
        };
        let mut payload = json!({
            "iss": API_AUDIENCE, "sub": format!("system:serviceaccount:{namespace}:{name}"),
            "aud": audiences,
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
        });
        if let Some(expires) = claims.expires {
            payload["exp"] = json!(expires.as_second());
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "RS256", "kid": "sandbox"});
        let signature = URL_SAFE_NO_PAD.encode(random());
        let token = format!("{}.{}.{signature}", part(&header), part(&payload));
        self.owners.insert(
            token.clone(),
            Owner {
                identity: Identity::service_account(namespace, name, uid),
                bound_to: claims.bound_to,
                secret: claims.secret,
                audiences: claims.audiences,
                expires: claims.expires,
            },
        );
        token
    }

    /// Revokes the tokens that are bound to a deleted object.
    pub(crate) fn revoke(&mut self, uid: &str) {
        self.owners.retain(|_, owner| {
            owner.bound_to.is_empty() || owner.bound_to != uid && owner.identity.uid != uid
        });
    }
}

/// Texts as Go prints a list of them.
fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| json!(text).to_string()).collect();
    format!("[{}]", texts.join(" "))
}

fn random() -> String {
    format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    )
}
