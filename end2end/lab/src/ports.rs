//! Free ports on loopback, below those that the system gives to outgoing connections.
//!
//! Several labs may start at once, so each begins to look at a place of its own; a port that is lost
//! between the look and the start is met by starting again.

use crate::Error;
use std::net::TcpListener;

const FIRST: u16 = 20_000;
const LAST: u16 = 32_000;

/// As many free ports as asked for.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], Error> {
    let mut held = Vec::with_capacity(N);
    let start = rand::random_range(FIRST..LAST);
    let ports = (start..LAST).chain(FIRST..start);
    let found = ports.filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    held.extend(found.take(N));
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&held) {
        *port = listener.local_addr().map_err(|_| Error::NoPort)?.port();
    }
    if held.len() == N {
        Ok(ports)
    } else {
        Err(Error::NoPort)
    }
}
