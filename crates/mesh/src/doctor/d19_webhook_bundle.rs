//! D19: the injection webhook of the remote trusts the control plane that it calls.

use crate::{
    facts::{ClusterFacts, MeshFacts, Role, RootFacts, WebhookFacts, WebhookKind},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for (join, primary, remote) in facts.joins_with_clusters() {
        if join.joined && remote.role == Role::Remote {
            compare(primary, remote, &mut tally);
        }
    }
    tally.finding()
}

fn compare(primary: &ClusterFacts, remote: &ClusterFacts, tally: &mut Tally) {
    let webhooks = tally.known(format!("{}: webhooks", remote.name), &remote.webhooks);
    let roots = tally.known(
        format!("{}: root certificates", primary.name),
        &primary.roots,
    );
    let (Some(webhooks), Some(roots)) = (webhooks, roots) else {
        return;
    };
    let is_injector =
        |webhook: &&WebhookFacts| webhook.istio && webhook.kind == WebhookKind::Mutating;
    for injector in webhooks.iter().filter(is_injector) {
        tally.applies();
        let webhook = format!("{} {}", injector.configuration, injector.name);
        let is_trusted = |root: &RootFacts| injector.bundle.contains(&root.certificate.sha256);
        if injector.bundle.is_empty() {
            let detail = detail!(CaBundleEmpty { webhook });
            tally.fail(detail.on(&remote.name), Remedy::AnnotateAndReload);
        } else if !roots.is_empty() && !roots.iter().any(is_trusted) {
            let detail = detail!(CaBundleUntrusted {
                webhook,
                primary: primary.name
            });
            tally.fail(detail.on(&remote.name), Remedy::AnnotateAndReload);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{DetailCode, SkipReason};

    fn with_bundle(bundle: &[&str]) -> Finding {
        let mut facts = istiod();
        west(&mut facts).webhooks = Ok(vec![injector("istio-system/istiod", bundle)]);
        run(CheckCode::WebhookBundle, &facts)
    }

    #[test]
    fn an_empty_bundle_and_another_root_fail() {
        let empty = with_bundle(&[]);
        assert_eq!(empty.status, CheckStatus::Failed);
        assert_eq!(empty.details[0].code, DetailCode::CaBundleEmpty);
        let other = with_bundle(&["another"]);
        assert_eq!(other.details[0].code, DetailCode::CaBundleUntrusted);
        assert_eq!(other.details[0].arg("primary"), "east");
    }

    #[test]
    fn a_bundle_with_the_root_passes() {
        let finding = with_bundle(&["another", "root"]);
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn a_remote_without_a_webhook_is_skipped() {
        let mut facts = istiod();
        west(&mut facts).webhooks = Ok(Vec::new());
        let finding = run(CheckCode::WebhookBundle, &facts);
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }
}
