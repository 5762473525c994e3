//! CronJobs: create Jobs at the times of their schedules, and delete the finished ones.
//!
//! Of several missed times only the latest one counts. Start at [`CONTROLLER`].

mod schedule;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::events::{EventRecord, record_event};
use super::keys::{self, BuiltInController};
use super::retry;
use crate::cluster::{Cluster, State, format_time};
use crate::object;
use crate::object_map::{Change, ObjectKey};
use schedule::Schedule;

const ID: &str = "cronjobs.batch";
const JOBS: &str = "jobs.batch";
const COMPONENT: &str = "cronjob-controller";

/// The annotation of a Job with the time for which it was created.
const SCHEDULED_TIME: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

pub(super) const CONTROLLER: BuiltInController = BuiltInController {
    name: "cronjob",
    kinds: &[ID],
    keys: concerned,
    reconcile: reconcile_key,
};

fn concerned(_: &State, change: &Change) -> Vec<ObjectKey> {
    keys::own_or_controller(ID, "CronJob", change)
}

fn reconcile_key(cluster: &Arc<Cluster>, state: &mut State, key: &ObjectKey) -> Option<Duration> {
    let cron_job = state.objects.get_key(key)?;
    reconcile(cluster, state, &cron_job)
}

fn reconcile(cluster: &Cluster, state: &mut State, cron_job: &Value) -> Option<Duration> {
    let jobs = state.controlled_by(cron_job, JOBS);
    let mut status = observe(cluster, state, cron_job, &jobs);
    delete_finished(cluster, state, cron_job, &jobs);
    let next_run = if object::is_terminating(cron_job) || cron_job["spec"]["suspend"] == true {
        None
    } else {
        schedule(cluster, state, cron_job, &mut status)
    };
    state.set_status(cluster, ID, cron_job, status);
    next_run
}

/// The type of the condition with which a Job ended.
fn outcome(job: &Value) -> Option<&str> {
    object::items(job, "/status/conditions")
        .filter(|condition| condition["status"] == "True")
        .filter_map(|condition| condition["type"].as_str())
        .find(|condition_type| matches!(*condition_type, "Complete" | "Failed"))
}

/// The status with the Jobs that still run, after an event for each Job that ended.
fn observe(cluster: &Cluster, state: &mut State, cron_job: &Value, jobs: &[Arc<Value>]) -> Value {
    let mut status = json!({});
    for time in ["lastScheduleTime", "lastSuccessfulTime"] {
        if let Some(known) = cron_job["status"].get(time) {
            status[time] = known.clone();
        }
    }
    let mut active = Vec::new();
    for job in jobs {
        let was_active = object::items(cron_job, "/status/active")
            .any(|reference| reference["uid"] == object::uid(job));
        let Some(outcome) = outcome(job) else {
            active.push(reference(job));
            continue;
        };
        let completed = &job["status"]["completionTime"];
        if completed.as_str() > status["lastSuccessfulTime"].as_str() {
            status["lastSuccessfulTime"] = completed.clone();
        }
        if was_active {
            let name = object::name(job);
            let message = format!("Saw completed job: {name}, condition: {outcome}");
            record(cluster, state, cron_job, "SawCompletedJob", message);
        }
    }
    if !active.is_empty() {
        status["active"] = json!(active);
    }
    status
}

fn record(cluster: &Cluster, state: &mut State, cron_job: &Value, reason: &str, message: String) {
    let event = EventRecord::normal(COMPONENT, reason, message);
    record_event(cluster, state, cron_job, &event);
}

/// The reference to a Job that runs.
fn reference(job: &Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "namespace": object::namespace(job),
        "name": object::name(job), "uid": object::uid(job),
        "resourceVersion": job["metadata"]["resourceVersion"],
    })
}

/// Deletes the oldest finished Jobs beyond the history limits.
fn delete_finished(cluster: &Cluster, state: &mut State, cron_job: &Value, jobs: &[Arc<Value>]) {
    for (wanted, limit) in [
        ("Complete", "/spec/successfulJobsHistoryLimit"),
        ("Failed", "/spec/failedJobsHistoryLimit"),
    ] {
        let Some(limit) = object::number(cron_job, limit) else {
            continue;
        };
        let finished = jobs.iter().filter(|job| outcome(job) == Some(wanted));
        let mut finished: Vec<&Arc<Value>> = finished.collect();
        finished.sort_by_key(|job| (object::text(job, "/status/startTime"), object::name(job)));
        let limit = usize::try_from(limit).unwrap_or(0);
        let excess = finished.len().saturating_sub(limit);
        for job in finished.into_iter().take(excess) {
            delete(cluster, state, cron_job, job);
        }
    }
}

