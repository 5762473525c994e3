//! The errors of this crate as problems for a page.

use crate::{CredentialsSent, Error, FetchError};
use wire::{
    Code, Problem,
    error_chain::{causes, error_chain},
};

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotFound { chart } => not_found("chart", chart),
            Error::Unknown { chart, .. } => not_found("chart", chart),
            Error::NoRepository(name) => not_found("repository", name),
            Error::Unread { source, .. } => Self::from(&**source),
            Error::Fetch { url, source } => fetch_problem(url, source),
            Error::Index { url, .. } => Problem::new(Code::NotARepository)
                .with("url", url)
                .detail(causes(error)),
            Error::NotAChart { reference, found } => Problem::new(Code::NotARepository)
                .with("url", reference)
                .detail(found),
            Error::NoListing { address } => Problem::new(Code::NotARepository)
                .with("url", address)
                .detail(error),
            Error::Digest {
                content,
                expected,
                found,
            } => Problem::new(Code::DigestDiffers)
                .with("file", content)
                .detail(format!("{found}\n{expected}")),
            Error::Chart { folder, source } => Problem::new(Code::BadArchive)
                .with("file", folder)
                .detail(error_chain(source)),
            Error::Name { folder, source } => Problem::new(Code::BadName)
                .with("name", folder)
                .with("reason", source),
            Error::NoUrl { chart }
            | Error::ArchiveAddress { chart, .. }
            | Error::ChartMismatch { chart, .. } => Problem::new(Code::BadArchive)
                .with("file", chart)
                .detail(error),
            Error::Changed { chart } => Problem::new(Code::ChartChanged).with("chart", chart),
            Error::Provenance { chart, source } => Problem::new(Code::ProvenanceMismatch)
                .with("chart", chart)
                .detail(source),
            Error::Dependency {
                chart,
                dependency,
                reason,
                source,
            } => {
                let cause = source
                    .as_ref()
                    .map(|cause| format!(": {cause}: {}", causes(cause)));
                Problem::new(Code::NoDependency)
                    .with("chart", chart)
                    .with("dependency", dependency)
                    .detail(format!("{reason}{}", cause.unwrap_or_default()))
            }
            Error::UnknownIstio { version, known } => Problem::new(Code::UnknownIstio)
                .with("version", version)
                .with("known", known),
            Error::NoIstioCharts { version, files } => Problem::new(Code::NoIstioCharts)
                .with("version", version)
                .with("files", files),
            Error::Lock { chart } => Problem::new(Code::LockOutOfSync).with("chart", chart),
        }
    }
}

fn not_found(kind: &str, name: impl ToString) -> Problem {
    Problem::new(Code::NotFound)
        .with("kind", kind)
        .with("name", name)
}

fn fetch_problem(url: &str, error: &FetchError) -> Problem {
    let problem = |code| Problem::new(code).with("url", url);
    match error {
        FetchError::Address(refused) => Problem::new(Code::AddressRefused)
            .with("address", &refused.address)
            .with("reason", refused),
        FetchError::Connection(_) => {
            problem(Code::RepositoryUnreachable).detail(error_chain(error))
        }
        // The texts of the resolver and of reqwest stay in the log.
        FetchError::NameResolution { .. }
        | FetchError::Interrupted(_)
        | FetchError::TimedOut(_)
        | FetchError::Request(_) => problem(Code::RepositoryUnreachable).detail(error),
        FetchError::Tls(_) => problem(Code::RepositoryUntrusted).detail(error),
        FetchError::CaBundle => problem(Code::RepositoryUntrusted)
            .detail(error)
            .field("ca_bundle"),
        FetchError::CredentialsRejected { status, sent } => {
            let sent = match sent {
                CredentialsSent::Yes => "yes",
                CredentialsSent::No => "",
            };
            problem(Code::RepositoryCredentials)
                .with("status", status)
                .with("sent", sent)
                .field("credentials")
        }
        FetchError::Status { status } => problem(Code::RepositoryStatus).with("status", status),
        FetchError::TooLarge { max } => problem(Code::TooLarge).with("max", max),
        FetchError::CrossOriginRedirect { to } => problem(Code::CrossOriginRedirect).with("to", to),
        FetchError::TooManyRedirects => problem(Code::CrossOriginRedirect)
            .with("to", url)
            .detail(error),
        FetchError::InsecureCredentials | FetchError::CrossOriginRealm { .. } => {
            problem(Code::CredentialsWithheld)
                .with("reason", error)
                .field("credentials")
        }
    }
}
