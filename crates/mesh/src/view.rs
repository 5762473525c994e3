//! What is known and planned, as it crosses to the browser.

mod clear;
mod network;
mod plan;
mod verdict;
