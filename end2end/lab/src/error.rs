//! Why there is no cluster here, or no longer.

use std::{io, path::PathBuf};

/// Why a lab cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The programs are nowhere and cannot be made; a test that meets this is skipped.
    #[error("no real API servers here: {reason}")]
    Missing {
        /// What would have to be there.
        reason: String,
    },
    /// The programs could not be built from their Go modules.
    #[error("could not build {program}: {said}")]
    Build {
        /// Which program.
        program: String,
        /// The last lines of the compiler.
        said: String,
    },
    /// A file of a cluster could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// No certificate could be made.
    #[error("could not make a certificate for {subject}")]
    Certificate {
        /// Whose.
        subject: String,
        /// What the library said.
        #[source]
        source: rcgen::Error,
    },
    /// No free port was found on loopback.
    #[error("no free port on 127.0.0.1")]
    NoPort,
    /// A program could not be started.
    #[error("could not start {program}")]
    Start {
        /// Which program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A program ended that should have stayed.
    #[error("{program} of cluster {cluster} ended; the last lines of its log:\n{log}")]
    Died {
        /// Which program.
        program: String,
        /// Of which cluster.
        cluster: String,
        /// How its log ends.
        log: String,
    },
    /// A cluster did not become ready.
    #[error("cluster {cluster} was not ready after {seconds} s: {missing}")]
    NotReady {
        /// Which cluster.
        cluster: String,
        /// How long it was waited for.
        seconds: u64,
        /// What was still missing, with the end of the API server's log.
        missing: String,
    },
    /// A cluster that runs did not do what it was asked.
    #[error("cluster {cluster} refused to {attempt}")]
    Refused {
        /// Which cluster.
        cluster: String,
        /// What was attempted.
        attempt: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The lab that runs in the background cannot be reached, or one runs already.
    #[error("{0}")]
    Background(String),
}

impl Error {
    /// Whether there are no programs here, so that a test may be skipped.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// The whole chain of causes, as one sentence.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}
