//! What is known and planned, as it crosses to the browser.

mod clear;
mod plan;
mod verdict;
