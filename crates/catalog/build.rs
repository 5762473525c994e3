//! Rebuilds the crate when a chart changes: `include_dir` alone does not see it.

fn main() {
    println!("cargo::rerun-if-changed=charts");
}
