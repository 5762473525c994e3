//! The reason of an I/O error in our words: the texts of the standard library name error numbers.

use std::io::{Error, ErrorKind};

/// Why an operation on a file, a directory or a connection failed.
pub fn io_reason(error: &Error) -> String {
    if let Some(inner) = error.get_ref() {
        return inner.to_string();
    }
    let text = match error.kind() {
        ErrorKind::NotFound => "it does not exist",
        ErrorKind::PermissionDenied => "the user of this process may not access it",
        ErrorKind::AlreadyExists => "it exists already",
        ErrorKind::IsADirectory => "it is a directory",
        ErrorKind::NotADirectory => "a part of its path is not a directory",
        ErrorKind::DirectoryNotEmpty => "the directory is not empty",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "the quota of the disk is used up",
        ErrorKind::FileTooLarge => "it is too large for the file system",
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "another process uses it",
        ErrorKind::WouldBlock => "another process has locked it",
        ErrorKind::AddrInUse => "another program listens on this address",
        ErrorKind::AddrNotAvailable => "this machine does not have this address",
        ErrorKind::ConnectionRefused => {
            "the connection was refused: nothing listens at the address, or a firewall rejects it"
        }
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::NotConnected
        | ErrorKind::UnexpectedEof => "the other side closed the connection",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            "there is no route to the address"
        }
        ErrorKind::NetworkDown => "the network is down",
        ErrorKind::TimedOut => "no answer in time",
        ErrorKind::InvalidData => "it is not UTF-8 text",
        ErrorKind::OutOfMemory => "there is not enough memory",
        _ => return without_number(&error.to_string()),
    };
    text.to_owned()
}

/// The text of the operating system without the number behind it.
fn without_number(text: &str) -> String {
    text.split(" (os error").next().unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_operating_system_has_a_reason_without_its_number() {
        for (number, reason) in [
            (2, "it does not exist"),
            (13, "the user of this process may not access it"),
            (20, "a part of its path is not a directory"),
            (21, "it is a directory"),
            (28, "the disk is full"),
            (30, "the file system is read-only"),
            (98, "another program listens on this address"),
            (40, "Too many levels of symbolic links"),
        ] {
            let error = Error::from_raw_os_error(number);
            assert!(
                io_reason(&error).starts_with(reason),
                "{}",
                io_reason(&error)
            );
            assert!(!io_reason(&error).contains("os error"));
        }
        assert_eq!(
            io_reason(&Error::other("the line is too long")),
            "the line is too long"
        );
    }
}
