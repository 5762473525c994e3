//! P22: is a definition being deleted?

use super::{Check, Lines, Needs};
use crate::{
    facts::{CrdFacts, MeshFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::TerminatingCrds,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// A line for a definition on its way out.
pub(crate) fn judge(live: &CrdFacts) -> Option<String> {
    live.terminating.then(|| {
        let name = &live.name;
        format!("{name} is being deleted; its objects hold it until they are gone")
    })
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(live) = tally.known(&cluster.name, &cluster.crds) else {
            continue;
        };
        for definition in live {
            let Some(line) = judge(definition) else {
                continue;
            };
            let planned = cluster.planned.crds.iter();
            let wanted = planned.clone().any(|one| one.name == definition.name);
            let weight = if wanted {
                Verdict::Blocked
            } else {
                Verdict::Warning
            };
            let line = format!("{}: {line}", cluster.name);
            tally.say(weight, line, Remedy::WaitUntilGone);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_one_going(name: &str) -> Finding {
        let mut facts = today();
        let mut going = crd(name, &["v1", "v1beta1"], &["v1"]);
        going.terminating = true;
        west(&mut facts).crds = Ok(vec![going]);
        CHECK.run(&facts)
    }

    #[test]
    fn a_definition_that_is_needed_and_goes_blocks() {
        let finding = with_one_going("gateways.networking.istio.io");
        assert_eq!(finding.verdict, Verdict::Blocked);
    }

    #[test]
    fn another_one_that_goes_is_a_warning() {
        let finding = with_one_going("rules.config.istio.io");
        assert_eq!(finding.verdict, Verdict::Warning);
    }

    #[test]
    fn definitions_that_stay_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
