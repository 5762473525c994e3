//! Builds the crate anew when a chart changes: `include_dir` alone does not see it.

#[expect(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]
fn main() {
    println!("cargo::rerun-if-changed=charts");
}
