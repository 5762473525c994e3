//! What an operator relies on, each use case on a sandbox cluster over HTTPS.

#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod admission;
mod by_hand;
mod clearing;
mod clusters;
mod doctor;
mod health;
mod install;
mod interruptions;
mod jobs;
mod meshes;
mod mounted;
mod network;
mod obstacles;
mod permits;
mod repositories;
mod secrets;
mod shelves;
mod shop;
mod support;
mod todays_line;
mod uploads;
mod values;
