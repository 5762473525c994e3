//! P19: is the namespace absent, there, or on its way out?

use super::{Finding, Ground};
use cluster::NamespaceState;
use wire::check::Verdict;

pub(super) async fn look(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let name = ground.place.namespace.as_str();
    Ok(judge(ground.cluster.namespace_state(name).await?).with("namespace", name))
}

fn judge(state: NamespaceState) -> Finding {
    match state {
        NamespaceState::Absent => Finding::of(Verdict::Passed).with("state", "absent"),
        NamespaceState::Active => Finding::of(Verdict::Passed).with("state", "present"),
        NamespaceState::Terminating { held_by } => Finding::of(Verdict::Blocked)
            .with("state", "terminating")
            .found(held_by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_on_its_way_out_blocks_and_says_what_holds_it() {
        let held_by = vec!["pods. has 1 resource instances".to_owned()];
        let finding = judge(NamespaceState::Terminating {
            held_by: held_by.clone(),
        });
        assert_eq!(
            (finding.verdict, finding.found),
            (Verdict::Blocked, held_by)
        );
    }
}
