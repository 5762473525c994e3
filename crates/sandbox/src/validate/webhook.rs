//! Webhook configurations.
//!
//! Start at [`check`].

use serde_json::{Value, json};
use url::Url;

use super::names;
use crate::object;
use crate::problems::Problems;

/// Checks a webhook configuration.
pub(super) fn check(object: &Value, problems: &mut Problems) {
    for (at, webhook) in object::items(object, "/webhooks").enumerate() {
        let field = format!("webhooks[{at}]");
        let name = object::text(webhook, "/name");
        let messages = names::subdomain(name);
        if messages.is_empty() && name.split('.').count() < 3 {
            let detail = "should be a domain with at least three segments separated by dots";
            problems.invalid(&format!("{field}.name"), &json!(name), detail);
        }
        problems.text(&format!("{field}.name"), name, messages);
        if object::items(webhook, "/admissionReviewVersions")
            .next()
            .is_none()
        {
            let detail = "must specify one of v1, v1beta1";
            problems.required(&format!("{field}.admissionReviewVersions"), detail);
        }
        let effects = object::text(webhook, "/sideEffects");
        if effects.is_empty() {
            let detail = "must specify one of None, NoneOnDryRun";
            problems.required(&format!("{field}.sideEffects"), detail);
        }
        problems.one_of(
            &format!("{field}.sideEffects"),
            effects,
            &["None", "NoneOnDryRun"],
        );
        problems.one_of(
            &format!("{field}.failurePolicy"),
            object::text(webhook, "/failurePolicy"),
            &["Fail", "Ignore"],
        );
        if let Some(seconds) = object::number(webhook, "/timeoutSeconds")
            && !(1..=30).contains(&seconds)
        {
            let detail = "the timeout value must be between 1 and 30 seconds";
            problems.invalid(&format!("{field}.timeoutSeconds"), &json!(seconds), detail);
        }
        check_client(
            &webhook["clientConfig"],
            &format!("{field}.clientConfig"),
            problems,
        );
    }
}

fn check_client(client: &Value, field: &str, problems: &mut Problems) {
    let (url, service) = (&client["url"], &client["service"]);
    if url.is_null() == service.is_null() {
        problems.required(field, "exactly one of url or service is required");
        return;
    }
    if let Some(text) = url.as_str() {
        let scheme = Url::parse(text).map(|url| url.scheme().to_owned());
        let scheme = scheme.unwrap_or_default();
        if scheme != "https" {
            let detail = "'https' is the only allowed URL scheme; desired format: \
                          https://host[/path]";
            problems.invalid(&format!("{field}.url"), &json!(scheme), detail);
        }
        return;
    }
    for member in ["name", "namespace"] {
        if object::text(service, &format!("/{member}")).is_empty() {
            let detail = format!("service {member} is required");
            problems.required(&format!("{field}.service.{member}"), &detail);
        }
    }
    let path = object::text(service, "/path");
    if !path.is_empty() && !path.starts_with('/') {
        let detail = "must start with a '/'";
        problems.invalid(&format!("{field}.service.path"), &json!(path), detail);
    }
}
