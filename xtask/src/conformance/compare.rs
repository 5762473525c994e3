//! What is the same and what is not between two renderings of a chart.

use super::{
    find::Case,
    program::{Answer, Programs},
};
use crate::Outcome;
use std::{collections::BTreeSet, time::Duration};

/// What came of one rendering.
pub(super) enum Finding {
    /// Both print the same.
    Identical,
    /// Both complain in the same words.
    SameError,
    /// Both complain, in other words.
    OtherError { helm: String, ours: String },
    /// Helm alone complains.
    OnlyHelmFails { helm: String },
    /// We alone complain.
    OnlyWeFail { ours: String },
    /// They print something else; the first line of it, and where it is.
    Different {
        source: String,
        line: usize,
        helm: String,
        ours: String,
    },
}

impl Finding {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::SameError => "same error",
            Self::OtherError { .. } => "other error",
            Self::OnlyHelmFails { .. } => "only helm fails",
            Self::OnlyWeFail { .. } => "only we fail",
            Self::Different { .. } => "different",
        }
    }

    pub(super) fn is_good(&self) -> bool {
        matches!(self, Self::Identical | Self::SameError)
    }

    pub(super) fn detail(&self) -> String {
        match self {
            Self::Identical | Self::SameError => String::new(),
            Self::OtherError { helm, ours } => format!("helm: {helm}\nours: {ours}"),
            Self::OnlyHelmFails { helm } => format!("helm: {helm}"),
            Self::OnlyWeFail { ours } => format!("ours: {ours}"),
            Self::Different {
                source,
                line,
                helm,
                ours,
            } => format!("{source}, line {line} of the output\nhelm: {helm}\nours: {ours}"),
        }
    }
}

/// Renders with both and compares.
pub(super) fn one(programs: &Programs, case: &Case) -> Outcome<Finding> {
    let (helm, ours) = (programs.helm(case)?, programs.ours(case)?);
    Ok(match (helm, ours) {
        (Answer::Fails(helm), Answer::Fails(ours)) if helm == ours => Finding::SameError,
        (Answer::Fails(helm), Answer::Fails(ours)) => Finding::OtherError { helm, ours },
        (Answer::Fails(helm), Answer::Gives(_)) => Finding::OnlyHelmFails { helm },
        (Answer::Gives(_), Answer::Fails(ours)) => Finding::OnlyWeFail { ours },
        (Answer::Gives(helm), Answer::Gives(ours)) if helm == ours => Finding::Identical,
        (Answer::Gives(helm), Answer::Gives(ours)) => {
            // Whatever is told by a clock has changed by then, too.
            std::thread::sleep(Duration::from_millis(1100));
            let again = programs.helm(case)?;
            let ours_again = programs.ours(case)?;
            match (again, ours_again) {
                (Answer::Gives(again), Answer::Gives(ours_again)) => {
                    difference([&helm, &again], [&ours, &ours_again])
                }
                _ => first([&helm, &helm], [&ours, &ours]),
            }
        }
    })
}

/// The first line that differs, where chance has no part in it.
fn difference(helm: [&str; 2], ours: [&str; 2]) -> Finding {
    let count = |text: &str| text.lines().count();
    if count(helm[0]) == count(helm[1]) {
        return first(helm, ours);
    }
    // Chance decides even how many lines there are: what stays the same in both is compared as a set.
    let same = |texts: [&str; 2]| -> BTreeSet<String> {
        let of = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        &of(texts[0]) & &of(texts[1])
    };
    let (helm, ours) = (same(helm), same(ours));
    match helm.symmetric_difference(&ours).next() {
        None => Finding::Identical,
        Some(line) => Finding::Different {
            source: "among the lines that do not change".to_owned(),
            line: 0,
            helm: said(helm.get(line).map(String::as_str)),
            ours: said(ours.get(line).map(String::as_str)),
        },
    }
}

fn first(helm: [&str; 2], ours: [&str; 2]) -> Finding {
    let lines = |text| -> Vec<&str> { str::lines(text).collect() };
    let (one, other, mine) = (lines(helm[0]), lines(helm[1]), lines(ours[0]));
    let mut source = "";
    for at in 0..one.len().max(mine.len()) {
        let (wanted, got) = (one.get(at), mine.get(at));
        if let Some(line) = wanted.filter(|line| line.starts_with("# Source: ")) {
            source = line;
        }
        let chance = wanted.is_some() && got.is_some() && wanted != other.get(at);
        if wanted != got && !chance {
            return Finding::Different {
                source: source.trim_start_matches("# Source: ").to_owned(),
                line: at + 1,
                helm: said(wanted.copied()),
                ours: said(got.copied()),
            };
        }
    }
    if one.is_empty() || helm[0].ends_with('\n') == ours[0].ends_with('\n') {
        return Finding::Identical;
    }
    Finding::Different {
        source: source.to_owned(),
        line: one.len(),
        helm: "the end of the last line".to_owned(),
        ours: "no end".to_owned(),
    }
}

fn said(line: Option<&str>) -> String {
    line.map_or_else(|| "(no such line)".to_owned(), |line| format!("{line:?}"))
}
