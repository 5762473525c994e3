//! D24: does the sample's product page show the details that another cluster serves?
//!
//! The code alone is no diagnosis: 500 and 503 each have several causes. It is read together with
//! whether the Service is there, its endpoint registered, and that endpoint reachable.

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshFacts, ProductPageFacts},
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ProductPage,
    group: Group::Sync,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Answers,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    let Some(product) = tally.known("the product page", &facts.product_page) else {
        return tally.finding().with("status", "");
    };
    let Some(product) = product else {
        return tally.finding().with("status", "");
    };
    tally.saw();
    if product.status != 200 || product.shows_details == Ok(false) {
        let (weight, what, remedy) = cause(product, &mut tally);
        let line = format!("/api/v1/products/0 answers {}: {what}", product.status);
        tally.say(weight, line, remedy);
    }
    tally.finding().with("status", product.status)
}

fn cause(product: &ProductPageFacts, tally: &mut Tally) -> (Verdict, &'static str, Remedy) {
    let present = tally.known("Service details", &product.service_present);
    let registered = tally.known("its endpoint", &product.endpoint_registered);
    let reachable = tally.known("the way to it", &product.endpoint_reachable);
    match (present, registered, reachable) {
        (Some(false), ..) => (
            Verdict::Blocked,
            "Service details is not in the caller's cluster",
            Remedy::MakeService,
        ),
        (_, Some(false), _) => (
            Verdict::Blocked,
            "the control plane knows no endpoint of details",
            Remedy::LookAtRemoteAccess,
        ),
        (_, _, Some(false)) => (
            Verdict::Blocked,
            "an endpoint is known and does not answer",
            Remedy::OpenFirewall,
        ),
        // Names that did not resolve are remembered for some seconds, proxies learn within some.
        (Some(true), Some(true), _) => (
            Verdict::Warning,
            "every step is done; it may take some seconds more",
            Remedy::RestartWorkloads,
        ),
        _ => (
            Verdict::Blocked,
            "what is missing could not be found out",
            Remedy::LookAtRemoteAccess,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    fn with(change: fn(&mut ProductPageFacts)) -> Finding {
        let mut facts = today();
        let mut product = product(503);
        change(&mut product);
        facts.product_page = Ok(Some(product));
        CHECK.run(&facts)
    }

    #[test]
    fn the_same_code_has_several_causes() {
        let service = with(|one| one.service_present = Ok(false));
        assert_eq!(service.remedies, [Remedy::MakeService]);
        let endpoint = with(|one| one.endpoint_registered = Ok(false));
        assert_eq!(endpoint.remedies, [Remedy::LookAtRemoteAccess]);
        let way = with(|one| one.endpoint_reachable = Ok(false));
        assert_eq!(way.remedies, [Remedy::OpenFirewall]);
        assert_eq!(way.verdict, Verdict::Blocked);
    }

    #[test]
    fn with_every_step_done_it_is_only_a_matter_of_time() {
        assert_eq!(with(|_| {}).verdict, Verdict::Warning);
    }

    #[test]
    fn a_page_with_details_passes() {
        let finding = CHECK.run(&today());
        assert_eq!(finding.verdict, Verdict::Passed);
        assert!(finding.args.contains(&("status".into(), "200".into())));
    }
}
