//! A mesh lab: clusters whose nodes run containers.
fn main() {}
