//! The texts of the console by their keys in `locales/`, and the wording of problems and checks.
//!
//! [`t!`](t) reads one text, [`count!`](count) the singular or plural of one. Texts that depend on a type have
//! a function in a file of their own.

mod check;
pub mod doctor;
mod duration;
mod job;
mod mesh;
mod problem;
mod totals;

pub(crate) use check::{check_hint, check_summary, check_title, stage_progress};
pub(crate) use duration::{age, duration};
pub(crate) use job::{phase_note, phase_title};
pub(crate) use mesh::{missing_address, plan_note, verification_message};
pub(crate) use problem::{hint, sentence};
pub(crate) use totals::check_totals;

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