fn delete(cluster: &Cluster, state: &mut State, cron_job: &Value, job: &Value) {
    if !object::is_terminating(job) {
        state.delete(JOBS, job);
        let message = format!("Deleted job {}", object::name(job));
        record(cluster, state, cron_job, "SuccessfulDelete", message);
    }
}

/// Creates the Job of the latest time that has come; returns the time until the next one.
fn schedule(
    cluster: &Cluster,
    state: &mut State,
    cron_job: &Value,
    status: &mut Value,
) -> Option<Duration> {
    let schedule = Schedule::read(cron_job)?;
    let now = state.time();
    let time = |value: &Value| {
        value
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok())
    };
    let deadline = object::number(cron_job, "/spec/startingDeadlineSeconds");
    let last = time(&status["lastScheduleTime"]);
    let mut earliest = last.or_else(|| time(&cron_job["metadata"]["creationTimestamp"]))?;
    if let Some(deadline) = deadline {
        earliest = earliest.max(now - SignedDuration::from_secs(deadline));
    }
    let is_done = match schedule.latest(earliest, now) {
        Some(due) if Some(due) != last => start(cluster, state, cron_job, due, status),
        _ => true,
    };
    if !is_done {
        return Some(retry::DELAY);
    }
    let wait = schedule.next(now)?.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or_default() + Duration::from_millis(100))
}

/// Creates the Job of a time, as the concurrency policy allows; `false` if that is to be retried.
fn start(
    cluster: &Cluster,
    state: &mut State,
    cron_job: &Value,
    due: Timestamp,
    status: &mut Value,
) -> bool {
    let active: Vec<Arc<Value>> = state
        .controlled_by(cron_job, JOBS)
        .into_iter()
        .filter(|job| outcome(job).is_none())
        .collect();
    match object::text(cron_job, "/spec/concurrencyPolicy") {
        "Forbid" if !active.is_empty() => {
            let message = "Not starting job because prior execution is running and concurrency \
                           policy is Forbid";
            record(cluster, state, cron_job, "JobAlreadyActive", message.into());
            return true;
        }
        "Replace" => {
            for job in &active {
                delete(cluster, state, cron_job, job);
            }
            status["active"] = json!([]);
        }
        _ => {}
    }
    if retry::is_delayed(state, cron_job) {
        return false;
    }
    let created = state.create(cluster, JOBS, job(cron_job, due));
    // A Job of this name already exists for the same time.
    let is_done = created
        .as_ref()
        .map_or_else(|error| error.code == 409, |_| true);
    retry::record(state, cron_job, is_done);
    match created {
        Ok(job) => {
            let message = format!("Created job {}", object::name(&job));
            record(cluster, state, cron_job, "SuccessfulCreate", message);
            let mut active: Vec<Value> = object::items(status, "/active").cloned().collect();
            active.push(reference(&job));
            status["active"] = json!(active);
        }
        Err(error) if !is_done => {
            let message = format!("Error creating job: {error}");
            let event = EventRecord::warning(COMPONENT, "FailedCreate", message);
            record_event(cluster, state, cron_job, &event);
            return false;
        }
        Err(_) => {}
    }
    status["lastScheduleTime"] = json!(format_time(due));
    true
}

/// The Job of a time; its name has the minutes since 1970.
fn job(cron_job: &Value, due: Timestamp) -> Value {
    let template = &cron_job["spec"]["jobTemplate"];
    let name = format!("{}-{}", object::name(cron_job), due.as_second() / 60);
    let mut annotations = template["metadata"]["annotations"].clone();
    annotations[SCHEDULED_TIME] = json!(format_time(due));
    let mut meta = json!({
        "name": name, "namespace": object::namespace(cron_job), "annotations": annotations,
        "ownerReferences": [object::controller_reference(cron_job)],
    });
    let labels = &template["metadata"]["labels"];
    if labels.is_object() {
        meta["labels"] = labels.clone();
    }
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": template["spec"]})
}
