//! Impersonation: a caller acts as another user, ServiceAccount, group or with other attributes.
//!
//! The caller needs the verb `impersonate` for each of them. Start at [`impersonate`].

use http::{HeaderMap, HeaderValue};

use super::{AccessReview, Identity, allows};
use crate::api_status::ApiStatus;
use crate::object_map::ObjectMap;

/// The start of a header with an additional attribute of the user.
const EXTRA: &str = "impersonate-extra-";

/// The identity that the caller impersonates, if it has the permissions.
pub(crate) fn impersonate(
    objects: &ObjectMap,
    identity: Identity,
    headers: &HeaderMap,
) -> Result<Identity, ApiStatus> {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let user = headers.get("impersonate-user").map(text);
    let groups: Vec<String> = headers
        .get_all("impersonate-group")
        .iter()
        .map(text)
        .collect();
    let uid = headers.get("impersonate-uid").map(text);
    let extra: Vec<(String, String)> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().strip_prefix(EXTRA)?.into(), text(value))))
        .collect();
    let Some(user) = user else {
        if groups.is_empty() && uid.is_none() && extra.is_empty() {
            return Ok(identity);
        }
        return Err(ApiStatus::bad_request(
            "the request impersonates groups, a UID or extra fields without impersonating a user \
             name",
        ));
    };
    let check = |review: &AccessReview<'_>| check(objects, &identity, review);
    let account = user
        .strip_prefix("system:serviceaccount:")
        .and_then(|account| account.split_once(':'));
    let mut review = AccessReview {
        verb: "impersonate",
        resource: "users",
        name: &user,
        ..AccessReview::default()
    };
    if let Some((namespace, name)) = account {
        (review.resource, review.namespace, review.name) = ("serviceaccounts", namespace, name);
    }
    check(&review)?;
    review.namespace = "";
    for group in &groups {
        (review.resource, review.name) = ("groups", group);
        check(&review)?;
    }
    review.group = "authentication.k8s.io";
    if let Some(uid) = &uid {
        (review.resource, review.name) = ("uids", uid);
        check(&review)?;
    }
    for (key, value) in &extra {
        review.resource = "userextras";
        (review.subresource, review.name) = (key, value);
        check(&review)?;
    }
    let mut impersonated = match account {
        Some((namespace, name)) if groups.is_empty() => {
            Identity::service_account(namespace, name, "")
        }
        _ => {
            let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
            Identity::new(&user, &groups)
        }
    };
    impersonated.uid = uid.unwrap_or_default();
    Ok(impersonated)
}

fn check(
    objects: &ObjectMap,
    identity: &Identity,
    review: &AccessReview<'_>,
) -> Result<(), ApiStatus> {
    if allows(objects, identity, review) {
        return Ok(());
    }
    let resource = if review.subresource.is_empty() {
        review.resource.to_owned()
    } else {
        format!("{}/{}", review.resource, review.subresource)
    };
    let scope = if review.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{}\"", review.namespace)
    };
    let (caller, group) = (&identity.name, review.group);
    let detail = format!(
        "User \"{caller}\" cannot impersonate resource \"{resource}\" in API group \"{group}\" \
         {scope}"
    );
    let (resource, name) = (review.resource, review.name);
    Err(ApiStatus::forbidden_resource(
        group, resource, name, &detail,
    ))
}
