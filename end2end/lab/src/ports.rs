//! Free ports on loopback, below the ephemeral port range of the system.
//!
//! Several labs may start at the same time, so the search begins at a random port. When another process
//! takes a port before the program listens on it, the cluster is started again.

use crate::Error;
use std::net::TcpListener;

const FIRST_PORT: u16 = 20_000;
const LAST_PORT: u16 = 32_000;

/// `N` free ports.
pub(crate) fn free<const N: usize>() -> Result<[u16; N], Error> {
    let start = rand::random_range(FIRST_PORT..LAST_PORT);
    let ports = (start..LAST_PORT).chain(FIRST_PORT..start);
    let free = ports.filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    // All listeners stay open until the end, so that no port is found twice.
    let listeners: Vec<TcpListener> = free.take(N).collect();
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr().map_err(|_| Error::NoPort)?.port();
    }
    if listeners.len() == N {
        Ok(ports)
    } else {
        Err(Error::NoPort)
    }
}
