//! P27: the API server reaches the injection webhook.
//!
//! A dry run of a pod in an injected namespace calls the webhook as a real pod does. A managed API server
//! often cannot connect to the nodes on port 15017 (9443 for Istio 1.0). Without a ready pod of the control plane
//! nothing answers, which is not the port: D27 reports it.

use super::d27_control_plane_ready;
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckCode, Remedy};

/// The messages of an API server whose connection failed.
const CONNECTION_ERRORS: &[&str] = &[
    "deadline exceeded",
    "connection refused",
    "no route",
    "i/o timeout",
];

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let Some(dry_run) = tally.known(&cluster.name, &cluster.injection_dry_run) else {
            continue;
        };
        let Some(result) = dry_run else { continue };
        tally.applies();
        let Err(reason) = result else { continue };
        if reason.contains("webhook") && d27_control_plane_ready::lacks_pods(cluster) {
            let check = CheckCode::ControlPlaneReady.id();
            tally.unknown(detail!(SkippedBecause { check }).on(&cluster.name));
            continue;
        }
        let is_installed = cluster.installed_control_plane().is_some();
        if let Some(remedy) = remedy(reason, is_installed) {
            let detail = detail!(WebhookCallFailed { reason });
            tally.warn(detail.on(&cluster.name), remedy);
        } else {
            let detail = detail!(DryRunRejected { reason });
            tally.unknown(detail.on(&cluster.name));
        }
    }
    tally.finding()
}

/// The remedy for a message of the API server; none when it is not about a webhook. The webhook of an installed
/// control plane without a ready pod is not left over.
fn remedy(reason: &str, is_installed: bool) -> Option<Remedy> {
    if is_installed && reason.contains("no endpoints available") {
        Some(Remedy::RepairControlPlane)
    } else if CONNECTION_ERRORS.iter().any(|error| reason.contains(error)) {
        Some(Remedy::OpenFirewall)
    } else if reason.contains("x509") {
        Some(Remedy::AnnotateAndReload)
    } else if reason.contains("webhook") {
        Some(Remedy::DeleteWebhook)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::SkipReason;

    fn with(reason: &str) -> Finding {
        let mut facts = istiod();
        east(&mut facts).injection_dry_run = Ok(Some(Err(reason.to_owned())));
        run(CheckCode::WebhookPort, &facts)
    }

    #[test]
    fn an_unreachable_webhook_is_a_warning() {
        let finding = with("failed calling webhook \"x\": context deadline exceeded");
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.remedies, [Remedy::OpenFirewall]);
    }

    #[test]
    fn an_untrusted_webhook_has_another_remedy() {
        let finding = with("failed calling webhook \"x\": x509: unknown authority");
        assert_eq!(finding.remedies, [Remedy::AnnotateAndReload]);
    }

    #[test]
    fn the_webhook_of_an_installed_control_plane_is_not_to_be_deleted() {
        let finding =
            with("failed calling webhook \"x\": no endpoints available for service \"istiod\"");
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.remedies, [Remedy::RepairControlPlane]);
    }

    #[test]
    fn without_a_ready_pod_the_other_check_reports() {
        let mut facts = istiod();
        let reason = "failed calling webhook \"x\": no endpoints available for service \"istiod\"";
        let primary = east(&mut facts);
        primary.injection_dry_run = Ok(Some(Err(reason.to_owned())));
        let plane = primary.control_plane.as_mut().expect("known");
        for deployment in &mut plane.as_mut().expect("a control plane").deployments {
            deployment.ready = 0;
        }
        let finding = run(CheckCode::WebhookPort, &facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
        let expected = detail!(SkippedBecause { check: "D27" });
        assert!(
            finding.details.contains(&expected.on("east")),
            "{finding:?}"
        );
    }

    #[test]
    fn an_unrelated_rejection_is_skipped() {
        assert_eq!(with("exceeded quota").status, CheckStatus::Skipped);
    }

    #[test]
    fn a_mesh_without_injection_is_skipped() {
        let mut facts = istiod();
        east(&mut facts).injection_dry_run = Ok(None);
        west(&mut facts).injection_dry_run = Ok(None);
        let finding = run(CheckCode::WebhookPort, &facts);
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }

    #[test]
    fn an_accepted_pod_passes() {
        let finding = run(CheckCode::WebhookPort, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
