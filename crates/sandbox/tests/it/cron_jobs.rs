//! CronJobs: Jobs at the times of a schedule.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Event;
use kube::Client;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use sandbox::{ClusterConfig, Sandbox, Timing};
use serde_json::{Value, json};

use crate::support::{client, object, wait_until};

/// A Sunday at midnight, in seconds since 1970; a multiple of five minutes.
const START: i64 = 1_772_323_200;

/// The CronJob `report` of a test, which is due every five minutes.
struct Report {
    cron_jobs: Api<CronJob>,
    jobs: Api<Job>,
    client: Client,
    seconds: &'static AtomicI64,
}

impl Report {
    async fn create(sandbox: &Sandbox, seconds: &'static AtomicI64, spec: Value) -> Self {
        let client = client(sandbox);
        let report = Self {
            cron_jobs: Api::default_namespaced(client.clone()),
            jobs: Api::default_namespaced(client.clone()),
            client,
            seconds,
        };
        let mut created = json!({
            "metadata": {"name": "report"},
            "spec": {
                "schedule": "*/5 * * * *",
                "jobTemplate": {"spec": {"template": {"spec": {
                    "restartPolicy": "Never", "containers": [{"name": "a", "image": "report:1"}],
                }}}},
            },
        });
        for (name, value) in spec.as_object().unwrap() {
            created["spec"][name] = value.clone();
        }
        let params = PostParams::default();
        report
            .cron_jobs
            .create(&params, &object(created))
            .await
            .unwrap();
        report
    }

    async fn patch(&self, spec: Value) {
        let patch = Patch::Merge(json!({"spec": spec}));
        let params = PatchParams::default();
        self.cron_jobs
            .patch("report", &params, &patch)
            .await
            .unwrap();
    }

    /// Moves the clock, and has the controller look at it.
    async fn pass(&self, minutes: i64) {
        let now = self.seconds.fetch_add(60 * minutes, Ordering::SeqCst);
        self.patch(json!({"jobTemplate": {"metadata": {"annotations": {"at": now.to_string()}}}}))
            .await;
    }

    /// The names of the Jobs, and whether each is complete.
    async fn jobs(&self) -> Vec<(String, bool)> {
        let jobs = self.jobs.list(&ListParams::default()).await.unwrap();
        jobs.into_iter()
            .map(|job| {
                let completed = job.status.unwrap_or_default().completion_time;
                (job.metadata.name.unwrap(), completed.is_some())
            })
            .collect()
    }

    async fn wait_for_jobs(&self, expected: &[(String, bool)]) {
        wait_until("the expected Jobs", || async {
            self.jobs().await == expected
        })
        .await;
    }

    async fn wait_for_event(&self, reason: &str, message: &str) {
        let events: Api<Event> = Api::default_namespaced(self.client.clone());
        let params = ListParams::default().fields(&format!("reason={reason}"));
        wait_until("an event", || async {
            let found = events.list(&params).await.unwrap();
            let mut messages = found.iter().map(|event| event.message.as_deref());
            messages.any(|found| found == Some(message))
        })
        .await;
    }
}

/// The Job that is due some minutes after the start.
fn job(minutes: i64, is_complete: bool) -> (String, bool) {
    (format!("report-{}", START / 60 + minutes), is_complete)
}

fn slow_jobs(clock: fn() -> Timestamp) -> ClusterConfig {
    ClusterConfig {
        clock,
        timing: Timing {
            job_duration: Duration::from_hours(1),
            ..Timing::default()
        },
        ..ClusterConfig::default()
    }
}

#[tokio::test]
async fn jobs_are_created_at_their_times_and_the_old_ones_deleted() {
    static SECONDS: AtomicI64 = AtomicI64::new(START);
    let clock = || Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).unwrap();
    let sandbox = Sandbox::with_config(ClusterConfig {
        clock,
        ..ClusterConfig::default()
    });
    let limit = json!({"successfulJobsHistoryLimit": 1});
    let report = Report::create(&sandbox, &SECONDS, limit).await;
    report.pass(6).await;
    report.wait_for_jobs(&[job(5, true)]).await;
    report
        .wait_for_event(
            "SuccessfulCreate",
            &format!("Created job {}", job(5, true).0),
        )
        .await;
    report.pass(5).await;
    report.wait_for_jobs(&[job(10, true)]).await;
    wait_until("the status", || async {
        let found = report.cron_jobs.get("report").await.unwrap();
        let status = found.status.unwrap();
        let scheduled = status.last_schedule_time.map(|time| time.0.as_second());
        let succeeded = status.last_successful_time.map(|time| time.0.as_second());
        status.active.is_none() && scheduled == Some(START + 600) && succeeded == Some(START + 660)
    })
    .await;
    let message = format!(
        "Saw completed job: {}, condition: Complete",
        job(10, true).0
    );
    report.wait_for_event("SawCompletedJob", &message).await;
}

#[tokio::test]
async fn a_suspended_schedule_catches_up_with_its_latest_time_only() {
    static SECONDS: AtomicI64 = AtomicI64::new(START);
    let clock = || Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).unwrap();
    let sandbox = Sandbox::with_config(slow_jobs(clock));
    let report = Report::create(&sandbox, &SECONDS, json!({"suspend": true})).await;
    report.pass(16).await;
    report.patch(json!({"suspend": false})).await;
    report.wait_for_jobs(&[job(15, false)]).await;
    report.pass(5).await;
    report
        .wait_for_jobs(&[job(15, false), job(20, false)])
        .await;
    let active = report
        .cron_jobs
        .get("report")
        .await
        .unwrap()
        .status
        .unwrap();
    assert_eq!(active.active.map(|jobs| jobs.len()), Some(2));
}

#[tokio::test]
async fn the_concurrency_policy_decides_about_a_job_that_still_runs() {
    static SECONDS: AtomicI64 = AtomicI64::new(START);
    let clock = || Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).unwrap();
    let sandbox = Sandbox::with_config(slow_jobs(clock));
    let policy = json!({"concurrencyPolicy": "Forbid"});
    let report = Report::create(&sandbox, &SECONDS, policy).await;
    report.pass(5).await;
    report.wait_for_jobs(&[job(5, false)]).await;
    report.pass(5).await;
    let message = "Not starting job because prior execution is running and concurrency policy is \
                   Forbid";
    report.wait_for_event("JobAlreadyActive", message).await;
    assert_eq!(report.jobs().await, [job(5, false)]);
    report.patch(json!({"concurrencyPolicy": "Replace"})).await;
    report.wait_for_jobs(&[job(10, false)]).await;
}
