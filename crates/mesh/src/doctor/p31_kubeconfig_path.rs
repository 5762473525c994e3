//! P31: does the control plane look at remote Secrets at all?
//!
//! NetworkOverride to read its clusters from files, it passes over every Secret.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::KubeconfigPath,
    group: Group::Identity,
    lines: Lines::Istiod,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

const SETTING: &str = "PILOT_MULTICLUSTER_KUBECONFIG_PATH";

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for primary in facts.primaries() {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        let Some(plane) = plane else { continue };
        tally.saw();
        let path = plane.env_var(SETTING);
        if !path.is_empty() {
            let line = format!("{}: {SETTING} is {path}", primary.name);
            tally.block(line, Remedy::UnsetKubeconfigPath);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::{SkipReason, Verdict};

    #[test]
    fn a_control_plane_that_reads_files_blocks() {
        let mut facts = today();
        let env = &mut plane_of(&mut facts).env;
        env.insert(SETTING.into(), "/etc/clusters".into());
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(
            finding.found[0].ends_with("is /etc/clusters"),
            "{finding:?}"
        );
    }

    #[test]
    fn a_control_plane_that_reads_secrets_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn without_a_control_plane_there_is_nothing_to_look_at() {
        let mut facts = today();
        east(&mut facts).control_plane = Ok(None);
        assert_eq!(CHECK.run(&facts).skipped, Some(SkipReason::NothingThere));
    }
}
