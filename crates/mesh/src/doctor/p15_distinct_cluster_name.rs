//! P15: is the remote's name another one than the control plane's own?
//!
//! A control plane passes over a remote Secret that names its own cluster, and says so only in its log.

use super::{Check, Lines, Needs};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::OwnClusterName,
    group: Group::Identity,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for (join, primary, _) in facts.joined() {
        let Some(plane) = tally.known(&primary.name, &primary.control_plane) else {
            continue;
        };
        // What is not installed yet will carry the name that the console gives it.
        let own = plane
            .as_ref()
            .map_or(primary.name.as_str(), |plane| plane.own_cluster());
        if join.name == own {
            let line = format!(
                "{} is called {own}, as {} itself",
                join.remote, primary.name
            );
            tally.block(line, Remedy::RenameCluster);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn the_control_planes_own_name_blocks() {
        let mut facts = today();
        join(&mut facts).name = "east".into();
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn a_control_plane_without_a_name_is_called_kubernetes() {
        let mut facts = today();
        plane_of(&mut facts).env.clear();
        join(&mut facts).name = "Kubernetes".into();
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Blocked);
    }

    #[test]
    fn before_there_is_a_control_plane_the_consoles_name_counts() {
        let mut facts = today();
        east(&mut facts).control_plane = Ok(None);
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Passed);
        join(&mut facts).name = "east".into();
        assert_eq!(CHECK.carry_out(&facts).verdict, Verdict::Blocked);
    }
}
