//! Tests of the whole table of checks.

pub(crate) mod samples;

use super::{CHECKS, Check, examine, examine_at, position, report};
use crate::facts::{DebugFacts, Intent, IstioGeneration, MeshFacts, Unknown};
use crate::finding::Finding;
use samples::*;
use std::{collections::BTreeSet, fs, path::Path};
use wire::check::{CheckView, SkipReason, Stage};

/// The IDs in their order.
fn listed() -> Vec<String> {
    let numbered = |letter: &str, last: u8| -> Vec<String> {
        (1..=last).map(|n| format!("{letter}{n:02}")).collect()
    };
    let mut ids = numbered("P", 36);
    ids.extend(numbered("D", 27));
    ids.extend((1..=4).map(|n| format!("U{n}")));
    ids
}

#[test]
fn every_id_is_in_the_table_once() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.code.id()).collect();
    assert_eq!(ids, listed());
    let doctors = CheckCode::ALL
        .iter()
        .filter(|code| !code.id().starts_with('W'));
    let codes: Vec<CheckCode> = CHECKS.iter().map(|check| check.code).collect();
    assert_eq!(codes, doctors.copied().collect::<Vec<_>>());
}

#[test]
fn every_check_has_a_page_and_every_page_a_check() {
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
            "{page} begins with its ID"
        );
        for part in ["## Inspects", "## Why", "## Fix", "## Source"] {
            assert!(text.contains(part), "{page} lacks {part}");
        }
    }
    pages.remove("README.md");
    assert!(pages.is_empty(), "pages without a check: {pages:?}");
}

#[test]
fn every_check_has_texts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../app/locales/en.json");
    let text = fs::read_to_string(path).expect("the texts");
    let texts: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for id in listed() {
        let texts = &texts["doctor"][id.to_lowercase()];
        for key in ["title", "passed", "found"] {
            let text = texts[key].as_str().unwrap_or_default();
            assert!(
                !text.is_empty(),
                "doctor.{}.{key} is missing",
                id.to_lowercase()
            );
        }
    }
}

/// Every check that a healthy mesh does not pass.
fn unhealthy(facts: &MeshFacts) -> Vec<CheckView> {
    let is_healthy = |check: &CheckView| {
        let does_not_apply = check
            .skipped
            .is_some_and(|reason| !matches!(reason, SkipReason::Unknown | SkipReason::NoRemote));
        check.status == CheckStatus::Passed || does_not_apply
    };
    examine(facts).filter(|check| !is_healthy(check)).collect()
}

#[test]
fn a_healthy_mesh_of_each_generation_passes() {
    for facts in [istiod(), mixer(), two_networks()] {
        assert_eq!(unhealthy(&facts), []);
    }
}

#[test]
fn a_check_without_its_facts_is_skipped_and_never_passed() {
    for generation in [IstioGeneration::Istiod, IstioGeneration::Mixer] {
        for intent in [Intent::Keep, Intent::Remove] {
            let facts = MeshFacts {
                intent,
                ..unknown(generation)
            };
            for check in examine(&facts) {
                assert_eq!(check.status, CheckStatus::Skipped, "{check:?}");
                assert!(check.skipped.is_some(), "{check:?}");
                let is_unknown = check.skipped == Some(SkipReason::Unknown);
                assert_eq!(is_unknown, !check.details.is_empty(), "{check:?}");
            }
        }
    }
}

/// The facts after a stage: the facts of later stages are unknown.
fn after(stage: Stage, complete: &MeshFacts) -> MeshFacts {
    let mut facts = complete.clone();
    let later = || Unknown::because("later");
    if stage < Stage::Connectivity {
        facts.joins.iter_mut().for_each(|join| join.probes.clear());
    }
    if stage < Stage::ControlPlanes {
        facts.product_page = Err(later());
        facts.endpoint_reports.clear();
        let planes = facts.clusters.iter_mut();
        let planes = planes.filter_map(|cluster| cluster.control_plane.as_mut().ok()?.as_mut());
        planes.for_each(|plane| plane.debug = DebugFacts::default());
    }
    if stage < Stage::Remotes {
        facts.joins.clear();
        let secrets = facts.clusters.iter_mut();
        let secrets = secrets.filter_map(|cluster| cluster.remote_secrets.as_mut().ok());
        let entries = secrets.flatten().flat_map(|secret| &mut secret.entries);
        entries.for_each(|entry| entry.access = Err(later()));
    }
    facts
}

/// Asserts that a check finds the same without the facts of later stages. Every run in a test calls it.
pub(super) fn assert_reads_no_later_stage(check: &Check, complete: &MeshFacts, finding: &Finding) {
    let early = (check.check)(&after(check.stage, complete));
    let code = check.code;
    assert_eq!(&early, finding, "{code:?} reads facts of a later stage");
}

#[test]
fn the_stages_together_run_every_check_once() {
    for facts in [istiod(), mixer(), two_networks()] {
        let positions = Stage::ALL.into_iter().flat_map(|stage| {
            let checks = examine_at(&facts, stage);
            checks.map(|check| position(check.code)).collect::<Vec<_>>()
        });
        let mut positions: Vec<usize> = positions.collect();
        positions.sort_unstable();
        assert_eq!(positions, (0..CHECKS.len()).collect::<Vec<_>>());
    }
}

#[test]
fn a_check_of_another_generation_is_skipped() {
    let skipped = |facts: &MeshFacts, reason| -> Vec<&'static str> {
        let checks = examine(facts).filter(|check| check.skipped == Some(reason));
        checks.map(|check| check.code.id()).collect()
    };
    assert_eq!(skipped(&istiod(), SkipReason::MixerOnly), ["D21"]);
    let istiod_only = skipped(&mixer(), SkipReason::IstiodOnly);
    assert!(
        istiod_only.contains(&"D18") && istiod_only.contains(&"P31"),
        "{istiod_only:?}"
    );
    assert_eq!(skipped(&istiod(), SkipReason::OneNetwork), ["D06"]);
    let mut without_joins = istiod();
    without_joins.joins.clear();
    assert!(skipped(&without_joins, SkipReason::NoRemote).contains(&"D01"));
    assert_eq!(
        skipped(&istiod(), SkipReason::RemovalOnly),
        ["U1", "U2", "U3", "U4"]
    );
}

#[test]
fn a_report_counts_and_contains_no_secret() {
    let mut facts = istiod();
    west(&mut facts).planned.requests = Some((1 << 40, 0));
    let report = report(&facts);
    assert_eq!(report.clusters, ["east", "west"]);
    assert_eq!(report.worst(), CheckStatus::Warning);
    assert_eq!(report.checks.len(), CHECKS.len());
    let text = format!(
        "{facts:?} {}",
        serde_json::to_string(&report).expect("JSON")
    );
    assert!(!text.contains("token-of-the-reader"));
}
