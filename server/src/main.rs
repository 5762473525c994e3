//! The binary `meshspan`: reads its command line and does one of its few commands.

mod address;
mod config;
mod doctor;
mod guard;
mod http;
mod live;
mod login;
#[cfg(feature = "sandbox")]
mod sandboxes;
mod serve;
mod shutdown;

use clap::Parser as _;
use config::{Command, Config};

fn main() -> anyhow::Result<()> {
    let config = Config::parse();
    Config::log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match config.command {
            Command::Serve(serve) => serve::serve(serve).await,
            Command::LoginLink(link) => login::print_link(&link),
            Command::Doctor(asked) => doctor::examine(&asked).await,
            #[cfg(feature = "sandbox")]
            Command::Sandbox(sandbox) => sandboxes::serve_alone(&sandbox).await,
        }
    })
}
