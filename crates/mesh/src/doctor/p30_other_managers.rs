//! P30: does another tool manage the mesh's objects, which would put back what we change?
//!
//! What a control plane patches itself (caBundle, failurePolicy) is no drift and is not looked at.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::OtherManagers,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(managed) = tally.known(&cluster.name, &cluster.managed) else {
            continue;
        };
        for one in managed {
            let line = format!(
                "{}: {} is managed by {}",
                cluster.name, one.object, one.tool
            );
            tally.warn(line, Remedy::ChangeAtSource);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::ManagedFacts;
    use wire::check::Verdict;

    #[test]
    fn an_object_of_another_tool_is_a_warning_that_names_it() {
        let mut facts = today();
        east(&mut facts).managed = Ok(vec![ManagedFacts {
            object: "Deployment istio-system/istiod".into(),
            tool: "Argo CD".into(),
        }]);
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["east: Deployment istio-system/istiod is managed by Argo CD"]
        );
    }

    #[test]
    fn objects_without_another_manager_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
