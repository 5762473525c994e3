//! D19: does the remote's injection webhook trust the control plane that it asks?

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts, Role, WebhookFacts, WebhookKind},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::WebhookBundle,
    group: Group::Sync,
    lines: Lines::Istiod,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (join, primary, remote) in facts.joins_with_clusters() {
        if join.joined && remote.role == Role::Remote {
            compare(primary, remote, &mut tally);
        }
    }
    tally.finding()
}

fn compare(primary: &ClusterFacts, remote: &ClusterFacts, tally: &mut Tally) {
    let webhooks = tally.known(&format!("{}: webhooks", remote.name), &remote.webhooks);
    let roots = tally.known(&format!("{}: roots", primary.name), &primary.roots);
    let (Some(webhooks), Some(roots)) = (webhooks, roots) else {
        return;
    };
    let injectors = |one: &&WebhookFacts| one.istio && one.kind == WebhookKind::Mutating;
    for webhook in webhooks.iter().filter(injectors) {
        tally.saw();
        let name = format!(
            "{}: {} {}",
            remote.name, webhook.configuration, webhook.name
        );
        let trusted =
            |root: &crate::facts::RootFacts| webhook.bundle.contains(&root.certificate.sha256);
        if webhook.bundle.is_empty() {
            let line = format!("{name} has no caBundle");
            tally.block(line, Remedy::AnnotateAndReread);
        } else if !roots.is_empty() && !roots.iter().any(trusted) {
            let line = format!("{name} does not trust the root of {}", primary.name);
            tally.block(line, Remedy::AnnotateAndReread);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{SkipReason, Verdict};

    fn with_bundle(bundle: &[&str]) -> Finding {
        let mut facts = today();
        west(&mut facts).webhooks = Ok(vec![injector("istio-system/istiod", bundle)]);
        CHECK.run(&facts)
    }

    #[test]
    fn an_empty_bundle_and_a_foreign_one_block() {
        let empty = with_bundle(&[]);
        assert_eq!(empty.verdict, Verdict::Blocked);
        assert!(empty.found[0].ends_with("has no caBundle"), "{empty:?}");
        let foreign = with_bundle(&["another"]);
        assert!(foreign.found[0].ends_with("does not trust the root of east"));
    }

    #[test]
    fn a_bundle_that_holds_the_root_passes() {
        assert_eq!(with_bundle(&["another", "root"]).verdict, Verdict::Passed);
    }

    #[test]
    fn without_a_webhook_there_is_nothing_to_look_at() {
        let mut facts = today();
        west(&mut facts).webhooks = Ok(Vec::new());
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }
}
