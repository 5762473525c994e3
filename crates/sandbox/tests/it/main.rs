//! The sandbox over kube-rs, kubectl and helm.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]
#![expect(
    clippy::disallowed_methods,
    reason = "the environment names the installed tools"
)]

mod access;
mod apply;
mod clock;
mod controllers;
mod conversations;
mod cron_jobs;
mod custom;
mod daemon_sets;
mod deployments;
mod disruption_budgets;
mod extensions;
mod faults;
mod helm;
mod https_server;
mod init_containers;
mod kubectl;
mod logs;
mod objects;
mod port_forward;
mod quotas;
mod requested_faults;
mod scheduling;
mod stateful_sets;
mod support;
mod tool;
mod volumes;
mod warnings;
mod watches;
mod webhooks;
