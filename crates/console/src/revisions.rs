//! What differs between two revisions of a release: objects, values and notes. Secrets are masked.

use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, diff, mask, releases::key_of,
    secrets::Secrets,
};
use release::Release;
use serde_json::Value;
use wire::{
    Revision,
    comparison::{Comparison, RevisionComparison},
    install::DiffLine,
    release::ReleaseRef,
};

impl Console {
    /// Compares two revisions of a release.
    ///
    /// # Errors
    /// [`Error::Release`] when its history does not have one of them, [`Error::NoCluster`] or
    /// [`Error::NotPermitted`].
    pub async fn compare_revisions(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
        (before, after): (Revision, Revision),
    ) -> Result<RevisionComparison, Error> {
        self.permitted(caller, Action::Read, async {
            let ClusterConnection { user, .. } = self.connections.get(&at.cluster)?;
            let history = release::history(&user, &key_of(at)).await?;
            let find = |revision: Revision| {
                let mut all = history.iter();
                let found = all.find(|release| release.version == revision.0);
                found.ok_or_else(|| {
                    Error::Release(release::Error::NoRevision {
                        release: at.release.clone(),
                        revision: revision.0,
                    })
                })
            };
            let (before, after) = (find(before)?, find(after)?);
            let secrets = [
                self.secrets_of(at, before).await?,
                self.secrets_of(at, after).await?,
            ];
            let objects = release::compare(&objects(before)?, &objects(after)?);
            Ok(RevisionComparison {
                before: before.row(),
                after: after.row(),
                objects: masked(objects, &secrets),
                values: values(before, after, &secrets),
                notes: notes(before, after, &secrets),
            })
        })
        .await
    }
}

/// The objects of a manifest.
fn objects(release: &Release) -> Result<Vec<Value>, Error> {
    Ok(release::manifest_values(release)?)
}

/// A comparison without the secrets of both revisions.
fn masked(mut comparison: Comparison, secrets: &[Secrets; 2]) -> Comparison {
    let objects = comparison.objects.iter_mut();
    for field in objects.flat_map(|object| &mut object.fields) {
        for text in [&mut field.before, &mut field.after].into_iter().flatten() {
            *text = without(text, secrets);
        }
    }
    comparison
}

fn without(text: &str, secrets: &[Secrets; 2]) -> String {
    let masked = |text: String, secrets: &Secrets| secrets.out_of(&text);
    secrets.iter().fold(text.to_owned(), masked)
}

/// The values of the operator in both revisions.
fn values(
    before: &Release,
    after: &Release,
    [of_before, of_after]: &[Secrets; 2],
) -> Vec<DiffLine> {
    let text = |release: &Release, secrets: &Secrets| match &release.config {
        Value::Null => String::new(),
        config => mask::yaml(&secrets.masked(config)),
    };
    diff::changes(&text(before, of_before), &text(after, of_after))
}

fn notes(before: &Release, after: &Release, secrets: &[Secrets; 2]) -> Vec<DiffLine> {
    let text = |release: &Release| without(&release.info.notes, secrets);
    diff::changes(&text(before), &text(after))
}
