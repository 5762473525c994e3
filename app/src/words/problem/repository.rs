//! The wording of the problems of repositories, archives and their charts.

use crate::words::t;
use wire::{Code, Problem};

/// The sentence for a problem with a repository.
pub(super) fn sentence(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    let url = || arg("url");
    match problem.code {
        Code::RepositoryExists => t!(problem.repository_exists, repository = arg("repository")),
        Code::BadRepository => t!(problem.bad_repository, reason = arg("reason")),
        Code::RepositoryUnreachable => t!(problem.repository_unreachable, url = url()),
        Code::RepositoryUntrusted => t!(problem.repository_untrusted, url = url()),
        Code::RepositoryCredentials if problem.arg("sent").is_empty() => {
            t!(problem.repository_credentials_required, url = url())
        }
        Code::RepositoryCredentials => t!(problem.repository_credentials_rejected, url = url()),
        Code::CredentialsWithheld => t!(problem.credentials_withheld, reason = arg("reason")),
        Code::RepositoryStatus => {
            t!(
                problem.repository_status,
                url = url(),
                status = arg("status")
            )
        }
        Code::NotARepository => t!(problem.not_a_repository, url = url()),
        Code::CrossOriginRedirect => t!(problem.cross_origin_redirect, url = url(), to = arg("to")),
        Code::TooLarge => t!(problem.too_large, file = url(), max = mebibytes(problem)),
        Code::DigestDiffers => t!(problem.digest_differs, file = arg("file")),
        Code::BadArchive => t!(problem.bad_archive, file = arg("file")),
        Code::ProvenanceMismatch => t!(problem.provenance_mismatch, chart = arg("chart")),
        Code::NoDependency => t!(
            problem.no_dependency,
            chart = arg("chart"),
            dependency = arg("dependency")
        ),
        Code::LockOutOfSync => t!(problem.lock_out_of_sync, chart = arg("chart")),
        Code::UnknownIstio => t!(
            problem.unknown_istio,
            version = arg("version"),
            known = arg("known")
        ),
        Code::NoIstioCharts => t!(problem.no_istio_charts, version = arg("version")),
        Code::UploadExists => t!(problem.upload_exists, chart = arg("chart")),
        Code::ChartChanged => t!(problem.chart_changed, chart = arg("chart")),
        _ => t!(problem.internal),
    }
}

fn mebibytes(problem: &Problem) -> String {
    (super::number(problem, "max") >> 20).to_string()
}

/// The hint of a problem with a repository.
pub(super) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::RepositoryExists => t!(hint.repository_exists),
        Code::BadRepository => t!(hint.bad_repository),
        Code::RepositoryUnreachable => t!(hint.repository_unreachable),
        Code::RepositoryUntrusted => t!(hint.repository_untrusted),
        Code::RepositoryCredentials if problem.arg("sent").is_empty() => {
            t!(hint.repository_credentials_required)
        }
        Code::RepositoryCredentials => t!(hint.repository_credentials_rejected),
        Code::CredentialsWithheld => t!(hint.credentials_withheld),
        Code::RepositoryStatus => t!(hint.repository_status),
        Code::NotARepository => t!(hint.not_a_repository),
        Code::CrossOriginRedirect => t!(hint.cross_origin_redirect),
        Code::TooLarge => t!(hint.too_large),
        Code::DigestDiffers => t!(hint.digest_differs),
        Code::BadArchive => t!(hint.bad_archive),
        Code::ProvenanceMismatch => t!(hint.provenance_mismatch),
        Code::NoDependency => t!(hint.no_dependency),
        Code::LockOutOfSync => t!(hint.lock_out_of_sync),
        Code::UnknownIstio => t!(hint.unknown_istio),
        Code::NoIstioCharts => t!(
            hint.no_istio_charts,
            files = problem.arg("files").to_owned()
        ),
        Code::UploadExists => t!(hint.upload_exists),
        Code::ChartChanged => t!(hint.chart_changed),
        _ => return None,
    })
}
