//! A look at a repository before it is added: each step of the way, and where it ended.

use crate::{
    Address, Catalog, Definition, Error, Login, dial::Hosts, fault::Fault, remote::Remote,
};

/// A step of the way to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The host's name is resolved, and its address may be dialled.
    Name,
    /// Something listens there.
    Connection,
    /// Its certificate is trusted.
    Certificate,
    /// It answers as a repository does.
    Answer,
    /// The login is accepted.
    Login,
    /// The index, or the list of the registry, can be read.
    Index,
}

/// What was seen.
#[derive(Debug)]
pub struct Probe {
    /// The stages that apply, in order.
    pub stages: Vec<Stage>,
    /// Where it ended: what is there, or the stage that failed and why.
    pub outcome: Result<Seen, (Stage, Error)>,
}

/// What is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Charts.
    pub charts: usize,
    /// Versions of all of them.
    pub versions: usize,
    /// Entries that were passed over.
    pub passed_over: u32,
}

impl Catalog {
    /// Looks at a repository; nothing is kept.
    pub async fn probe(&self, definition: &Definition) -> Probe {
        let stages = stages(definition);
        let hosts = Hosts::Named(self.setup.addresses);
        let outcome = match Remote::new(definition.clone(), hosts, self.network()) {
            Ok(remote) => remote.read(None, self.now()).await,
            Err(error) => Err(error),
        };
        let outcome = outcome.map(|kept| Seen {
            charts: kept.shelf.charts.len(),
            versions: kept.shelf.versions(),
            passed_over: kept.shelf.passed_over,
        });
        Probe {
            outcome: outcome.map_err(|error| (stage_of(&error), error)),
            stages,
        }
    }
}

fn stages(definition: &Definition) -> Vec<Stage> {
    let secure = definition.address.origin().scheme() == "https";
    let login = definition.login != Login::Nobody;
    let all = [
        (Stage::Name, true),
        (Stage::Connection, true),
        (Stage::Certificate, secure),
        (Stage::Answer, true),
        (Stage::Login, login),
        (Stage::Index, true),
    ];
    all.into_iter()
        .filter(|(_, applies)| *applies)
        .map(|(stage, _)| stage)
        .collect()
}

/// The stage at which an error stands.
fn stage_of(error: &Error) -> Stage {
    let Error::Fetch { source, .. } = error else {
        return Stage::Index;
    };
    match source {
        Fault::Address(_) | Fault::Name { .. } => Stage::Name,
        Fault::Connection(_) | Fault::Request(_) => Stage::Connection,
        Fault::Tls(_) | Fault::Authority => Stage::Certificate,
        Fault::Login { .. } | Fault::LoginInPlain | Fault::OtherRealm { .. } => Stage::Login,
        Fault::TimedOut(_)
        | Fault::Broken(_)
        | Fault::Status { .. }
        | Fault::LedAway { .. }
        | Fault::Circles => Stage::Answer,
        Fault::TooLarge { .. } => Stage::Index,
    }
}

impl Address {
    /// Whether it is a registry.
    pub fn is_registry(&self) -> bool {
        matches!(self, Self::Oci { .. })
    }
}
