//! The logs of the hooks of a job: stored with the job, encrypted, without the secrets of its release.
//!
//! A log may contain other secrets, so that reading it takes a permission of its own, and has a line in the audit.

use super::run::JobRun;
use crate::{
    Action, Caller, Console, Error, log_text::log_text, objects::without_colours, releases::key_of,
    secrets::Secrets,
};
use tokio::sync::mpsc;
use wire::{
    JobId,
    job::{HookLog, Subject},
    release::ReleaseRef,
};

/// The number of logs that are stored with a job, the first ones.
const MAX_LOGS: usize = 32;
/// The size of a log that is stored, in bytes: the last lines.
const MAX_BYTES: usize = 64 << 10;

impl Console {
    /// The logs of the hooks of a job, in the order in which the hooks ended.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn job_logs(&self, caller: &Caller, job: &JobId) -> Result<Vec<HookLog>, Error> {
        let target = format!("logs of the hooks of job {job}");
        self.audited(caller, Action::ReadLogs, &target, async {
            let job = job.clone();
            self.with_store(move |store| store.job_logs(&job)).await
        })
        .await
    }

    /// The secrets of the releases of a subject.
    async fn secrets_of_subject(&self, subject: &Subject) -> Result<Vec<Secrets>, Error> {
        let releases: Vec<ReleaseRef> = match subject {
            Subject::Release(at) => vec![at.clone()],
            Subject::Bundle(bundle) => {
                let releases = bundle.releases.iter();
                releases.map(|release| bundle.release(release)).collect()
            }
            Subject::Member(_) | Subject::Cluster(_) => Vec::new(),
        };
        let connection = self.connections.get(subject.cluster())?;
        let mut secrets = Vec::new();
        for at in &releases {
            match release::latest(&connection.user, &key_of(at)).await {
                Ok(release) => secrets.push(self.secrets_of(at, &release).await?),
                Err(release::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(secrets)
    }
}

impl JobRun {
    /// Stores the logs of hooks as they come, until the job ends.
    pub(super) async fn store_logs(&self, mut logs: mpsc::UnboundedReceiver<HookLog>) {
        let subject = self.progress.lock().view().subject;
        let mut stored: Vec<HookLog> = Vec::new();
        while let Some(log) = logs.recv().await {
            if stored.len() >= MAX_LOGS {
                continue;
            }
            let secrets = self.console.secrets_of_subject(&subject).await;
            stored.push(storable(log, secrets));
            let (job, all) = (self.id.clone(), stored.clone());
            let saved = self
                .console
                .with_store(move |store| store.save_job_logs(&job, &all));
            match saved.await {
                Ok(()) => {
                    let number = u32::try_from(stored.len()).unwrap_or(u32::MAX);
                    self.update(|progress| progress.logs_stored(number));
                }
                Err(error) => {
                    let chain = log_text(&error);
                    tracing::warn!(job = %self.id, chain, "the log of a hook could not be stored");
                }
            }
        }
    }
}

/// A log without colours and secrets; only the reason when the secrets are not known.
fn storable(log: HookLog, secrets: Result<Vec<Secrets>, Error>) -> HookLog {
    let secrets = secrets.map_err(|error| log_text(&error));
    let masked = |text: &str, secrets: &[Secrets]| {
        let plain = without_colours(text);
        let masked = secrets.iter().fold(plain, |text, all| all.out_of(&text));
        last_lines(&masked).to_owned()
    };
    let text = match (log.text, secrets) {
        (Ok(text), Ok(secrets)) => Ok(masked(&text, &secrets)),
        (Ok(_), Err(reason)) => Err(format!(
            "the secrets of the release, which are masked in it, could not be read: {reason}"
        )),
        (Err(reason), _) => Err(reason),
    };
    HookLog {
        is_cut: log.is_cut || text.as_ref().is_ok_and(|text| text.len() >= MAX_BYTES),
        text,
        ..log
    }
}

/// The last lines of a text, of at most [`MAX_BYTES`].
fn last_lines(text: &str) -> &str {
    let start = text.len().saturating_sub(MAX_BYTES);
    if start == 0 {
        return text;
    }
    let start = text.ceil_char_boundary(start);
    let tail = text.get(start..).unwrap_or_default();
    tail.split_once('\n').map_or(tail, |(_, lines)| lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> HookLog {
        HookLog {
            hook: cluster::Kind::new("v1", "Pod").object(Some("shop"), "test"),
            pod: "test".into(),
            container: "main".into(),
            text: Ok(text.to_owned()),
            is_cut: false,
        }
    }

    #[test]
    fn a_log_is_stored_without_colours_and_with_its_last_lines() {
        let stored = storable(log("\u{1b}[31mred\u{1b}[0m\n"), Ok(Vec::new()));
        assert_eq!((stored.text, stored.is_cut), (Ok("red\n".into()), false));
        let long = "a line of the log\n".repeat(10_000);
        let stored = storable(log(&long), Ok(Vec::new()));
        let text = stored.text.expect("a text");
        assert!(text.len() <= MAX_BYTES && text.starts_with("a line") && long.ends_with(&text));
    }

    #[test]
    fn a_log_whose_secrets_are_not_known_is_not_stored() {
        let unknown = Error::NoCluster("east".into());
        let stored = storable(log("password"), Err(unknown));
        let reason = stored.text.expect_err("a reason");
        assert!(
            reason.contains("secrets") && !reason.contains("password"),
            "{reason}"
        );
    }
}
