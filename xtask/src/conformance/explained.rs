//! The differences that docs/helm-differences.md explains, as data.
//!
//! They stand between two lines of three backticks, the first of which says `explained`; each is a line
//! `KIND | TEXT | REASON`, and explains a finding of that kind whose detail holds the text.

use super::compare::Finding;
use crate::Outcome;
use std::{fs, path::Path};

/// All that is explained.
pub(super) struct Explained(Vec<Explanation>);

struct Explanation {
    kind: String,
    text: String,
    reason: String,
}

impl Explained {
    /// Reads them; a line that has not three parts is an error.
    pub(super) fn read(file: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let mut found = Vec::new();
        let lines = text.lines().skip_while(|line| *line != "```explained");
        for line in lines.skip(1).take_while(|line| *line != "```") {
            if line.trim().is_empty() {
                continue;
            }
            let parts: Vec<&str> = line.splitn(3, '|').map(str::trim).collect();
            let [kind, text, reason] = parts.as_slice() else {
                return Err(format!("{}: not KIND | TEXT | REASON: {line}", file.display()).into());
            };
            found.push(Explanation {
                kind: (*kind).to_owned(),
                text: (*text).to_owned(),
                reason: (*reason).to_owned(),
            });
        }
        Ok(Self(found))
    }

    /// Why a finding is as it is, when it is explained.
    pub(super) fn reason(&self, finding: &Finding) -> Option<&str> {
        if finding.is_good() {
            return None;
        }
        let detail = finding.detail();
        let explains = |one: &&Explanation| {
            one.kind == finding.word() && !one.text.is_empty() && detail.contains(&one.text)
        };
        self.0.iter().find(explains).map(|one| one.reason.as_str())
    }
}
