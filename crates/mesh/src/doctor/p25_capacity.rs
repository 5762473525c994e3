//! P25: the requests of the planned pods fit on the nodes.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use wire::check::{CheckStatus, Remedy};

/// The finding about requested and free capacity, each in millicores and bytes.
pub(crate) fn evaluate(requested: (u64, u64), free: (u64, u64)) -> Finding {
    let status = if requested.0 <= free.0 && requested.1 <= free.1 {
        CheckStatus::Passed
    } else {
        CheckStatus::Warning
    };
    Finding::new(status)
        .with("cpu", cores(requested.0))
        .with("memory", gibibytes(requested.1))
        .with("cpu_free", cores(free.0))
        .with("memory_free", gibibytes(free.1))
}

fn gibibytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1_073_741_824.0)
}

fn cores(millicores: u64) -> String {
    format!("{:.1}", millicores as f64 / 1000.0)
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let Some(planned) = cluster.planned.requests else {
            continue;
        };
        let nodes = tally.known(format!("{}: Nodes", cluster.name), &cluster.nodes);
        let requested = tally.known(format!("{}: Pods", cluster.name), &cluster.requested);
        let (Some(nodes), Some(requested)) = (nodes, requested) else {
            continue;
        };
        tally.applies();
        let (cpu, memory) = nodes
            .iter()
            .filter(|node| node.ready)
            .fold((0, 0), |sum, node| (sum.0 + node.cpu, sum.1 + node.memory));
        let free = (
            cpu.saturating_sub(requested.0),
            memory.saturating_sub(requested.1),
        );
        if evaluate(planned, free).status == CheckStatus::Warning {
            let detail = detail!(CapacityExceeded {
                cpu: cores(planned.0),
                memory: gibibytes(planned.1),
                cpu_free: cores(free.0),
                memory_free: gibibytes(free.1),
            });
            tally.warn(detail.on(&cluster.name), Remedy::AddCapacity);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn requests_beyond_the_capacity_are_a_warning() {
        let mut facts = istiod();
        east(&mut facts).planned.requests = Some((500, 64 << 30));
        let finding = run(CheckCode::Capacity, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(CapacityExceeded {
            cpu: "0.5",
            memory: "64.0",
            cpu_free: "7.0",
            memory_free: "31.0",
        });
        assert_eq!(finding.details, [expected.on("east")]);
    }

    #[test]
    fn requests_within_the_capacity_pass() {
        let finding = run(CheckCode::Capacity, &istiod());
        assert_eq!(finding.status, CheckStatus::Passed);
    }

    #[test]
    fn a_node_that_is_not_ready_has_no_capacity() {
        let mut facts = istiod();
        let nodes = east(&mut facts).nodes.as_mut().expect("known");
        nodes[0].ready = false;
        let finding = run(CheckCode::Capacity, &facts);
        assert_eq!(finding.status, CheckStatus::Warning);
    }
}
