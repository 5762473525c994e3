//! What a user of the sandbox relies on, over kube-rs, kubectl and helm.

mod objects;
mod support;
