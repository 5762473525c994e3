//! P30: no other tool manages the objects of the mesh; such a tool reverts the changes of the console.
//!
//! Fields that a control plane patches itself (caBundle, failurePolicy) are no drift and do not count.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let Some(managed) = tally.known(&cluster.name, &cluster.managed) else {
            continue;
        };
        for managed in managed {
            let detail = detail!(ManagedByTool {
                object: managed.object,
                tool: managed.tool
            });
            tally.warn(detail.on(&cluster.name), Remedy::ChangeAtSource);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::ManagedFacts;

    #[test]
    fn an_object_of_another_tool_is_a_warning() {
        let mut facts = istiod();
        let object = "Deployment istio-system/istiod";
        east(&mut facts).managed = Ok(vec![ManagedFacts {
            object: object.into(),
            tool: "Argo CD".into(),
        }]);
        let finding = run(CheckCode::OtherManagers, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(ManagedByTool {
            object,
            tool: "Argo CD"
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn objects_without_another_manager_pass() {
        let finding = run(CheckCode::OtherManagers, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }
}
