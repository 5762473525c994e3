//! D15: does a Service look the same in each cluster?
//!
//! A mesh takes Services of one name and namespace for the same: what differs is taken from one of
//! them, and nobody says from which.

use super::{Check, Lines, Needs};
use crate::{
    facts::{MeshFacts, PortFacts, ServiceFacts, ServiceType},
    finding::{Finding, Tally},
};
use std::collections::BTreeSet;
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServiceSameness,
    group: Group::Workloads,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for (_, primary, remote) in facts.joins_with_clusters() {
        let here = tally.known(&primary.name, &primary.services);
        let there = tally.known(&remote.name, &remote.services);
        let (Some(here), Some(there)) = (here, there) else {
            continue;
        };
        for mine in here
            .iter()
            .filter(|one| is_shared(&primary.istio_namespace, one))
        {
            let same =
                |one: &&ServiceFacts| one.namespace == mine.namespace && one.name == mine.name;
            let Some(theirs) = there.iter().find(same) else {
                continue;
            };
            tally.saw();
            for difference in differences(mine, theirs) {
                let (a, b) = (&primary.name, &remote.name);
                let line = format!("{}: {}", mine.reference(), difference.said(a, b));
                tally.warn(line, Remedy::AlignServices);
            }
        }
    }
    tally.finding()
}

/// Whether a Service is the mesh's: not the control plane's, nor the cluster's own.
fn is_shared(system: &str, service: &ServiceFacts) -> bool {
    let namespace = service.namespace.as_str();
    namespace != system && !namespace.starts_with("kube-") && namespace != "default"
}

struct Difference {
    what: &'static str,
    mine: String,
    theirs: String,
}

impl Difference {
    fn said(&self, here: &str, there: &str) -> String {
        let Self { what, mine, theirs } = self;
        format!("{what} {mine} in {here}, {theirs} in {there}")
    }
}

fn differences(mine: &ServiceFacts, theirs: &ServiceFacts) -> Vec<Difference> {
    let sort = |service: &ServiceFacts| match &service.service_type {
        // A balancer or a node's port is a way in from outside; within the mesh it is a ClusterIP.
        ServiceType::NodePort | ServiceType::LoadBalancer => "ClusterIP",
        other => other.word(),
    };
    let mut found = Vec::new();
    if sort(mine) != sort(theirs) {
        found.push(Difference {
            what: "type",
            mine: mine.service_type.word().to_owned(),
            theirs: theirs.service_type.word().to_owned(),
        });
    }
    if ports(mine) != ports(theirs) {
        found.push(Difference {
            what: "ports",
            mine: said(mine),
            theirs: said(theirs),
        });
    }
    found
}

fn ports(service: &ServiceFacts) -> BTreeSet<&PortFacts> {
    service.ports.iter().collect()
}

fn said(service: &ServiceFacts) -> String {
    let each = service.ports.iter().map(|port| {
        let PortFacts {
            name,
            number,
            protocol,
        } = port;
        match name.as_str() {
            "" => format!("{number}/{protocol}"),
            name => format!("{name} {number}/{protocol}"),
        }
    });
    each.collect::<Vec<String>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    fn with(change: fn(&mut ServiceFacts)) -> Finding {
        let mut facts = today();
        for service in west(&mut facts).services.as_mut().expect("known") {
            if service.name == "details" {
                change(service);
            }
        }
        CHECK.run(&facts)
    }

    #[test]
    fn other_ports_and_another_type_are_warnings() {
        let ports = with(|service| service.ports[0].number = 9081);
        assert_eq!(ports.verdict, Verdict::Warning);
        assert_eq!(
            ports.found,
            ["Service bookinfo/details: ports http 9080/TCP in east, http 9081/TCP in west"]
        );
        let sort = with(|service| service.service_type = ServiceType::Headless);
        assert!(sort.found[0].contains("type ClusterIP in east, headless in west"));
    }

    #[test]
    fn a_balancer_on_one_side_is_no_difference() {
        let finding = with(|service| service.service_type = ServiceType::LoadBalancer);
        assert_eq!(finding.verdict, Verdict::Passed);
    }
}
