//! The use cases of an operator, on sandbox clusters over HTTPS.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod admission;
mod adoption;
mod audit;
mod bundles;
mod by_hand;
mod canaries;
mod changed_plans;
mod cleanup;
mod clusters;
mod confirmed;
mod current_istio;
mod discovery;
mod doctor;
mod drafts;
mod faults;
mod found_drift;
mod full_disk;
mod generated;
mod health;
mod helm_version;
mod host_names;
mod install;
mod interruptions;
#[path = "../../../catalog/tests/it/istio_charts.rs"]
mod istio_charts;
mod istio_upgrade;
mod istiod;
mod jobs;
mod join_first;
mod lists;
mod member_watch;
mod meshes;
mod mounted;
mod network;
mod objects;
mod obstacles;
mod permits;
mod pins;
mod prometheus;
mod repair;
mod repositories;
mod retention;
mod reviewed;
mod secrets;
mod services;
mod sessions;
mod shop;
mod support;
mod test_repositories;
mod unusable;
mod upgrades;
mod uploads;
mod values;
mod watches;
