//! P06: pods of the primary reach the API server of the remote.
//!
//! A Job in the primary tests the connection; a connection of the console proves nothing about its pods.

use crate::{
    facts::{JoinFacts, MeshFacts, Purpose},
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        report_probes(join, Purpose::ApiServer, &mut tally);
    }
    tally.finding()
}

/// Reports every probe of a join for one purpose.
pub(super) fn report_probes(join: &JoinFacts, purpose: Purpose, tally: &mut Tally) {
    let mut is_tested = false;
    for probe in join.probes_of(purpose) {
        is_tested = true;
        let (from, to) = (&probe.from, &probe.to);
        let outcome = tally.known(format!("{from} → {to}"), &probe.outcome);
        if let Some(Err(reason)) = outcome {
            tally.fail(
                detail!(ConnectionFailed { from, to, reason }),
                Remedy::OpenFirewall,
            );
        }
    }
    if !is_tested {
        let (from, to) = (&join.primary, &join.remote);
        tally.unknown(detail!(ConnectionUntested { from, to }));
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Unknown;

    #[test]
    fn a_connection_that_times_out_fails_and_names_the_port() {
        let mut facts = istiod();
        let failed = probe(Purpose::ApiServer, Err("no answer in 30 s"));
        join(&mut facts).probes = vec![failed];
        let finding = run(CheckCode::ServerReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(ConnectionFailed {
            from: "east",
            to: "10.0.2.6:6443",
            reason: "no answer in 30 s",
        });
        assert_eq!(finding.details, [expected]);
    }

    #[test]
    fn a_successful_connection_passes() {
        let finding = run(CheckCode::ServerReachable, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn a_probe_that_cannot_run_is_skipped_with_its_reason() {
        let mut facts = istiod();
        let mut pending = probe(Purpose::ApiServer, Ok(()));
        pending.outcome = Err(Unknown::because("the image cannot be pulled"));
        join(&mut facts).probes = vec![pending];
        let finding = run(CheckCode::ServerReachable, &facts);
        assert_eq!(finding.status, CheckStatus::Skipped);
        let expected = detail!(Unknown {
            subject: "east → 10.0.2.6:6443",
            reason: "the image cannot be pulled",
        });
        assert_eq!(finding.details, [expected]);
    }
}
