//! Bearer tokens and their owners.
//!
//! Tokens of ServiceAccounts have the format of a JWT, with issuer and subject.
//! Start at [`Tokens::authenticate`].

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Identity;

/// The tokens of one cluster.
#[derive(Debug)]
pub(crate) struct Tokens {
    admin: String,
    owners: BTreeMap<String, Owner>,
}

#[derive(Debug)]
struct Owner {
    identity: Identity,
    /// The UID of the object whose deletion revokes the token.
    bound_to: String,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        let admin = random();
        let owner = Owner {
            identity: Identity::admin(),
            bound_to: String::new(),
        };
        Self {
            owners: BTreeMap::from([(admin.clone(), owner)]),
            admin,
        }
    }

    pub(crate) fn admin(&self) -> &str {
        &self.admin
    }

    pub(crate) fn authenticate(&self, token: &str) -> Option<Identity> {
        self.owners.get(token).map(|owner| owner.identity.clone())
    }

    /// A token for a user in some groups.
    pub(crate) fn for_user(&mut self, name: &str, groups: &[&str]) -> String {
        let token = random();
        self.owners.insert(
            token.clone(),
            Owner {
                identity: Identity::new(name, groups),
                bound_to: String::new(),
            },
        );
        token
    }

    /// A token for a ServiceAccount, revoked with the object of this UID.
    pub(crate) fn for_account(
        &mut self,
        namespace: &str,
        name: &str,
        uid: &str,
        bound_to: &str,
    ) -> String {
        let claims = json!({
            "iss": "https://kubernetes.default.svc",
            "sub": format!("system:serviceaccount:{namespace}:{name}"),
            "aud": ["https://kubernetes.default.svc"],
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "RS256", "kid": "sandbox"});
        let signature = URL_SAFE_NO_PAD.encode(random());
        let token = format!("{}.{}.{signature}", part(&header), part(&claims));
        let identity = Identity::service_account(namespace, name, uid);
        self.owners.insert(
            token.clone(),
            Owner {
                identity,
                bound_to: bound_to.to_owned(),
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

fn random() -> String {
    format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    )
}
