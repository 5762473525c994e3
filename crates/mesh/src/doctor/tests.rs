//! What holds for the whole table.

pub(crate) mod samples;

use super::{CHECKS, Check, examine, examine_at, place, report};
use crate::facts::{DebugFacts, Intent, IstioGeneration, MeshFacts, Unknown};
use crate::finding::Finding;
use samples::*;
use std::{collections::BTreeSet, fs, path::Path};
use wire::check::{CheckCode, CheckView, SkipReason, Stage, Verdict};

/// The ids of the list, in its order.
fn listed() -> Vec<String> {
    let of = |letter: &str, last: u8| -> Vec<String> {
        (1..=last).map(|n| format!("{letter}{n:02}")).collect()
    };
    let mut ids = of("P", 31);
    ids.extend(of("D", 25));
    ids.extend((1..=4).map(|n| format!("U{n}")));
    ids
}

#[test]
fn every_id_of_the_list_is_in_the_table_once() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.code.id()).collect();
    assert_eq!(ids, listed());
    let doctors = CheckCode::ALL
        .iter()
        .filter(|code| !code.id().starts_with('W'));
    let codes: Vec<CheckCode> = CHECKS.iter().map(|check| check.code).collect();
    assert_eq!(codes, doctors.copied().collect::<Vec<_>>());
}

#[test]
fn every_check_has_its_page_and_every_page_its_check() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks");
    let mut pages: BTreeSet<String> = fs::read_dir(&root)
        .expect("docs/checks")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    for id in listed() {
        let page = format!("{id}.md");
        assert!(pages.remove(&page), "docs/checks/{page} is missing");
        let text = fs::read_to_string(root.join(&page)).expect("a page");
        assert!(
            text.starts_with(&format!("# {id} ")),
            "{page} names itself first"
        );
        for part in ["## Looks at", "## Why", "## Do", "## Source"] {
            assert!(text.contains(part), "{page} lacks {part}");
        }
    }
    pages.remove("README.md");
    assert!(pages.is_empty(), "pages without a check: {pages:?}");
}

#[test]
fn every_check_has_its_words() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../app/locales/en.json");
    let text = fs::read_to_string(path).expect("the words");
    let words: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for id in listed() {
        let of = &words["doctor"][id.to_lowercase()];
        for key in ["title", "passed", "found"] {
            let word = of[key].as_str().unwrap_or_default();
            assert!(
                !word.is_empty(),
                "doctor.{}.{key} is missing",
                id.to_lowercase()
            );
        }
    }
}

/// Every check that a healthy mesh does not pass, and how it ended.
fn unwell(facts: &MeshFacts) -> Vec<CheckView> {
    let fine = |check: &CheckView| {
        let not_here = matches!(
            check.skipped,
            Some(
                SkipReason::LegacyOnly
                    | SkipReason::TodayOnly
                    | SkipReason::OneNetwork
                    | SkipReason::RemovalOnly
                    | SkipReason::NothingThere
                    | SkipReason::NoMutualTls
            )
        );
        check.verdict == Verdict::Passed || not_here
    };
    examine(facts).filter(|check| !fine(check)).collect()
}

#[test]
fn a_healthy_mesh_of_either_line_passes() {
    for facts in [today(), legacy(), two_networks()] {
        assert_eq!(unwell(&facts), []);
    }
}

#[test]
fn what_is_not_known_is_skipped_and_never_passed() {
    for generation in [IstioGeneration::Istiod, IstioGeneration::Mixer] {
        for intent in [Intent::Keep, Intent::Remove] {
            let facts = MeshFacts {
                intent,
                ..unknown(generation)
            };
            // A name is what the operator gave: it is always known.
            let checks = examine(&facts).filter(|check| check.code != CheckCode::MeshClusterName);
            for check in checks {
                assert_eq!(check.verdict, Verdict::Skipped, "{check:?}");
                assert!(check.skipped.is_some(), "{check:?}");
                let unknown = check.skipped == Some(SkipReason::Unknown);
                assert_eq!(unknown, !check.found.is_empty(), "{check:?}");
            }
        }
    }
}

/// The facts as they are after a stage: what comes later is not known yet.
fn after(stage: Stage, whole: &MeshFacts) -> MeshFacts {
    let mut facts = whole.clone();
    let later = || Unknown::because("later");
    if stage < Stage::Ways {
        facts.joins.iter_mut().for_each(|join| join.probes.clear());
    }
    if stage < Stage::Answers {
        facts.product_page = Err(later());
        let planes = facts.clusters.iter_mut();
        let planes = planes.filter_map(|one| one.control_plane.as_mut().ok()?.as_mut());
        planes.for_each(|plane| plane.debug = DebugFacts::default());
    }
    if stage < Stage::Remotes {
        facts.joins.clear();
        let secrets = facts.clusters.iter_mut();
        let secrets = secrets.filter_map(|one| one.remote_secrets.as_mut().ok());
        let entries = secrets.flatten().flat_map(|secret| &mut secret.entries);
        entries.for_each(|entry| entry.access = Err(later()));
    }
    facts
}

/// Every check of every test passes here: what it found is the same without the facts that come after
/// its stage.
pub(super) fn read_nothing_later(check: &Check, whole: &MeshFacts, found: &Finding) {
    let early = (check.look)(&after(check.reads, whole));
    let code = check.code;
    assert_eq!(
        format!("{early:?}"),
        format!("{found:?}"),
        "{code:?} reads later facts"
    );
}

#[test]
fn the_stages_together_carry_out_every_check_once() {
    for whole in [today(), legacy(), two_networks()] {
        let told = Stage::ALL.into_iter().flat_map(|stage| {
            let checks = examine_at(&whole, stage);
            checks.map(|check| place(check.code)).collect::<Vec<_>>()
        });
        let mut told: Vec<usize> = told.collect();
        told.sort_unstable();
        assert_eq!(told, (0..CHECKS.len()).collect::<Vec<_>>());
    }
}

#[test]
fn an_id_skips_what_is_not_its_line() {
    let skipped = |facts: &MeshFacts, why| -> Vec<&'static str> {
        let checks = examine(facts).filter(|check| check.skipped == Some(why));
        checks.map(|check| check.code.id()).collect()
    };
    assert_eq!(skipped(&today(), SkipReason::LegacyOnly), ["D21"]);
    let todays = skipped(&legacy(), SkipReason::TodayOnly);
    assert!(
        todays.contains(&"D18") && todays.contains(&"P31"),
        "{todays:?}"
    );
    assert_eq!(skipped(&today(), SkipReason::OneNetwork), ["D06"]);
    let mut alone = today();
    alone.joins.clear();
    assert!(skipped(&alone, SkipReason::NoRemote).contains(&"D01"));
    assert_eq!(
        skipped(&today(), SkipReason::RemovalOnly),
        ["U1", "U2", "U3", "U4"]
    );
}

#[test]
fn a_report_counts_and_shows_no_secret() {
    let mut facts = today();
    west(&mut facts).planned.requests = Some((1 << 40, 0));
    let report = report(&facts);
    assert_eq!(report.clusters, ["east", "west"]);
    assert_eq!(report.worst(), Verdict::Warning);
    assert_eq!(report.checks.len(), CHECKS.len());
    let text = format!(
        "{facts:?} {}",
        serde_json::to_string(&report).expect("JSON")
    );
    assert!(!text.contains("token-of-the-reader"));
}
