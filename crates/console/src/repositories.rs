//! Repositories: their list, the connection test, adding, syncing and removing one.

use crate::{Action, Caller, Console, Error};
use catalog::{
    Address, Catalog, Credentials, IndexSummary, Kind, Listing, Probe, Provenance,
    RepositoryConfig, Stage, Transport,
};
use std::time::Duration;
use store::{Store, StoredRepository};
use wire::{
    Problem, Repository, Secret, Time,
    live::Topic,
    repository::{
        CredentialsRequest, CredentialsView, IndexSummaryView, ProbeView, RepositoryKind,
        RepositoryRequest, RepositoryView, StageCode, StageState, StageView,
    },
};

/// How long a page waits for repositories that are being synced.
pub(crate) const REPOSITORY_TIMEOUT: Duration = Duration::from_secs(4);

impl Console {
    /// All repositories.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn repositories(&self, caller: &Caller) -> Result<Vec<RepositoryView>, Error> {
        self.permitted(caller, Action::Read, async {
            let stored = self.with_store(Store::repositories).await?;
            let listings = self.catalog.listings(REPOSITORY_TIMEOUT).await;
            Ok(listings
                .iter()
                .map(|listing| view(listing, &stored))
                .collect())
        })
        .await
    }

    /// Tests the connection to a repository; nothing is stored.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::BadRepository`] or [`Error::NotPermitted`].
    pub async fn probe_repository(
        &self,
        caller: &Caller,
        request: RepositoryRequest,
    ) -> Result<ProbeView, Error> {
        self.permitted(caller, Action::WriteRepository, async {
            let definition = self.definition(&request)?;
            Ok(probe_view(self.catalog.probe(&definition).await))
        })
        .await
    }

    /// Adds a repository after a successful connection test.
    ///
    /// # Errors
    /// [`Error::BadName`], [`Error::BadRepository`], [`Error::RepositoryExists`], [`Error::Catalog`] with
    /// what was met on the way, [`Error::Store`].
    pub async fn add_repository(
        &self,
        caller: &Caller,
        request: RepositoryRequest,
    ) -> Result<Repository, Error> {
        let target = format!("add {}", request.name);
        self.audited(caller, Action::WriteRepository, &target, async {
            let definition = self.definition(&request)?;
            let name = definition.name.clone();
            if let Err((_, error)) = self.catalog.probe(&definition).await.outcome {
                return Err(error.into());
            }
            let (stored, now) = (stored(&definition, &request)?, self.now().as_second());
            let add = move |store: &Store| store.add_repository(&stored, now);
            if !self.with_store(add).await? {
                return Err(Error::RepositoryExists(name));
            }
            self.catalog.add(definition)?;
            let read = self.catalog.refresh(&name).await;
            self.changes.count(&[Topic::Repositories]);
            read?;
            Ok(name)
        })
        .await
    }

    /// Syncs a repository.
    ///
    /// # Errors
    /// [`Error::Catalog`] when there is none of that name, [`Error::NotPermitted`].
    pub async fn refresh_repository(
        &self,
        caller: &Caller,
        name: &Repository,
    ) -> Result<RepositoryView, Error> {
        self.permitted(caller, Action::Read, async {
            let listing = self.catalog.refresh(name).await?;
            self.changes.count(&[Topic::Repositories]);
            let stored = self.with_store(Store::repositories).await?;
            Ok(view(&listing, &stored))
        })
        .await
    }

    /// Removes a repository and its credentials. Releases of its charts stay.
    ///
    /// # Errors
    /// [`Error::Catalog`] when there is none of that name, [`Error::Store`].
    pub async fn remove_repository(&self, caller: &Caller, name: &Repository) -> Result<(), Error> {
        let target = format!("remove {name}");
        self.audited(caller, Action::WriteRepository, &target, async {
            let removed = name.clone();
            let remove = move |store: &Store| store.remove_repository(&removed);
            if !self.with_store(remove).await? {
                return Err(catalog::Error::NoRepository(name.clone()).into());
            }
            self.catalog.remove(name);
            self.changes.count(&[Topic::Repositories]);
            Ok(())
        })
        .await
    }

    /// What a request defines, when its name is free.
    fn definition(&self, request: &RepositoryRequest) -> Result<RepositoryConfig, Error> {
        let bad = |source| Error::BadName {
            kind: "repository",
            name: request.name.clone(),
            source,
        };
        let name = Repository::new(request.name.as_str()).map_err(bad)?;
        let taken = self
            .catalog
            .cached_listings()
            .iter()
            .any(|listing| listing.repository == name);
        if taken || [catalog::UPLOADED, catalog::ISTIO_CHARTS].contains(&name.as_str()) {
            return Err(Error::RepositoryExists(name));
        }
        defined(name, request)
    }
}

/// Adds every stored repository to the catalog.
pub(crate) fn restore_repositories(store: &Store, catalog: &Catalog) -> Result<(), Error> {
    for stored in store.repositories()? {
        let name = stored.name.clone();
        let taken = recalled(&stored).and_then(|definition| Ok(catalog.add(definition)?));
        // One that cannot be used any more must not keep the console from starting.
        if let Err(error) = taken {
            tracing::warn!(repository = %name, %error, "a repository was left out");
        }
    }
    Ok(())
}

