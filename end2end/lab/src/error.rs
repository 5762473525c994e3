//! The errors of starting and running clusters.

use std::{io, path::PathBuf};

/// An error of the lab.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The programs are neither installed nor buildable, or the lab needs root; tests that need them are
    /// skipped.
    #[error("no real clusters are available: {reason}")]
    Missing {
        /// What is missing.
        reason: String,
    },
    /// The programs could not be built from their Go modules.
    #[error("could not build {program}: {output}")]
    Build {
        /// The program.
        program: String,
        /// The last lines of the compiler's output.
        output: String,
    },
    /// A file of a cluster could not be written.
    #[error("could not write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// A file could not be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// A certificate could not be created.
    #[error("could not create a certificate for {subject}")]
    Certificate {
        /// The subject of the certificate.
        subject: String,
        /// The error of the library.
        #[source]
        source: rcgen::Error,
    },
    /// No free port was found on loopback.
    #[error("no free port on 127.0.0.1")]
    NoPort,
    /// A program could not be started.
    #[error("could not start {program}")]
    Start {
        /// The program.
        program: String,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// A program exited unexpectedly.
    #[error("{program} of cluster {cluster} exited; the last lines of its log:\n{log}")]
    Exited {
        /// The program.
        program: String,
        /// The cluster.
        cluster: String,
        /// The end of the program's log.
        log: String,
    },
    /// A cluster did not become ready.
    #[error("cluster {cluster} was not ready after {seconds} s: {missing}")]
    NotReady {
        /// The cluster.
        cluster: String,
        /// The timeout.
        seconds: u64,
        /// What was not ready, with the end of the API server's log.
        missing: String,
    },
    /// A running cluster rejected a request.
    #[error("cluster {cluster} refused to {attempt}")]
    Refused {
        /// The cluster.
        cluster: String,
        /// The attempted operation.
        attempt: &'static str,
        /// The error of the request.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A program of the system failed.
    #[error("{command}: {output}")]
    Command {
        /// The program with its arguments.
        command: String,
        /// What it wrote to standard error.
        output: String,
    },
    /// The host already uses addresses of the lab.
    #[error(
        "the host uses {user}, which overlaps with {range}, the addresses of the lab; choose another \
         range with --range, such as 10.199.0.0/16"
    )]
    RangeInUse {
        /// The range of the lab.
        range: String,
        /// The route or address of the host.
        user: String,
    },
    /// The lab in the background is not reachable, or could not be started.
    #[error("{0}")]
    Background(String),
}

impl Error {
    /// Whether the programs are not available, so that a test may be skipped.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// The error with all of its causes, in one line.
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
