//! What a user of the sandbox relies on, over kube-rs, kubectl and helm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]
#![expect(
    clippy::disallowed_methods,
    reason = "which tools there are is said by the environment"
)]

mod access;
mod apply;
mod controllers;
mod custom;
mod drift;
mod faults;
mod forward;
mod helm;
mod injection;
mod joined;
mod kubectl;
mod listening;
mod objects;
mod side;
mod support;
mod today;
mod two;
mod watches;
