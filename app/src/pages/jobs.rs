//! The pages of jobs: the list, and one job.

mod backup;
pub(crate) mod detail;
mod hook_logs;
pub(crate) mod list;
mod outcome;
mod progress;
mod reasons;
pub(crate) mod resume;
pub(crate) mod timeline;
