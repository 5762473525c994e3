//! What is known and planned, as it crosses to the browser.

mod cleanup;
mod network;
mod plan;
mod verdict;
