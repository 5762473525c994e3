//! The differences that docs/helm-differences.md explains, as data.
//!
//! They are in a code block with the language `explained`. Each line is `KIND | TEXT | REASON` and
//! explains the findings of that kind whose detail contains the text.

use super::compare::Finding;
use crate::Outcome;
use std::{fs, path::Path};

/// All explanations.
pub(super) struct Explained(Vec<Explanation>);

struct Explanation {
    kind: String,
    text: String,
    reason: String,
}

impl Explained {
    /// Reads the explanations; a line without three parts is an error.
    pub(super) fn read(file: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let mut explanations = Vec::new();
        let lines = text.lines().skip_while(|line| *line != "```explained");
        for line in lines.skip(1).take_while(|line| *line != "```") {
            if line.trim().is_empty() {
                continue;
            }
            let parts: Vec<&str> = line.splitn(3, '|').map(str::trim).collect();
            let [kind, text, reason] = parts.as_slice() else {
                return Err(format!("{}: not KIND | TEXT | REASON: {line}", file.display()).into());
            };
            explanations.push(Explanation {
                kind: (*kind).to_owned(),
                text: (*text).to_owned(),
                reason: (*reason).to_owned(),
            });
        }
        Ok(Self(explanations))
    }

    /// The reason of a finding, when it is explained.
    pub(super) fn reason(&self, finding: &Finding) -> Option<&str> {
        if finding.is_equal() {
            return None;
        }
        let detail = finding.detail();
        let matches = |explanation: &&Explanation| {
            explanation.kind == finding.kind()
                && !explanation.text.is_empty()
                && detail.contains(&explanation.text)
        };
        let explanation = self.0.iter().find(matches)?;
        Some(explanation.reason.as_str())
    }
}
