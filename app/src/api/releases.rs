//! Releases.

use super::json::Json;
use crate::AppError;
use leptos::prelude::*;
use wire::{
    ClusterName, JobId, ReviewId, Revision,
    comparison::RevisionComparison,
    decision::Decisions,
    mark_failed::MarkFailedView,
    object::{LogRequest, LogView, ObjectRequest, ObjectView},
    release::{
        NamespaceRow, ReleaseListView, ReleaseRef, ReleaseView, ReleasesRequest, RevokeRequest,
        UninstallView,
    },
    rollback::RollbackView,
    test_run::TestView,
    upgrade::UpgradeChoicesView,
};

type ApiResult<T> = Result<T, AppError>;

/// A window of the releases of all clusters.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "release_list")]
pub async fn release_list(request: ReleasesRequest) -> ApiResult<ReleaseListView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.release_list(&caller, &request).await)
}

/// The namespaces of a cluster in which there are releases.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "release_namespaces")]
pub async fn release_namespaces(cluster: ClusterName) -> ApiResult<Vec<NamespaceRow>> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.release_namespaces(&caller, &cluster).await)
}

/// The page of a release.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "release")]
pub async fn release(at: ReleaseRef) -> ApiResult<ReleaseView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.release(&caller, &at).await)
}

/// The charts that a release can be upgraded to.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "upgrade_choices")]
pub async fn upgrade_choices(at: ReleaseRef) -> ApiResult<UpgradeChoicesView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.upgrade_choices(&caller, &at).await)
}

/// What differs between two revisions of a release.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "compare_revisions")]
pub async fn compare_revisions(
    at: ReleaseRef,
    before: Revision,
    after: Revision,
) -> ApiResult<RevisionComparison> {
    let (console, caller) = crate::ssr::backend()?;
    let compared = console.compare_revisions(&caller, &at, (before, after));
    crate::ssr::shown(compared.await)
}

/// The plan of a rollback.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "plan_rollback")]
pub async fn plan_rollback(
    at: ReleaseRef,
    revision: Revision,
    decisions: Decisions,
) -> ApiResult<RollbackView> {
    let (console, caller) = crate::ssr::backend()?;
    let planned = console.plan_rollback(&caller, &at, revision, decisions);
    crate::ssr::shown(planned.await)
}

/// Revokes the decision to leave a field to another manager.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "revoke_left_field")]
pub async fn revoke_left_field(request: RevokeRequest) -> ApiResult<()> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.revoke_left_field(&caller, request).await)
}

/// The plan of the tests of a release.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "plan_test")]
pub async fn plan_test(at: ReleaseRef) -> ApiResult<TestView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_test(&caller, &at).await)
}

/// A revision that an interrupted operation left pending.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "plan_mark_failed")]
pub async fn plan_mark_failed(at: ReleaseRef) -> ApiResult<MarkFailedView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_mark_failed(&caller, &at).await)
}

/// The plan of an uninstallation.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "plan_uninstall")]
pub async fn plan_uninstall(at: ReleaseRef) -> ApiResult<UninstallView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.plan_uninstall(&caller, &at).await)
}

/// Starts the uninstallation that was shown; it is confirmed with the name of the release. The named CRDs are deleted
/// after a backup.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "uninstall")]
pub async fn uninstall(
    review: ReviewId,
    crds: Vec<String>,
    typed: Option<String>,
) -> ApiResult<JobId> {
    let (console, caller) = crate::ssr::backend()?;
    let shown = (&review, typed.as_deref());
    crate::ssr::shown(console.start_uninstall(&caller, shown, crds).await)
}

/// One object of a release, live.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "object")]
pub async fn object(request: ObjectRequest) -> ApiResult<ObjectView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.object(&caller, &request).await)
}

/// The last lines of the log of a container.
///
/// # Errors
/// The problem of the use case.
#[server(input = Json, output = Json, endpoint = "container_log")]
pub async fn container_log(request: LogRequest) -> ApiResult<LogView> {
    let (console, caller) = crate::ssr::backend()?;
    crate::ssr::shown(console.container_log(&caller, &request).await)
}
