//! P31: the control plane reads remote Secrets.
//!
//! A control plane that is configured to read its clusters from a file ignores every remote Secret.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

const VARIABLE: &str = "PILOT_MULTICLUSTER_KUBECONFIG_PATH";

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for primary in facts.primaries() {
        let Some(Some(plane)) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        tally.applies();
        let path = plane.env_var(VARIABLE);
        if !path.is_empty() {
            let detail = detail!(KubeconfigPathSet {
                variable: VARIABLE,
                path
            });
            tally.fail(detail.on(&primary.name), Remedy::UnsetKubeconfigPath);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::SkipReason;

    #[test]
    fn a_control_plane_that_reads_a_file_fails() {
        let mut facts = istiod();
        let env = &mut plane_of(&mut facts).env;
        env.insert(VARIABLE.into(), "/etc/clusters".into());
        let finding = run(CheckCode::KubeconfigPath, &facts);
        assert_eq!(finding.status, CheckStatus::Failed);
        let expected = detail!(KubeconfigPathSet {
            variable: VARIABLE,
            path: "/etc/clusters"
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn a_control_plane_that_reads_secrets_passes() {
        let finding = run(CheckCode::KubeconfigPath, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn a_mesh_without_a_control_plane_is_skipped() {
        let mut facts = istiod();
        east(&mut facts).control_plane = Ok(None);
        let finding = run(CheckCode::KubeconfigPath, &facts);
        assert_eq!(finding.skipped, Some(SkipReason::NotApplicable));
    }
}
