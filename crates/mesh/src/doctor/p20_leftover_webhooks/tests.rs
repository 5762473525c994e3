//! Tests of the check.

use super::{super::samples::*, *};
use crate::facts::{Requirement, Selector};

#[test]
fn a_webhook_without_an_endpoint_fails_where_it_matches() {
    let mut facts = istiod();
    west(&mut facts).endpoints = Ok(Vec::new());
    let finding = run(CheckCode::LeftoverWebhooks, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    let expected = detail!(WebhookWithoutEndpoint {
        webhook: "MutatingWebhookConfiguration istio-sidecar-injector",
        service: "istio-system/istiod",
        release: "istiod",
    });
    assert_eq!(finding.details, [expected.on("west")]);
}

#[test]
fn a_webhook_for_other_namespaces_is_a_warning() {
    let mut facts = istiod();
    west(&mut facts).endpoints = Ok(Vec::new());
    let webhooks = west(&mut facts).webhooks.as_mut().expect("known");
    let requirement = Requirement::In("team".into(), vec!["other".into()]);
    webhooks[0].namespaces = Selector(vec![requirement]);
    let finding = run(CheckCode::LeftoverWebhooks, &facts);
    assert_eq!(finding.status, CheckStatus::Warning);
}

#[test]
fn a_webhook_with_failure_policy_ignore_passes() {
    let mut facts = istiod();
    west(&mut facts).endpoints = Ok(Vec::new());
    let webhooks = west(&mut facts).webhooks.as_mut().expect("known");
    webhooks[0].failure = FailurePolicy::Ignore;
    let finding = run(CheckCode::LeftoverWebhooks, &facts);
    assert_eq!(finding.status, CheckStatus::Passed);
}

#[test]
fn the_webhook_of_an_installed_control_plane_is_not_left_over() {
    let mut facts = istiod();
    let injector = west(&mut facts).webhooks.clone();
    let primary = east(&mut facts);
    primary.webhooks = injector;
    primary.endpoints = Ok(Vec::new());
    primary.services = Ok(vec![service("istio-system/istiod", &[15012, 443])]);
    let finding = run(CheckCode::LeftoverWebhooks, &facts);
    assert_eq!(finding.status, CheckStatus::Passed);
    // The webhook of a revision that was removed is left over beside the installed one.
    east(&mut facts).services = Ok(Vec::new());
    let finding = run(CheckCode::LeftoverWebhooks, &facts);
    assert_eq!(finding.status, CheckStatus::Failed);
    assert_eq!(finding.remedies, [Remedy::DeleteWebhook]);
}
