//! P24: can these images run on that Kubernetes?
//!
//! The article's line ends at 1.21: on newer clusters it is objects only, a warning to be accepted.
//! Today's line names the oldest Kubernetes it takes.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, MeshFacts},
    finding::{Finding, Tally},
    versions::oldest_kubernetes,
    versions::{minor, runs_on},
};
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::RunsHere,
    group: Group::Cluster,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Judges images that know Kubernetes up to `newest`: older images on a newer cluster are objects only.
pub(crate) fn judge(newest: Option<&str>, version: &str) -> Finding {
    let Some(newest) = newest else {
        return Finding::of(Verdict::Passed).with("version", version);
    };
    let verdict = if runs_on(newest, version) {
        Verdict::Passed
    } else {
        Verdict::Warning
    };
    Finding::of(verdict)
        .with("version", version)
        .with("newest", newest)
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::of_things();
    for cluster in &facts.clusters {
        let istio = istio_of(cluster);
        let newest = cluster.planned.newest_kubernetes.as_deref();
        if istio.is_none() && newest.is_none() {
            continue;
        }
        let Some(version) = tally.known(&cluster.name, &cluster.version) else {
            continue;
        };
        tally.saw();
        let name = &cluster.name;
        if judge(newest, version).verdict == Verdict::Warning {
            let newest = newest.unwrap_or_default();
            let line = format!("{name} is {version}, the images know up to {newest}: objects only");
            tally.warn(line, Remedy::ChooseVersion);
        }
        if let Some(istio) = istio
            && let (Some(oldest), Some(have)) = (oldest_kubernetes(istio), minor(version))
            && have < oldest
        {
            let (major, minor) = oldest;
            let line = format!("{name} is {version}, Istio {istio} needs {major}.{minor} or newer");
            tally.block(line, Remedy::ChooseVersion);
        }
    }
    tally.finding()
}

/// The Istio that comes, else the one that is there.
fn istio_of(cluster: &ClusterFacts) -> Option<&str> {
    let there = cluster
        .installed_control_plane()
        .map(|plane| plane.version.as_str());
    cluster.planned.istio.as_deref().or(there)
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};

    #[test]
    fn images_of_2018_on_a_cluster_of_today_are_a_warning() {
        let mut facts = legacy();
        west(&mut facts).version = Ok("v1.36.3".into());
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Warning);
        assert_eq!(
            finding.found,
            ["west is v1.36.3, the images know up to 1.21: objects only"]
        );
    }

    #[test]
    fn a_cluster_that_is_too_old_for_todays_istio_blocks() {
        let mut facts = today();
        east(&mut facts).version = Ok("v1.29.4".into());
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[0].contains("needs 1.32"), "{finding:?}");
    }

    #[test]
    fn versions_that_fit_pass() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
        assert_eq!(CHECK.run(&legacy()).verdict, Verdict::Passed);
    }
}
