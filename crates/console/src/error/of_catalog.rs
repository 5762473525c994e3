//! What a repository or a chart's archive met, told to a page.

use super::{
    error_chain::{error_causes, error_chain},
    not_found,
};
use catalog::{CredentialsSent, Error as E, FetchError};
use wire::{Code, Problem};

/// What the catalog met, told to a page.
pub(crate) fn of_catalog(error: &E) -> Problem {
    match error {
        E::NotFound { chart } => not_found("chart", chart),
        E::Unknown { chart, .. } => not_found("chart", chart),
        E::NoRepository(name) => not_found("repository", name),
        E::Fetch { url, source } => of_fault(url, source),
        E::Index { url, .. } => Problem::new(Code::NotARepository)
            .with("url", url)
            .detail(error_causes(error)),
        E::NotAChart { reference, found } => Problem::new(Code::NotARepository)
            .with("url", reference)
            .detail(found),
        E::NoListing { address } => Problem::new(Code::NotARepository)
            .with("url", address)
            .detail(error),
        E::Digest {
            content: what,
            expected,
            found,
        } => Problem::new(Code::DigestDiffers)
            .with("what", what)
            .detail(format!("{found}\n{expected}")),
        E::Chart { folder, source } => Problem::new(Code::BadArchive)
            .with("what", folder)
            .detail(error_chain(source)),
        E::Name { folder, source } => Problem::new(Code::BadName)
            .with("name", folder)
            .with("reason", source),
        E::NoUrl { chart } => Problem::new(Code::BadArchive)
            .with("what", chart)
            .detail(error),
        E::ChartMismatch { chart, .. } => Problem::new(Code::BadArchive)
            .with("what", chart)
            .detail(error),
        E::Changed { chart } => Problem::new(Code::ChartChanged).with("chart", chart),
        E::Provenance { chart, source } => Problem::new(Code::NotVouchedFor)
            .with("chart", chart)
            .detail(source),
        E::Dependency {
            chart,
            dependency,
            reason,
            source,
        } => {
            let met = source
                .as_ref()
                .map(|met| format!(": {met}: {}", error_causes(met)));
            Problem::new(Code::NoDependency)
                .with("chart", chart)
                .with("dependency", dependency)
                .detail(format!("{reason}{}", met.unwrap_or_default()))
        }
        E::Lock { chart } => Problem::new(Code::LockOutOfSync).with("chart", chart),
    }
}

fn of_fault(url: &str, fault: &FetchError) -> Problem {
    let at = |code| Problem::new(code).with("url", url);
    match fault {
        FetchError::Address(refused) => Problem::new(Code::AddressRefused)
            .with("address", &refused.address)
            .with("reason", refused),
        FetchError::NameResolution { .. }
        | FetchError::Connection(_)
        | FetchError::Interrupted(_) => at(Code::RepositoryUnreachable).detail(error_chain(fault)),
        FetchError::TimedOut(_) | FetchError::Request(_) => {
            at(Code::RepositoryUnreachable).detail(fault)
        }
        FetchError::Tls(error) => at(Code::RepositoryUntrusted).detail(error),
        FetchError::CaBundle => at(Code::RepositoryUntrusted)
            .detail(fault)
            .field("ca_bundle"),
        FetchError::CredentialsRejected { status, sent } => at(Code::RepositoryLogin)
            .with("status", status)
            .with(
                "sent",
                if *sent == CredentialsSent::Yes {
                    "yes"
                } else {
                    ""
                },
            )
            .field("credentials"),
        FetchError::Status { status } => at(Code::RepositoryStatus).with("status", status),
        FetchError::TooLarge { max } => at(Code::TooLarge).with("most", max),
        FetchError::CrossOriginRedirect { to } => at(Code::LedAway).with("to", to),
        FetchError::TooManyRedirects => at(Code::LedAway).with("to", url).detail(fault),
        FetchError::InsecureCredentials | FetchError::CrossOriginRealm { .. } => {
            at(Code::LoginKept)
                .with("reason", fault)
                .field("credentials")
        }
    }
}
