//! Words that this repository does not use: identifiers and phrases with a standard term in their place.
//!
//! The terms are those of Kubernetes, Helm, Istio and Rust; docs/glossary.md lists them. Identifiers are
//! compared by segments, so that `carry_out` is found in `carry_out_plan` and in `CarryOut`; phrases are
//! compared in every text that a person reads. Start at [`offences`].

use super::source::Source;
use crate::{Outcome, cache};
use proc_macro2::{Ident, TokenStream, TokenTree};
use std::{fs, path::Path};

/// Segments of identifiers, and what to write instead.
const IDENTIFIERS: &[(&str, &str)] = &[
    ("told", "operator_provided, reported, on_event"),
    ("said", "described, reported, message, output"),
    ("heard", "received, on_event"),
    ("anew", "again, fresh"),
    ("carry_out", "execute, run"),
    ("carried_out", "executed"),
    ("taken_up", "synced"),
    ("patience", "timeout"),
    ("deepest", "MAX_DEPTH"),
    ("unmark", "remove_labels"),
    ("lately", "cached, recent"),
    ("remembered", "restored, stored"),
    ("calm", "debounce"),
    ("fate", "keep, delete"),
    ("shelf", "chart_index"),
    ("shelves", "chart_indexes"),
    ("prose", "markdown"),
    ("desk", "context"),
    ("todays", "istiod"),
    ("vouched", "verified"),
    ("led_away", "redirected"),
    ("look", "inspect, check"),
    ("looks", "inspects"),
    ("looked", "inspected"),
    ("judge", "evaluate"),
    ("unrun", "skipped"),
    ("homes", "namespaces"),
    ("ways", "connectivity, paths"),
];

/// Names of variables, parameters and fields that stand for no thing.
const NO_SUBJECT: &[&str] = &["what", "one", "it", "who"];

/// Phrases of texts, in lower case, and what to write instead.
const PHRASES: &[(&str, &str)] = &[
    ("taken up", "synced"),
    ("takes up", "syncs"),
    ("not yet whole", "incomplete"),
    ("the article", "Istio 1.0"),
    ("today's line", "istiod"),
    ("today's istio", "istiod, Istio 1.2x"),
    ("the old line", "Istio 1.0"),
    ("to mend", "to fix"),
    ("steps hold", "steps complete"),
    ("from within", "from inside"),
    ("carry out", "execute, run"),
    ("carries out", "executes, runs"),
    ("carried out", "executed, ran"),
    ("anew", "again"),
    ("look again", "check again, refresh"),
    ("is told", "is reported"),
    ("are told", "are reported"),
    ("was told", "was reported"),
    ("by itself", "automatically, on its own"),
    ("somebody else", "another manager, another release"),
    ("nobody", "no one is a subject; name the object or the user"),
];

/// Where texts lie that are no Rust files.
const TEXTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs",
    "app/locales",
    "end2end/tests",
];

/// Files where a listed word is really the field's, with the word and the reason.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("xtask/src/tidy/words.rs", "*", "the lists themselves"),
    (
        "crates/catalog/src/credentials.rs",
        "nobody",
        "the stored name of anonymous access in earlier versions",
    ),
];

/// One offence for each listed word in an identifier or a text.
pub(super) fn offences(sources: &[Source]) -> Outcome<Vec<String>> {
    let mut offences = Vec::new();
    for source in sources {
        offences.extend(identifiers(&source.name, &source.text)?);
        phrases(&source.name, &source.text, &mut offences);
    }
    for path in TEXTS {
        texts(&cache::root().join(path), &mut offences)?;
    }
    Ok(offences)
}

/// One offence for each listed word in the identifiers of a Rust file, macros included.
fn identifiers(file: &str, text: &str) -> Outcome<Vec<String>> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{file}: {error}"))?;
    let mut offences = Vec::new();
    walk(tokens, &mut |identifier| {
        let name = identifier.to_string();
        let segments = segments(&name);
        let listed = IDENTIFIERS
            .iter()
            .find(|(word, _)| contains(&segments, word));
        let better = listed.map(|(word, better)| (*word, *better)).or_else(|| {
            let word = NO_SUBJECT.iter().find(|word| **word == name)?;
            Some((*word, "the name of the thing"))
        });
        if let Some((word, better)) = better
            && !is_allowed(file, word)
        {
            let line = identifier.span().start().line;
            offences.push(format!("{file}:{line}: identifier {name}: write {better}"));
        }
    });
    Ok(offences)
}

fn walk(tokens: TokenStream, visit: &mut impl FnMut(&Ident)) {
    for token in tokens {
        match token {
            TokenTree::Ident(identifier) => visit(&identifier),
            TokenTree::Group(group) => walk(group.stream(), visit),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The words of an identifier in lower case: `CarryOut2` and `carry_out_2` have the same.
fn segments(identifier: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for part in identifier.split('_').filter(|part| !part.is_empty()) {
        let is_constant = !part.contains(|letter: char| letter.is_ascii_lowercase());
        let mut segment = String::new();
        for letter in part.chars() {
            if letter.is_uppercase() && !is_constant && !segment.is_empty() {
                segments.push(std::mem::take(&mut segment));
            }
            segment.extend(letter.to_lowercase());
        }
        segments.push(segment);
    }
    segments
}

/// Whether the segments of `word` stand in `segments`, one after the other.
fn contains(segments: &[String], word: &str) -> bool {
    let word: Vec<&str> = word.split('_').collect();
    segments.windows(word.len()).any(|window| {
        window
            .iter()
            .zip(&word)
            .all(|(segment, word)| segment == word)
    })
}

/// Adds one offence for each listed phrase of a text.
fn phrases(file: &str, text: &str, offences: &mut Vec<String>) {
    for (number, line) in text.lines().enumerate() {
        let line = line.to_lowercase();
        for (phrase, better) in PHRASES {
            if line.contains(phrase) && !is_allowed(file, phrase) {
                let number = number + 1;
                offences.push(format!("{file}:{number}: “{phrase}”: write {better}"));
            }
        }
    }
}

fn is_allowed(file: &str, word: &str) -> bool {
    ALLOWED
        .iter()
        .any(|(path, allowed, _)| file.starts_with(path) && (*allowed == "*" || *allowed == word))
}

/// Reads the texts at `path`, a file or a folder.
fn texts(path: &Path, offences: &mut Vec<String>) -> Outcome {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            texts(&entry?.path(), offences)?;
        }
        return Ok(());
    }
    let is_text = path
        .extension()
        .is_some_and(|extension| ["md", "json", "ts"].iter().any(|text| extension == *text));
    if is_text && path.is_file() {
        let name = path.strip_prefix(cache::root()).unwrap_or(path);
        phrases(
            &name.display().to_string(),
            &fs::read_to_string(path)?,
            offences,
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_its_segments_and_not_by_its_letters() {
        let found = |text: &str| identifiers("a.rs", text).expect("tokens").len();
        assert_eq!(
            found("fn carry_out_plan() { x.patience; const DEEPEST: T = 1; }"),
            3
        );
        assert_eq!(found("struct CarryOut; view! { <Shelf/> }"), 2);
        assert_eq!(
            found("fn lookup() { \"told\"; /* told */ let overlook = 1; }"),
            0
        );
        assert_eq!(found("fn f(what: u8) { let somewhat = 1; }"), 1);
    }

    #[test]
    fn a_phrase_is_found_in_any_line() {
        let mut offences = Vec::new();
        phrases("a.md", "One.\nThe plan is Carried out.", &mut offences);
        assert_eq!(offences, ["a.md:2: “carried out”: write executed, ran"]);
    }
}
