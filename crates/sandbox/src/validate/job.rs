//! Jobs and CronJobs.
//!
//! Start at [`check_job`], [`check_cron_job`] and [`check_job_change`].

use serde_json::{Value, json};

use super::{pod, schedule};
use crate::object;
use crate::problems::Problems;

/// Checks a Job.
pub(super) fn check_job(object: &Value, problems: &mut Problems) {
    check_spec(&object["spec"], "spec", problems);
}

fn check_spec(spec: &Value, field: &str, problems: &mut Problems) {
    problems.non_negative(
        spec,
        field,
        &[
            "parallelism",
            "completions",
            "activeDeadlineSeconds",
            "backoffLimit",
            "ttlSecondsAfterFinished",
        ],
    );
    pod::check_template(&spec["template"], &format!("{field}.template"), problems);
    let policy = object::text(spec, "/template/spec/restartPolicy");
    if matches!(policy, "" | "Always") {
        let field = format!("{field}.template.spec.restartPolicy");
        problems.required(&field, "valid values: \"OnFailure\", \"Never\"");
    }
}

/// Checks a change of a Job.
pub(super) fn check_job_change(old: &Value, new: &Value, problems: &mut Problems) {
    if object::text(new, "/spec/completionMode") != "Indexed" {
        problems.immutable(old, new, "/spec/completions");
    }
    for pointer in ["/spec/selector", "/spec/template", "/spec/completionMode"] {
        problems.immutable(old, new, pointer);
    }
}

/// Checks a CronJob.
pub(super) fn check_cron_job(object: &Value, problems: &mut Problems) {
    let spec = &object["spec"];
    let schedule = object::text(spec, "/schedule");
    if schedule.is_empty() {
        problems.required("spec.schedule", "");
    } else if schedule.contains("TZ=") {
        let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        problems.invalid("spec.schedule", &json!(schedule), detail);
    } else if let Err(message) = schedule::check(schedule) {
        problems.invalid("spec.schedule", &json!(schedule), &message);
    }
    if let Some(zone) = spec["timeZone"].as_str()
        && !is_time_zone(zone)
    {
        let detail = format!("unknown time zone {zone}");
        problems.invalid("spec.timeZone", &json!(zone), &detail);
    }
    problems.one_of(
        "spec.concurrencyPolicy",
        object::text(spec, "/concurrencyPolicy"),
        &["Allow", "Forbid", "Replace"],
    );
    problems.non_negative(
        spec,
        "spec",
        &[
            "startingDeadlineSeconds",
            "successfulJobsHistoryLimit",
            "failedJobsHistoryLimit",
        ],
    );
    check_spec(
        &spec["jobTemplate"]["spec"],
        "spec.jobTemplate.spec",
        problems,
    );
}

/// Whether a text may be the name of a time zone: the names of the areas are known, those of the
/// places in them are not.
fn is_time_zone(name: &str) -> bool {
    const AREAS: [&str; 12] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Etc",
        "Europe",
        "Indian",
        "Pacific",
        "US",
    ];
    match name.split_once('/') {
        Some((area, place)) => AREAS.contains(&area) && !place.is_empty(),
        None => !name.is_empty() && name != "Local" && name.bytes().all(is_zone_letter),
    }
}

fn is_zone_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'_')
}
