//! Every word of the console, by its key in `locales/`; and how problems and checks are worded.

mod check;
pub mod doctor;
mod duration;
mod job;
mod mesh;
mod problem;

pub(crate) use check::{check_hint, check_summary, check_title, stage_progress};
pub(crate) use duration::{age, took};
pub(crate) use job::{phase_note, phase_title};
pub(crate) use mesh::{missing_address, plan_note, verdict_line};
pub(crate) use problem::{hint, sentence};

/// A text of the catalogue: `say!(frame.overview)`, `say!(job.waiting, seconds = 42)`.
macro_rules! say {
    ($($key:tt)*) => {
        leptos_i18n::td_string!($crate::i18n::Locale::default(), $($key)*).to_string()
    };
}
pub(crate) use say;
