//! P25: do the requests of what comes fit on the nodes?

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::Capacity,
    group: Group::Cluster,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Judges what is asked for against what is free, both as millicores and bytes.
pub(crate) fn judge(asked: (u64, u64), free: (u64, u64)) -> Finding {
    let fits = asked.0 <= free.0 && asked.1 <= free.1;
    let verdict = if fits {
        Verdict::Passed
    } else {
        Verdict::Warning
    };
    Finding::of(verdict)
        .with("cpu", cores(asked.0))
        .with("memory", gib(asked.1))
        .with("cpu_free", cores(free.0))
        .with("memory_free", gib(free.1))
}

fn gib(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1_073_741_824.0)
}

fn cores(millicores: u64) -> String {
    format!("{:.1}", millicores as f64 / 1000.0)
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let Some(asked) = cluster.planned.requests else {
            continue;
        };
        let nodes = tally.known(&format!("{}: nodes", cluster.name), &cluster.nodes);
        let requested = tally.known(&format!("{}: pods", cluster.name), &cluster.requested);
        let (Some(nodes), Some(requested)) = (nodes, requested) else {
            continue;
        };
        tally.saw();
        let (cpu, memory) = nodes
            .iter()
            .filter(|node| node.ready)
            .fold((0, 0), |sum, node| (sum.0 + node.cpu, sum.1 + node.memory));
        let free = (
            cpu.saturating_sub(requested.0),
            memory.saturating_sub(requested.1),
        );
        if judge(asked, free).verdict == Verdict::Warning {
            let line = format!(
                "{}: {} CPU and {} GiB are asked for, {} CPU and {} GiB are free",
                cluster.name,
                cores(asked.0),
                gib(asked.1),
                cores(free.0),
                gib(free.1)
            );
            tally.warn(line, Remedy::MakeRoom);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn requests_beyond_the_nodes_are_a_warning() {
        let mut facts = today();
        east(&mut facts).planned.requests = Some((500, 64 << 30));
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["east: 0.5 CPU and 64.0 GiB are asked for, 7.0 CPU and 31.0 GiB are free"]
        );
    }

    #[test]
    fn requests_that_fit_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }

    #[test]
    fn a_node_that_is_not_ready_offers_nothing() {
        let mut facts = today();
        let nodes = east(&mut facts).nodes.as_mut().expect("known");
        nodes[0].ready = false;
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Warning);
    }
}
