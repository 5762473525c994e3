//! Backups as files: the one that a job kept, and what would be saved of a cluster now.

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use console::{Caller, Console, Error};
use wire::{ClusterName, Code, JobId, MeshName, Problem};

/// How the files' names end.
const ENDING: &str = ".yaml";

/// `/backups/{job}.yaml`: what a job saved before it deleted anything.
pub(crate) async fn kept(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let job = file
        .strip_suffix(ENDING)
        .and_then(|name| JobId::new(name).ok());
    match job {
        Some(job) if ours(&headers) => given(console.job_backup(&caller, &job).await, &file),
        Some(_) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `/backups/{mesh}/{cluster}.yaml`: what would be saved of a mesh's cluster now.
pub(crate) async fn fresh(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path((mesh, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let cluster = file
        .strip_suffix(ENDING)
        .and_then(|name| ClusterName::new(name).ok());
    match MeshName::new(mesh).ok().zip(cluster) {
        Some((mesh, cluster)) if ours(&headers) => {
            let text = Box::pin(console.backup_cluster(&caller, &mesh, &cluster)).await;
            given(text, &format!("{mesh}-{file}"))
        }
        Some(_) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether our own page asks, or a person by the address: each answer leaves a line in the audit.
fn ours(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_none_or(|site| site == "same-origin" || site == "none")
}

fn given(text: Result<String, Error>, file: &str) -> Response {
    match text {
        Ok(text) => {
            let kept = format!("attachment; filename=\"{file}\"");
            let headers = [
                (
                    header::CONTENT_TYPE,
                    "application/yaml; charset=utf-8".to_owned(),
                ),
                (header::CONTENT_DISPOSITION, kept),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, text).into_response()
        }
        Err(error) => {
            let status = match Problem::from(&error).code {
                Code::NotFound | Code::StepNotDue => StatusCode::NOT_FOUND,
                Code::NotPermitted => StatusCode::FORBIDDEN,
                Code::Storage | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::CONFLICT,
            };
            (status, error.to_string()).into_response()
        }
    }
}
