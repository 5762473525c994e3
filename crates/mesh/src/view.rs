//! Views of facts and plans for the browser.

mod cleanup;
mod network;
mod plan;
mod topology;
mod verification;
