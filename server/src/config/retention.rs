//! The options of `meshspan serve` for what the console keeps.

use clap::Args;
use console::{Limit, Retention};

/// How long drafts, jobs and lines of the audit log are kept, and how many.
#[derive(Args)]
pub(crate) struct Options {
    /// Days after their last change for which drafts are kept; the drafts of a mesh stay.
    #[arg(long, default_value_t = Retention::default().drafts.days, value_name = "DAYS")]
    draft_days: u32,
    /// Drafts that are kept at most.
    #[arg(long, default_value_t = Retention::default().drafts.count, value_name = "NUMBER")]
    draft_count: u32,
    /// Days for which jobs are kept; those that run, that can be resumed or that have a backup stay.
    #[arg(long, default_value_t = Retention::default().jobs.days, value_name = "DAYS")]
    job_days: u32,
    /// Jobs that are kept at most.
    #[arg(long, default_value_t = Retention::default().jobs.count, value_name = "NUMBER")]
    job_count: u32,
    /// Days for which lines of the audit log are kept.
    #[arg(long, default_value_t = Retention::default().audit.days, value_name = "DAYS")]
    audit_days: u32,
    /// Lines of the audit log that are kept at most.
    #[arg(long, default_value_t = Retention::default().audit.count, value_name = "NUMBER")]
    audit_count: u32,
}

impl Options {
    /// The settings of the console.
    pub(crate) fn settings(&self) -> Retention {
        let limit = |days, count| Limit { days, count };
        Retention {
            drafts: limit(self.draft_days, self.draft_count),
            jobs: limit(self.job_days, self.job_count),
            audit: limit(self.audit_days, self.audit_count),
        }
    }
}
