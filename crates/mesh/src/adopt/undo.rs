//! Decides which marks an undo removes from each object of a join. Pure.

use super::steps::{ANNOTATION, LABEL, objects};
use crate::{
    membership::{names::ADOPTED_ANNOTATION, objects::step, state::JoinState},
    step::{Action, Step},
};
use cluster::{MetadataPatch, Object};
use serde_json::Value;

/// The steps of an undo.
pub(super) fn steps(state: &JoinState) -> Vec<Step> {
    let each = objects(state).into_iter();
    let steps = each.map(|(side, live)| {
        let action = match live.annotation(ADOPTED_ANNOTATION) {
            None => Action::Unchanged,
            Some(_) => Action::Update {
                changes: removed_lines(live),
            },
        };
        step(side, Value::Null, live.reference(), Some(live), action)
    });
    steps.collect()
}

/// What an undo removes from an object, a line each.
fn removed_lines(live: &Object) -> Vec<String> {
    let patch = removal(live);
    let labels = patch.labels.into_iter();
    let labels = labels.map(|(key, _)| format!("without label {key}"));
    let annotations = patch.annotations.into_iter();
    let annotations = annotations.map(|(key, _)| format!("without annotation {key}"));
    labels.chain(annotations).collect()
}

/// The patch that removes what an adoption added.
pub(super) fn removal(live: &Object) -> MetadataPatch {
    let mut patch = MetadataPatch::default();
    let added = live.annotation(ADOPTED_ANNOTATION).unwrap_or_default();
    for mark in added.split(',') {
        if let Some(key) = mark.strip_prefix(LABEL) {
            patch.labels.push((key.to_owned(), None));
        } else if let Some(key) = mark.strip_prefix(ANNOTATION) {
            patch.annotations.push((key.to_owned(), None));
        }
    }
    let adopted = ADOPTED_ANNOTATION.to_owned();
    patch.annotations.push((adopted, None));
    patch
}
