//! P18: does the stored kubeconfig run nothing and read nothing?
//!
//! Control planes refuse programs, files and login plugins in it; a bearer token is what works.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::KubeconfigPlain,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for primary in facts.primaries() {
        let Some(secrets) = tally.known(&primary.name, &primary.remote_secrets) else {
            continue;
        };
        for secret in secrets {
            for entry in &secret.entries {
                let name = format!("{} {}", secret.said(), entry.key);
                let Some(kubeconfig) = tally.known(&name, &entry.kubeconfig) else {
                    continue;
                };
                tally.saw();
                for refused in &kubeconfig.refused {
                    tally.block(format!("{name}: {refused}"), Remedy::UseToken);
                }
            }
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_kubeconfig_that_runs_a_program_blocks() {
        let mut facts = today();
        let entry = &mut secret_of(&mut facts).entries[0];
        let kubeconfig = entry.kubeconfig.as_mut().expect("known");
        kubeconfig.refused = vec!["exec: it would run a program".into()];
        let finding = CHECK.carry_out(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            ["Secret istio-system/istio-remote-secret-west west: exec: it would run a program"]
        );
    }

    #[test]
    fn a_bearer_token_passes() {
        assert_eq!(CHECK.carry_out(&today()).verdict, Verdict::Passed);
    }
}
