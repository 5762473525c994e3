//! Bearer tokens and whose they are.
//!
//! Tokens of service accounts look like signed ones, so a reader finds issuer and subject in them.
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
    known: BTreeMap<String, Holder>,
}

#[derive(Debug)]
struct Holder {
    identity: Identity,
    /// The uid of the object the token ends with.
    bound_to: String,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        let admin = random();
        let holder = Holder {
            identity: Identity::admin(),
            bound_to: String::new(),
        };
        Self {
            known: BTreeMap::from([(admin.clone(), holder)]),
            admin,
        }
    }

    pub(crate) fn admin(&self) -> &str {
        &self.admin
    }

    pub(crate) fn authenticate(&self, token: &str) -> Option<Identity> {
        self.known.get(token).map(|holder| holder.identity.clone())
    }

    /// A token for a user in some groups.
    pub(crate) fn for_user(&mut self, name: &str, groups: &[&str]) -> String {
        let token = random();
        self.known.insert(
            token.clone(),
            Holder {
                identity: Identity::new(name, groups),
                bound_to: String::new(),
            },
        );
        token
    }

    /// A token for a service account, which ends with the object of this uid.
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
        self.known.insert(
            token.clone(),
            Holder {
                identity,
                bound_to: bound_to.to_owned(),
            },
        );
        token
    }

    /// Ends the tokens that belong to an object that is gone.
    pub(crate) fn forget(&mut self, uid: &str) {
        self.known.retain(|_, holder| {
            holder.bound_to.is_empty() || holder.bound_to != uid && holder.identity.uid != uid
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
