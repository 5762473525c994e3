//! P06: do the primary's pods reach the remote's API server?
//!
//! Tried from within the primary; what the console itself reaches proves nothing about its pods.

use super::{Check, Lines, Needs};
use crate::{
    facts::{JoinFacts, MeshFacts, Purpose},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServerReachable,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Ways,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        tried(join, Purpose::ApiServer, &mut tally);
    }
    tally.finding()
}

/// Every probe of a join about one purpose; whether there was one that could be tried.
pub(super) fn tried(join: &JoinFacts, purpose: Purpose, tally: &mut Tally) -> bool {
    let mut any = false;
    for probe in join.probes_of(purpose) {
        let way = format!("from {} to {}", probe.from, probe.to);
        let Some(outcome) = tally.known(&way, &probe.outcome) else {
            any = true;
            continue;
        };
        any = true;
        if let Err(said) = outcome {
            tally.block(format!("{way}: {said}"), Remedy::OpenFirewall);
        }
    }
    if !any {
        let (from, to) = (&join.primary, &join.remote);
        tally.unknown(format!("between {from} and {to} nothing was tried"));
    }
    any
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Unknown;
    use wire::check::Verdict;

    #[test]
    fn a_connection_that_times_out_blocks_and_names_the_port() {
        let mut facts = today();
        let failed = probe(Purpose::ApiServer, Err("no answer in 30 s"));
        join(&mut facts).probes = vec![failed];
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["from east to 10.0.2.6:6443: no answer in 30 s"]
        );
    }

    #[test]
    fn a_connection_that_was_made_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn a_probe_that_cannot_run_is_skipped_with_its_reason() {
        let mut facts = today();
        let mut kept = probe(Purpose::ApiServer, Ok(()));
        kept.outcome = Err(Unknown::because("the image cannot be pulled"));
        join(&mut facts).probes = vec![kept];
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Skipped);
        assert!(finding.found[0].contains("cannot be pulled"), "{finding:?}");
    }
}
