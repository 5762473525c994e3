//! Serves the two clusters of a mesh and writes one kubeconfig for both.
//!
//! `cargo run -p sandbox-istio --example listen -- kubeconfig.yaml`

use sandbox::{Network, Sandbox, kubeconfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args()
        .nth(1)
        .ok_or("name the kubeconfig to write")?;
    let network = Network::new();
    let primary = Sandbox::with_config(sandbox_istio::control_plane()).on_network(&network);
    let primary = primary.listen("127.0.0.1:0").await?;
    let remote = Sandbox::with_config(sandbox_istio::remote()).on_network(&network);
    let remote = remote.listen("127.0.0.1:0").await?;
    std::fs::write(file, kubeconfig(&[&primary, &remote]))?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
