//! The binary `meshspan`: reads its command line and does one of its few commands.

mod address;
mod backups;
mod charts;
mod config;
mod doctor;
mod guard;
mod http;
mod key;
mod live;
mod login;
#[cfg(feature = "sandbox")]
mod sandboxes;
mod serve;
mod shutdown;

use clap::Parser as _;
use config::{Command, Config};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let config = Config::parse();
    match &config.command {
        Command::Template(asked) => return Ok(charts::template(asked)),
        Command::Lint(asked) => return Ok(charts::lint(asked)),
        Command::Export(asked) => return Ok(charts::export(asked)),
        _ => Config::log(),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime
        .block_on(async {
            match config.command {
                Command::Serve(serve) => serve::serve(serve).await,
                Command::LoginLink(link) => login::print_link(&link),
                Command::RotateKey(asked) => key::rotate(&asked),
                Command::Doctor(asked) => doctor::examine(&asked).await,
                #[cfg(feature = "sandbox")]
                Command::Sandbox(sandbox) => sandboxes::serve_alone(&sandbox).await,
                Command::Template(_) | Command::Lint(_) | Command::Export(_) => Ok(()),
            }
        })
        .map(|()| ExitCode::SUCCESS)
}
