//! U1: the custom resources that are deleted together with their CRDs.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let Some(kinds) = tally.known(&cluster.name, &cluster.configuration) else {
            continue;
        };
        tally.applies();
        if !cluster.planned.removes_crds {
            continue;
        }
        for (kind, count) in kinds.iter().filter(|(_, count)| *count > 0) {
            let detail = detail!(CustomResources { kind, count });
            tally.warn(detail.on(&cluster.name), Remedy::BackUpConfiguration);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with_removal(removes_crds: bool) -> Finding {
        let mut facts = removed(istiod());
        east(&mut facts).planned.removes_crds = removes_crds;
        east(&mut facts).configuration =
            Ok(vec![("VirtualService".into(), 3), ("Gateway".into(), 0)]);
        run(CheckCode::ConfigurationLost, &facts)
    }

    #[test]
    fn custom_resources_of_deleted_crds_are_counted() {
        let finding = with_removal(true);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(CustomResources {
            kind: "VirtualService",
            count: 3
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn kept_crds_keep_their_custom_resources() {
        assert_eq!(with_removal(false).status, CheckStatus::Passed);
    }
}
