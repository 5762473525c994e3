//! The texts of the console by their keys in `locales/`, and the wording of problems and checks.
//!
//! [`t!`](t) reads one text, [`count!`](count) the singular or plural of one. Texts that depend on a type have
//! a function in a file of their own.

mod check;
pub mod doctor;
mod duration;
mod job;
mod mesh;
mod number;
mod problem;
mod totals;

pub(crate) use check::{check_hint, check_summary, check_title, stage_progress};
pub(crate) use duration::{age, duration};
pub(crate) use job::{job_note, phase_note, phase_title};
pub(crate) use mesh::{missing_address, plan_note, verification_message};
pub(crate) use number::grouped;
pub(crate) use problem::{hint, sentence};
pub(crate) use totals::{check_totals, health_totals};

/// A text of the catalogue: `t!(frame.overview)`, `t!(job.backup_saved, n = 42)`.
macro_rules! t {
    ($($key:tt)*) => {
        leptos_i18n::td_string!($crate::i18n::Locale::default(), $($key)*).to_string()
    };
}
pub(crate) use t;

/// The singular or the plural of a text: `count!(phase.resources, n = 2)` reads `phase.resources.plural`.
macro_rules! count {
    ($($key:ident).+, n = $n:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let n = $n;
        if n == 1 {
            $crate::words::t!($($key).+.singular, n = n $(, $name = $value)*)
        } else {
            $crate::words::t!($($key).+.plural, n = n $(, $name = $value)*)
        }
    }};
}
pub(crate) use count;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Verbs after a name, which is singular: `{{ cluster }} is not reachable`.
    const VERBS: [&str; 38] = [
        "is",
        "as",
        "has",
        "was",
        "does",
        "begins",
        "belongs",
        "calls",
        "connects",
        "contains",
        "enforces",
        "exists",
        "expires",
        "keeps",
        "lacks",
        "matches",
        "needs",
        "overlaps",
        "prefers",
        "reads",
        "redirects",
        "rejects",
        "requires",
        "resolves",
        "runs",
        "serves",
        "stores",
        "trusts",
        "uses",
        "writes",
        "sends",
        "names",
        "starts",
        "answers",
        "returns",
        "supports",
        "applies",
        "closes",
    ];
    /// Limits and sizes, which are never 1.
    const LIMITS: [&str; 2] = ["limit", "size"];

    /// The plural nouns after a number, in a text that has no singular.
    fn plurals(text: &str) -> Vec<&str> {
        let places = text.split('{').skip(1);
        let after = places.filter_map(|rest| {
            let (name, after) = rest.split_once('}')?;
            let word = after.trim_start_matches('}').strip_prefix(' ')?;
            let word = word.split(|c: char| !c.is_ascii_alphabetic()).next()?;
            (!LIMITS.contains(&name.trim())).then_some(word)
        });
        after
            .filter(|word| word.ends_with('s') && !VERBS.contains(word))
            .collect()
    }

    /// Adds the keys of the texts with a plural after a number, unless they have both forms.
    fn find_plurals(key: &str, text: &Value, found: &mut Vec<String>) {
        match text {
            Value::String(text) if !plurals(text).is_empty() => {
                found.push(format!("{key}: {text}"));
            }
            Value::Object(forms) if forms.contains_key("singular") => {
                assert!(forms.contains_key("plural") && forms.len() == 2, "{key}");
            }
            Value::Object(texts) => {
                for (name, text) in texts {
                    find_plurals(&format!("{key}.{name}"), text, found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn a_text_with_a_number_before_a_plural_has_a_singular() {
        let texts = include_str!("../locales/en.json");
        let texts: Value = serde_json::from_str(texts).expect("JSON");
        let mut found = Vec::new();
        find_plurals("", &texts, &mut found);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_plural_after_a_number_is_found_and_a_verb_is_not() {
        assert_eq!(
            plurals("{{ done }} of {{ all }} objects applied"),
            ["objects"]
        );
        assert_eq!(plurals("{cluster} runs {count} pods"), ["pods"]);
    }
}
