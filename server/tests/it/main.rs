//! The server as a stranger meets it: the real binary, over the network.

mod guard;
mod login;
mod policy;
mod running;
