//! What is wrong with a repository, an archive or a chart of one.

use crate::words::say;
use wire::{Code, Problem};

/// The sentence for a problem with a repository.
pub(super) fn sentence(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    let url = || arg("url");
    match problem.code {
        Code::RepositoryExists => say!(problem.repository_exists, repository = arg("repository")),
        Code::BadRepository => say!(problem.bad_repository, reason = arg("reason")),
        Code::RepositoryUnreachable => say!(problem.repository_unreachable, url = url()),
        Code::RepositoryUntrusted => say!(problem.repository_untrusted, url = url()),
        Code::RepositoryLogin if problem.arg("sent").is_empty() => {
            say!(problem.repository_login_wanted, url = url())
        }
        Code::RepositoryLogin => say!(problem.repository_login, url = url()),
        Code::LoginKept => say!(problem.login_kept, reason = arg("reason")),
        Code::RepositoryStatus => {
            say!(
                problem.repository_status,
                url = url(),
                status = arg("status")
            )
        }
        Code::NotARepository => say!(problem.not_a_repository, url = url()),
        Code::LedAway => say!(problem.led_away, url = url(), to = arg("to")),
        Code::TooLarge => say!(problem.too_large, what = url(), most = mebibytes(problem)),
        Code::DigestDiffers => say!(problem.digest_differs, what = arg("what")),
        Code::BadArchive => say!(problem.bad_archive, what = arg("what")),
        Code::NotVouchedFor => say!(problem.not_vouched_for, chart = arg("chart")),
        Code::NoDependency => say!(
            problem.no_dependency,
            chart = arg("chart"),
            dependency = arg("dependency")
        ),
        Code::LockOutOfSync => say!(problem.lock_out_of_sync, chart = arg("chart")),
        Code::UploadExists => say!(problem.upload_exists, chart = arg("chart")),
        Code::ChartChanged => say!(problem.chart_changed, chart = arg("chart")),
        _ => say!(problem.internal),
    }
}

fn mebibytes(problem: &Problem) -> String {
    let bytes: u64 = problem.arg("most").parse().unwrap_or_default();
    (bytes >> 20).to_string()
}

/// The next thing to try.
pub(super) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::RepositoryExists => say!(hint.repository_exists),
        Code::BadRepository => say!(hint.bad_repository),
        Code::RepositoryUnreachable => say!(hint.repository_unreachable),
        Code::RepositoryUntrusted => say!(hint.repository_untrusted),
        Code::RepositoryLogin if problem.arg("sent").is_empty() => {
            say!(hint.repository_login_wanted)
        }
        Code::RepositoryLogin => say!(hint.repository_login),
        Code::LoginKept => say!(hint.login_kept),
        Code::RepositoryStatus => say!(hint.repository_status),
        Code::NotARepository => say!(hint.not_a_repository),
        Code::LedAway => say!(hint.led_away),
        Code::TooLarge => say!(hint.too_large),
        Code::DigestDiffers => say!(hint.digest_differs),
        Code::BadArchive => say!(hint.bad_archive),
        Code::NotVouchedFor => say!(hint.not_vouched_for),
        Code::NoDependency => say!(hint.no_dependency),
        Code::LockOutOfSync => say!(hint.lock_out_of_sync),
        Code::UploadExists => say!(hint.upload_exists),
        Code::ChartChanged => say!(hint.chart_changed),
        _ => return None,
    })
}
