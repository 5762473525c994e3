//! D24: the product page of the sample shows the details that another cluster serves.
//!
//! The HTTP status alone is no diagnosis: 500 and 503 each have several causes. The check combines it with
//! the state of the Service, of its endpoint and of the connection to that endpoint.

use crate::{
    facts::{MeshFacts, ProductPageFacts},
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Detail, Remedy};

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let Some(Some(page)) = tally.known("productpage", &facts.product_page) else {
        return tally.finding().with("status", "");
    };
    tally.applies();
    if (page.status != 200 || page.shows_details == Ok(false))
        && let Some((status, detail, remedy)) = cause(page, &mut tally)
    {
        tally.report(status, detail, remedy);
    }
    tally.finding().with("status", page.status)
}

/// The cause; none when it may lie in a cluster that does not answer.
fn cause(page: &ProductPageFacts, tally: &mut Tally) -> Option<(CheckStatus, Detail, Remedy)> {
    let status = page.status;
    let service = tally.known("Service details", &page.service_present);
    let registered = tally.known("Endpoints details", &page.endpoint_registered);
    let reachable = tally.known("productpage → details", &page.endpoint_reachable);
    Some(match (service, registered, reachable) {
        (Some(false), ..) => (
            CheckStatus::Failed,
            detail!(ProductServiceMissing { status }),
            Remedy::CreateService,
        ),
        (_, Some(false), _) => (
            CheckStatus::Failed,
            detail!(ProductEndpointUnregistered { status }),
            Remedy::CheckRemoteAccess,
        ),
        (_, _, Some(false)) => (
            CheckStatus::Failed,
            detail!(ProductEndpointUnreachable { status }),
            Remedy::OpenFirewall,
        ),
        // Negative DNS answers are cached and proxies are updated within seconds.
        (Some(true), Some(true), _) => (
            CheckStatus::Warning,
            detail!(ProductPropagating { status }),
            Remedy::RestartWorkloads,
        ),
        _ if tally.lacks_cluster() => return None,
        _ => (
            CheckStatus::Failed,
            detail!(ProductCauseUnknown { status }),
            Remedy::CheckRemoteAccess,
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Unknown;
    use wire::check::{DetailCode, SkipReason};

    fn with(change: fn(&mut ProductPageFacts)) -> Finding {
        let mut facts = istiod();
        let mut page = product(503);
        change(&mut page);
        facts.product_page = Ok(Some(page));
        run(CheckCode::ProductPage, &facts)
    }

    #[test]
    fn one_http_status_has_several_causes() {
        let service = with(|page| page.service_present = Ok(false));
        assert_eq!(
            service.details,
            [detail!(ProductServiceMissing { status: 503 })]
        );
        assert_eq!(service.remedies, [Remedy::CreateService]);
        let endpoint = with(|page| page.endpoint_registered = Ok(false));
        assert_eq!(endpoint.remedies, [Remedy::CheckRemoteAccess]);
        let connection = with(|page| page.endpoint_reachable = Ok(false));
        assert_eq!(connection.remedies, [Remedy::OpenFirewall]);
        assert_eq!(connection.status, CheckStatus::Failed);
    }

    #[test]
    fn a_cause_that_may_lie_in_a_silent_cluster_is_skipped() {
        let finding = with(|page| {
            let west = wire::ClusterName::new("west").expect("a name");
            page.endpoint_registered = Err(Unknown::of_unreachable(&west, "no answer"));
            page.endpoint_reachable = Err(Unknown::because("no request was sent"));
        });
        assert_eq!(finding.skipped, Some(SkipReason::ClusterUnreachable));
    }

    #[test]
    fn a_page_without_a_cause_is_a_warning() {
        let finding = with(|_| {});
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(finding.details[0].code, DetailCode::ProductPropagating);
    }

    #[test]
    fn a_page_with_details_passes() {
        let finding = run(CheckCode::ProductPage, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
        assert!(finding.args.contains(&("status".into(), "200".into())));
    }
}
