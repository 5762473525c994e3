//! P27: does the API server reach the injection webhook?
//!
//! A pod tried by a dry run in an injected namespace asks the webhook as a real one would. A private
//! control plane often may not dial the nodes on 15017 (9443 in the old line).

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::WebhookPort,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let Some(tried) = tally.known(&cluster.name, &cluster.injection_dry_run) else {
            continue;
        };
        let Some(tried) = tried else { continue };
        tally.saw();
        let Err(said) = tried else { continue };
        let line = format!("{}: {said}", cluster.name);
        let way = [
            "deadline exceeded",
            "connection refused",
            "no route",
            "i/o timeout",
        ];
        if way.iter().any(|sign| said.contains(sign)) {
            tally.warn(line, Remedy::OpenFirewall);
        } else if said.contains("x509") {
            tally.warn(line, Remedy::AnnotateAndReread);
        } else if said.contains("webhook") {
            tally.warn(line, Remedy::DeleteWebhook);
        } else {
            tally.unknown(line);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{SkipReason, Verdict};

    fn with(said: &str) -> Finding {
        let mut facts = today();
        east(&mut facts).injection_dry_run = Ok(Some(Err(said.to_owned())));
        CHECK.run(&facts)
    }

    #[test]
    fn a_webhook_that_is_not_reached_is_a_warning() {
        let finding = with("failed calling webhook \"x\": context deadline exceeded");
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(finding.remedies, [Remedy::OpenFirewall]);
    }

    #[test]
    fn a_webhook_that_is_not_trusted_has_another_remedy() {
        let finding = with("failed calling webhook \"x\": x509: unknown authority");
        assert_eq!(finding.remedies, [Remedy::AnnotateAndReread]);
    }

    #[test]
    fn a_refusal_that_has_nothing_to_do_with_it_is_skipped() {
        assert_eq!(with("exceeded quota").verdict, Verdict::Skipped);
    }

    #[test]
    fn where_nothing_is_injected_there_is_nothing_to_try() {
        let mut facts = today();
        east(&mut facts).injection_dry_run = Ok(None);
        west(&mut facts).injection_dry_run = Ok(None);
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }

    #[test]
    fn a_pod_that_was_taken_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
