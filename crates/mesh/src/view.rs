//! What is known and planned, as it crosses to the browser.

mod plan;
mod verdict;
