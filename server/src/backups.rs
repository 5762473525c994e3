//! Backup downloads: the backup that a cleanup job stored, and a new backup of a cluster.

use crate::problem;
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use console::{Caller, Console, Error};
use wire::{ClusterName, JobId, MeshName, Problem};

/// The extension of backup files.
const EXTENSION: &str = ".yaml";

/// `/backups/{job}.yaml`: the backup that a job stored before its first deletion.
pub(crate) async fn job_backup(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let job = file
        .strip_suffix(EXTENSION)
        .and_then(|name| JobId::new(name).ok());
    match job {
        Some(job) if is_same_origin(&headers) => {
            download(console.job_backup(&caller, &job).await, &file)
        }
        Some(_) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `/backups/{mesh}/{cluster}.yaml`: a new backup of a cluster of a mesh.
pub(crate) async fn cluster_backup(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    Path((mesh, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let cluster = file
        .strip_suffix(EXTENSION)
        .and_then(|name| ClusterName::new(name).ok());
    match MeshName::new(mesh).ok().zip(cluster) {
        Some((mesh, cluster)) if is_same_origin(&headers) => {
            let text = console.backup_cluster(&caller, &mesh, &cluster).await;
            download(text, &format!("{mesh}-{file}"))
        }
        Some(_) => StatusCode::FORBIDDEN.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the request comes from a page of this console or from the address bar. Every download
/// writes a line to the audit log, so that another site must not trigger one.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_none_or(|site| site == "same-origin" || site == "none")
}

fn download(text: Result<String, Error>, file: &str) -> Response {
    match text {
        Ok(text) => {
            let disposition = format!("attachment; filename=\"{file}\"");
            let headers = [
                (
                    header::CONTENT_TYPE,
                    "application/yaml; charset=utf-8".to_owned(),
                ),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, text).into_response()
        }
        Err(error) => {
            let status = problem::status(Problem::from(&error).code);
            (status, error.to_string()).into_response()
        }
    }
}
