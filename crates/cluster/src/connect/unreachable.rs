//! The errors of a call that got no usable answer, with a cause that an operator understands.
//!
//! The texts of hyper and serde are left out: the first names its own layers, the second quotes values.
//! Start at [`connection_error`].

use super::token::TokenFileError;
use crate::{
    Error, Verb,
    address::{Refused, Unresolved},
    limits::ExceededLimit,
};
use kube::client::UpgradeConnectionError;
use std::{error::Error as StdError, io};
use tower::BoxError;
use wire::{
    ClusterName,
    error_chain::{error_chain, find_in_chain},
    io_reason,
};

/// A response that is not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column} of the response is not what was expected")]
struct UnreadableResponse {
    line: usize,
    column: usize,
}

/// A failed connection, by its reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
struct ConnectionFailure(String);

/// The error of a connection; a refused address and an exceeded limit are reported as such.
pub(super) fn connection_error(
    cluster: ClusterName,
    verb: Verb,
    object: String,
    error: kube::Error,
) -> Error {
    if let Some(source) = ExceededLimit::in_chain(&error) {
        return Error::TooLarge {
            cluster,
            verb,
            object,
            source,
        };
    }
    if let Some(source) = find_in_chain::<Refused>(&error).cloned() {
        return Error::Address { cluster, source };
    }
    let source: BoxError = match error {
        kube::Error::SerdeError(error) => Box::new(UnreadableResponse {
            line: error.line(),
            column: error.column(),
        }),
        error => Box::new(ConnectionFailure(failure(&error))),
    };
    Error::Unreachable {
        cluster,
        verb,
        object,
        source,
    }
}

/// Why a call got no answer, in our words.
pub(crate) fn failure(error: &(dyn StdError + 'static)) -> String {
    let found = reason(error);
    found.unwrap_or_else(|| "the connection failed for an unknown reason".to_owned())
}

/// Why a connection failed, when the chain of causes says so.
fn reason(error: &(dyn StdError + 'static)) -> Option<String> {
    // It names the file, which its cause does not.
    if let Some(error) = find_in_chain::<TokenFileError>(error) {
        return Some(error_chain(error));
    }
    if let Some(error) = find_in_chain::<rustls::Error>(error) {
        return Some(tls_error::describe(error));
    }
    if let Some(unresolved) = find_in_chain::<Unresolved>(error) {
        return Some(unresolved.to_string());
    }
    if let Some(error) = find_in_chain::<hyper::Error>(error) {
        if error.is_incomplete_message() || error.is_closed() {
            return Some("the server closed the connection".to_owned());
        }
        if error.is_parse() {
            return Some("the answer of the server is not HTTP".to_owned());
        }
    }
    if let Some(error) = find_in_chain::<UpgradeConnectionError>(error) {
        return Some(upgrade_failure(error));
    }
    if find_in_chain::<kube::core::request::Error>(error).is_some() {
        return Some("the request has no valid path or name".to_owned());
    }
    let error = find_in_chain::<io::Error>(error)?;
    let text = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "the connection was refused: nothing listens at the address, or a firewall rejects it"
        }
        io::ErrorKind::TimedOut => "the connection was not established in time",
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => "the server closed the connection",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "there is no route to the address"
        }
        _ => return Some(io_reason(error)),
    };
    Some(text.to_owned())
}

/// Why the API server, or a proxy in between, opened no stream.
fn upgrade_failure(error: &UpgradeConnectionError) -> String {
    match error {
        UpgradeConnectionError::ProtocolSwitch(status) => {
            format!("the answer to the upgrade of the connection is HTTP status {status}")
        }
        _ => "the server did not upgrade the connection; a proxy in between may not support it"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_forward_that_is_not_opened_has_a_reason_without_the_names_of_layers() {
        let failed = |source: UpgradeConnectionError| {
            let cluster = ClusterName::new("east").expect("a name");
            let error = kube::Error::UpgradeConnection(source);
            let pod = "Pod shop/web:8080".to_owned();
            wire::error_chain(&connection_error(cluster, Verb::Connect, pod, error))
        };
        assert_eq!(
            failed(UpgradeConnectionError::ProtocolSwitch(
                http::StatusCode::NOT_FOUND
            )),
            "could not connect to Pod shop/web:8080 on cluster east: no answer: the answer to the \
             upgrade of the connection is HTTP status 404 Not Found"
        );
        for error in [
            UpgradeConnectionError::MissingUpgradeWebSocketHeader,
            UpgradeConnectionError::MissingConnectionUpgradeHeader,
            UpgradeConnectionError::SecWebSocketAcceptKeyMismatch,
            UpgradeConnectionError::SecWebSocketProtocolMismatch,
        ] {
            let text = failed(error);
            assert!(text.contains("did not upgrade the connection"), "{text}");
        }
    }

    #[test]
    fn a_failed_connection_has_a_reason_without_the_names_of_layers() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        let text = reason(&refused).expect("a reason");
        assert!(text.starts_with("the connection was refused"), "{text}");
        let closed = io::Error::from(io::ErrorKind::UnexpectedEof);
        assert_eq!(
            reason(&closed).expect("a reason"),
            "the server closed the connection"
        );
        let unresolved = Unresolved("east.example".to_owned());
        assert_eq!(
            reason(&unresolved).expect("a reason"),
            "the host name east.example cannot be resolved"
        );
        assert_eq!(
            failure(&std::fmt::Error),
            "the connection failed for an unknown reason"
        );
        let locked = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(
            !failure(&locked).contains("os error"),
            "{}",
            failure(&locked)
        );
    }
}
