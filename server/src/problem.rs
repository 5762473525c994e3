//! The HTTP response to a problem: its status, by which monitoring tells problems apart, and the problem
//! itself as JSON, which a page words.
//!
//! [`status`] is the only table of statuses; docs/monitoring.md lists it for operators.

use app::AppError;
use axum::{
    Json,
    body::{Body, to_bytes},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use wire::{Code, Problem};

/// The maximum size of the response of a server function that failed.
const MAX_ERROR_BYTES: usize = 1 << 20;

/// The status of a problem. 4xx: the request has to change. 500 and 503: the console has a fault. 502 and
/// 504: a cluster or a repository answered with an error, or did not answer in time.
#[rustfmt::skip]
pub(crate) fn status(code: Code) -> StatusCode {
    match code {
        Code::BadRequest | Code::NotConfirmed => StatusCode::BAD_REQUEST,
        Code::NotLoggedIn => StatusCode::UNAUTHORIZED,
        Code::NotPermitted => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NoRelease | Code::NoRevision => StatusCode::NOT_FOUND,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::BadName | Code::BadKubeconfig | Code::BadRange | Code::AddressRefused
        | Code::BadYaml | Code::BadValues | Code::RenderFailed | Code::ChartTooLarge
        | Code::Refused | Code::ReleaseTooLarge | Code::BackupTooLarge | Code::BadRepository
        | Code::CredentialsWithheld | Code::NotARepository | Code::DigestDiffers
        | Code::BadArchive | Code::ProvenanceMismatch | Code::NoDependency | Code::KindNotServed
        | Code::InvalidField | Code::DuplicateObject | Code::LockOutOfSync | Code::UnknownIstio | Code::NoIstioCharts | Code::BadMesh | Code::MeshWarnings
        | Code::WithoutToken | Code::ForeignReader
        | Code::SameCluster | Code::OwnName | Code::OtherCluster | Code::OtherGeneration => StatusCode::UNPROCESSABLE_ENTITY,
        Code::ClusterExists | Code::ReleaseExists | Code::RepositoryExists | Code::UploadExists
        | Code::MeshExists
        | Code::TooManyPinned
        | Code::NoPrometheus
        | Code::NoIstioMetrics
        | Code::NameTaken
        | Code::OwnedByOther
        | Code::FieldOwned
        | Code::Undecided
        | Code::Busy
        | Code::NamespaceTerminating
        | Code::NamespaceNotEmpty
        | Code::ReleaseUnfinished
        | Code::Interrupted
        | Code::Cancelled
        | Code::ChartChanged
        | Code::ObjectChanged
        | Code::DraftChanged
        | Code::ReleaseChanged
        | Code::ReleaseNotPending
        | Code::LeaseHeld
        | Code::LeaseLost
        | Code::OtherChart
        | Code::ValuesConflicts
        | Code::TargetFixed
        | Code::PlanChanged
        | Code::NoReview
        | Code::ReviewAgain
        | Code::ChecksFailed
        | Code::NotResumable
        | Code::StepNotDue
        | Code::StepNotUndone
        | Code::NotJoined
        | Code::JoinedTwice
        | Code::JoinUnproven
        | Code::NotAdopted
        | Code::NoEarlierToken
        | Code::NoAddress
        | Code::ExposedAddress
        | Code::HostUnresolved
        | Code::ClusterInMesh
        | Code::ClusterInUse
        | Code::UnusableCluster => StatusCode::CONFLICT,
        Code::Unauthorized
        | Code::Forbidden
        | Code::ResponseTooLarge
        | Code::ObjectMalformed
        | Code::CrdUnreadable
        | Code::TokenRejected
        | Code::UntrustedCertificate
        | Code::RepositoryUntrusted
        | Code::RepositoryCredentials
        | Code::RepositoryStatus
        | Code::PrometheusFailed
        | Code::CrossOriginRedirect => StatusCode::BAD_GATEWAY,
        Code::Unreachable | Code::RepositoryUnreachable | Code::NotReady
        | Code::NoToken
        | Code::NotSynced
        | Code::EndpointsMissing
        | Code::DeletionStuck => StatusCode::GATEWAY_TIMEOUT,
        Code::Storage | Code::Offline | Code::ChartsBusy => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The response to a problem.
pub(crate) fn response(problem: Problem) -> Response {
    (status(problem.code), Json(AppError(problem))).into_response()
}

/// Gives the response of a server function the status of its problem; the library answers every error
/// with 500.
pub(crate) async fn with_status(response: Response) -> Response {
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_ERROR_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(AppError(problem)) = serde_json::from_slice(&body) {
        parts.status = status(problem.code);
    }
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fmt::Write as _};

    /// Every code, by the names in the error of serde for an unknown one.
    fn codes() -> BTreeSet<Code> {
        let error = serde_json::from_str::<Code>("\"\"").expect_err("no code");
        let text = error.to_string();
        let names = text.split('`').skip(3).step_by(2);
        let code = |name| serde_json::from_str(&format!("{name:?}")).expect(name);
        names.map(code).collect()
    }

    #[test]
    fn the_status_of_every_code_is_documented() {
        let codes = codes();
        assert!(codes.len() > 70, "{} codes", codes.len());
        assert!(codes.contains(&Code::NotLoggedIn) && codes.contains(&Code::Internal));
        let mut table = String::new();
        for code in codes {
            let name = serde_json::to_string(&code).expect("JSON");
            let (name, status) = (name.trim_matches('"'), status(code).as_u16());
            writeln!(table, "| `{name}` | {status} |").expect("written");
        }
        let documented = include_str!("../../docs/monitoring.md");
        assert!(
            documented.contains(&table),
            "docs/monitoring.md lists:\n{table}"
        );
    }

    #[tokio::test]
    async fn a_response_that_is_no_problem_of_a_server_function_keeps_its_status() {
        let other = (StatusCode::IM_A_TEAPOT, r#"{"code":"internal"}"#).into_response();
        assert_eq!(with_status(other).await.status(), StatusCode::IM_A_TEAPOT);
    }
}
