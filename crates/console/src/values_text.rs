//! The text of a release's values, as the operator wrote it: kept with the settings of the release when a revision is
//! deployed, and found again for the next one.
//!
//! A text is used only when it is the values of the revision: the record of Helm decides. Start at
//! [`Console::values_text`].

use crate::{
    Console, Error, connections::ClusterConnection, draft::Draft, jobs::StoredJob, mask,
    releases::key_of,
};
use chart::Values;
use release::{Event, Release, ReleaseKey, Saved, SettingsPart, ValuesText};
use serde_json::Value;
use wire::{
    Problem, ReleaseName, Revision,
    job::{JobNote, Subject},
    release::ReleaseRef,
    values_merge::ValuesOrigin,
};

/// The jobs among which the one that deployed a release is looked for.
const MAX_JOBS: u32 = 500;

impl Console {
    /// The values of a revision, and where their text comes from: the settings of the release, else a job of this
    /// console, else the record.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::NoCluster`] or [`Error::Release`].
    pub(crate) async fn values_text(
        &self,
        at: &ReleaseRef,
        release: &Release,
    ) -> Result<(String, ValuesOrigin), Error> {
        let connection = self.connections.get(&at.cluster)?;
        let key = key_of(at);
        let settings = release::settings(&connection.user, &key).await?;
        let stored = settings.and_then(|settings| settings.values);
        let revision = stored.as_ref().map(|stored| stored.revision);
        if let Some(stored) = stored.filter(|stored| is_of(stored, release)) {
            return Ok((stored.text, ValuesOrigin::Stored(Revision(release.version))));
        }
        if let Some(text) = self.job_text(at, release).await? {
            return Ok((text, ValuesOrigin::Job));
        }
        let stored = revision.map(Revision);
        Ok((text_of(&release.config), ValuesOrigin::Record { stored }))
    }

    /// The text with which a job of this console deployed the values of a revision.
    async fn job_text(&self, at: &ReleaseRef, release: &Release) -> Result<Option<String>, Error> {
        let (config, helm) = (release.config.clone(), release.helm);
        let found = self.job_draft(at, move |draft| {
            let values = Values::parse_documents(&draft.values, helm);
            values.is_ok_and(|values| values.to_json() == config)
        });
        Ok(found.await?.map(|draft| draft.values))
    }

    /// The draft that this console deployed last as a release; none when it deployed none.
    pub(crate) async fn last_draft(&self, at: &ReleaseRef) -> Result<Option<Draft>, Error> {
        self.job_draft(at, |_| true).await
    }

    /// The newest draft of a kind that this console deployed as a release.
    pub(crate) async fn job_draft(
        &self,
        at: &ReleaseRef,
        is_wanted: impl Fn(&Draft) -> bool + Send + 'static,
    ) -> Result<Option<Draft>, Error> {
        let subject = Subject::Release(at.clone());
        self.with_store(move |store| {
            for job in store.jobs(MAX_JOBS)? {
                if job.view.subject != subject {
                    continue;
                }
                // A request that cannot be read hides no earlier one.
                let draft = match store.job_request::<StoredJob>(&job.view.id) {
                    Ok(Some(StoredJob::Install(install))) => *install.draft,
                    Ok(Some(StoredJob::Upgrade(upgrade))) => *upgrade.draft,
                    _ => continue,
                };
                if is_wanted(&draft) {
                    return Ok(Some(draft));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Keeps the text of a revision that is deployed. Where that fails, the job says so, and its own request has the
    /// text.
    pub(crate) async fn keep_values_text(
        &self,
        connection: &ClusterConnection,
        key: &ReleaseKey,
        (text, revision): (&str, u32),
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) {
        let part = SettingsPart::Values { text, revision };
        let problem = match release::save_settings(&connection.user, key, part).await {
            Ok(Saved::Yes) => return,
            Ok(Saved::Refused(error)) => Problem::from(&Error::from(error)),
            Err(error) => Problem::from(&Error::from(error)),
        };
        on_event(Event::Note(not_kept(&key.release, problem)));
    }

    /// Keeps the text of the revision that a rollback deployed: that of the earlier one, where it is known.
    pub(crate) async fn keep_rolled_back_text(
        &self,
        (connection, at): (&ClusterConnection, &ReleaseRef),
        release: &Release,
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<(), Error> {
        let key = key_of(at);
        let settings = release::settings(&connection.user, &key).await?;
        let stored = settings.and_then(|settings| settings.values);
        let stored = stored.map(|stored| stored.text);
        let text = match stored.filter(|text| is_text_of(text, release)) {
            Some(text) => text,
            None => {
                let of_job = self.job_text(at, release).await?;
                of_job.unwrap_or_else(|| text_of(&release.config))
            }
        };
        let kept = self.keep_values_text(connection, &key, (&text, release.version), on_event);
        kept.await;
        Ok(())
    }
}

fn not_kept(release: &ReleaseName, problem: Problem) -> JobNote {
    JobNote::ValuesNotKept {
        release: release.clone(),
        problem,
    }
}

/// Whether a stored text is that of a revision.
fn is_of(stored: &ValuesText, release: &Release) -> bool {
    stored.revision == release.version && is_text_of(&stored.text, release)
}

/// Whether a text is the values of a release.
pub(crate) fn is_text_of(text: &str, release: &Release) -> bool {
    let values = Values::parse_documents(text, release.helm);
    values.is_ok_and(|values| values.to_json() == release.config)
}

/// Values as YAML; "" when there are none.
pub(crate) fn text_of(config: &Value) -> String {
    match config {
        Value::Object(map) if !map.is_empty() => mask::yaml(config),
        _ => String::new(),
    }
}
