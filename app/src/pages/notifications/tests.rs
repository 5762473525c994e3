//! Tests of this module.

use super::*;
use wire::{
    ClusterName, Time,
    job::{JobKind, Subject},
};

fn job(id: &str) -> EndedJob {
    EndedJob {
        id: JobId::new(id).expect("an id"),
        kind: JobKind::Install,
        subject: Subject::Cluster(ClusterName::new("east").expect("a name")),
        state: JobState::Succeeded,
        ended: Time(0),
    }
}

#[test]
fn a_job_that_did_not_succeed_stays_longer_than_jobs_that_succeeded() {
    let interrupted = EndedJob {
        state: JobState::Interrupted { step: 1, steps: 2 },
        ..job("a")
    };
    let mut shown = vec![interrupted, job("b"), job("c"), job("d")];
    keep_important(&mut shown);
    let ids: Vec<&str> = shown.iter().map(|job| job.id.as_str()).collect();
    assert_eq!(ids, ["a", "c", "d"]);
}

#[test]
fn only_jobs_that_end_while_the_page_is_open_are_announced() {
    let before = [job("a")];
    assert_eq!(new_ends(&before, None), []);
    let known = BTreeSet::from([job("a").id]);
    let after = [job("b"), job("a")];
    assert_eq!(new_ends(&after, Some(&known)), [job("b")]);
    assert_eq!(
        new_ends(
            &after,
            Some(&after.iter().map(|job| job.id.clone()).collect())
        ),
        []
    );
}
