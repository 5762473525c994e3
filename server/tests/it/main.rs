//! The server as a stranger meets it: the real binary, over the network.

mod audit;
mod backups;
mod base_path;
mod doctor;
mod errors;
mod export;
mod guard;
mod key;
mod kubeconfigs;
mod lint;
mod local_name;
mod log;
mod login;
mod policy;
mod public_url;
mod sandboxes;
mod server;
mod statuses;