fn defined(name: Repository, request: &RepositoryRequest) -> Result<RepositoryConfig, Error> {
    let transport = if request.plain {
        Transport::Plain
    } else {
        Transport::Tls
    };
    let login = match &request.credentials {
        CredentialsRequest::Anonymous => Credentials::Anonymous,
        CredentialsRequest::Password { user, password } => Credentials::Password {
            user: user.clone(),
            password: password.clone(),
        },
        CredentialsRequest::Token(token) => Credentials::Token(token.clone()),
    };
    let provenance = if request.provenance {
        Provenance::Required
    } else {
        Provenance::Optional
    };
    Ok(RepositoryConfig {
        name,
        address: Address::parse(&request.url, transport).map_err(Error::BadRepository)?,
        credentials: login,
        ca_bundle: request.ca_bundle.trim().to_owned(),
        provenance,
    })
}

/// What is kept of a definition.
fn stored(
    definition: &RepositoryConfig,
    request: &RepositoryRequest,
) -> Result<StoredRepository, Error> {
    let shape =
        |source| store::Error::malformed(format!("repository {}", definition.name), &source);
    let login = serde_json::to_string(&definition.credentials).map_err(shape)?;
    Ok(StoredRepository {
        name: definition.name.clone(),
        url: definition.address.display_url(),
        plain: request.plain,
        ca_bundle: definition.ca_bundle.clone(),
        provenance: request.provenance,
        credentials: Some(Secret::new(login)),
    })
}

fn recalled(stored: &StoredRepository) -> Result<RepositoryConfig, Error> {
    let request = RepositoryRequest {
        name: stored.name.to_string(),
        url: stored.url.clone(),
        credentials: CredentialsRequest::Anonymous,
        ca_bundle: stored.ca_bundle.clone(),
        plain: stored.plain,
        provenance: stored.provenance,
    };
    let login = login_of(stored)?;
    Ok(RepositoryConfig {
        credentials: login,
        ..defined(stored.name.clone(), &request)?
    })
}

/// The stored credentials; a repository whose credentials cannot be decrypted gets none, and says that it
/// requires some.
fn login_of(stored: &StoredRepository) -> Result<Credentials, Error> {
    let Some(login) = &stored.credentials else {
        tracing::warn!(repository = %stored.name, "the credentials of the repository cannot be decrypted");
        return Ok(Credentials::Anonymous);
    };
    let shape = |source| store::Error::malformed(format!("repository {}", stored.name), &source);
    Ok(serde_json::from_str(login.reveal()).map_err(shape)?)
}

fn view(listing: &Listing, stored: &[StoredRepository]) -> RepositoryView {
    let stored_repository = stored
        .iter()
        .find(|stored| stored.name == listing.repository);
    let login = match stored_repository.map(login_of) {
        Some(Ok(Credentials::Password { user, .. })) => CredentialsView::Password(user),
        Some(Ok(Credentials::Token(_))) => CredentialsView::Token,
        _ => CredentialsView::Anonymous,
    };
    let seen = listing.index.as_ref().map(|index| IndexSummary {
        charts: index.charts.len(),
        versions: index.versions(),
        skipped: index.skipped.clone(),
    });
    RepositoryView {
        name: listing.repository.clone(),
        kind: kind(listing.kind),
        url: listing.address.clone(),
        credentials: login,
        ca_bundle: stored_repository
            .is_some_and(|stored_repository| !stored_repository.ca_bundle.is_empty()),
        provenance: stored_repository.is_some_and(|stored_repository| stored_repository.provenance),
        seen: seen.map(seen_view),
        synced: listing.read.map(Time),
        problem: listing.problem.as_deref().map(Problem::from),
    }
}

pub(crate) fn kind(kind: Kind) -> RepositoryKind {
    match kind {
        Kind::BuiltIn => RepositoryKind::BuiltIn,
        Kind::Uploaded => RepositoryKind::Uploaded,
        Kind::Http => RepositoryKind::Http,
        Kind::Oci => RepositoryKind::Oci,
    }
}

fn seen_view(seen: IndexSummary) -> IndexSummaryView {
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    IndexSummaryView {
        charts: number(seen.charts),
        versions: number(seen.versions),
        skipped: seen.skipped.count,
        skipped_entries: seen.skipped.listed,
    }
}

fn probe_view(probe: Probe) -> ProbeView {
    let (seen, failed): (_, Option<(Stage, Problem)>) = match &probe.outcome {
        Ok(seen) => (Some(seen_view(seen.clone())), None),
        Err((stage, error)) => (None, Some((*stage, Problem::from(error)))),
    };
    // A stage that does not apply to every repository is shown when it is the one that failed.
    let mut stages = probe.stages;
    if let Some((stage, _)) = &failed
        && !stages.contains(stage)
    {
        stages.push(*stage);
        stages.sort_unstable();
    }
    let state = |stage: Stage| match &failed {
        Some((failed, _)) if stage == *failed => StageState::Failed,
        Some((failed, _)) if stage > *failed => StageState::NotReached,
        _ => StageState::Passed,
    };
    ProbeView {
        stages: stages
            .into_iter()
            .map(|stage| StageView {
                stage: code(stage),
                state: state(stage),
            })
            .collect(),
        seen,
        problem: failed.map(|(_, problem)| problem),
    }
}

fn code(stage: Stage) -> StageCode {
    match stage {
        Stage::NameResolution => StageCode::NameResolution,
        Stage::Connection => StageCode::Connection,
        Stage::Certificate => StageCode::Certificate,
        Stage::Response => StageCode::Response,
        Stage::Credentials => StageCode::Credentials,
        Stage::Index => StageCode::Index,
    }
}
