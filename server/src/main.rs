//! The binary `meshspan`: reads the command line and runs one command.

mod address;
mod audit;
mod backups;
mod charts;
mod client;
mod compression;
mod config;
mod connections;
mod doctor;
mod error_page;
mod guard;
mod http;
mod istio_releases;
mod key;
mod kubeconfigs;
mod live;
mod logging;
mod login;
mod origin;
mod problem;
#[cfg(feature = "sandbox")]
mod sandboxes;
mod serve;
mod shutdown;
mod terminal;

use clap::Parser as _;
use config::{Command, Config};
use std::process::ExitCode;
use wire::error_chain;

/// Rendering allocates many small values.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    run(Config::parse()).unwrap_or_else(|error| {
        eprintln!("Error: {}", error_chain(error.as_ref()));
        ExitCode::FAILURE
    })
}

/// Runs the command; an error that it returns ends the program.
fn run(config: Config) -> anyhow::Result<ExitCode> {
    match &config.command {
        Command::Template(options) => return Ok(charts::template(options)),
        Command::Lint(options) => return Ok(charts::lint(options)),
        Command::Export(options) => return Ok(charts::export(options)),
        Command::Audit(options) => return audit::print(options).map(|()| ExitCode::SUCCESS),
        _ => logging::init(config.log_format),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime
        .block_on(async {
            match config.command {
                Command::Serve(options) => serve::serve(options).await,
                Command::LoginLink(options) => login::print_link(&options),
                Command::RotateKey(options) => key::rotate(&options),
                Command::Doctor(options) => doctor::run(&options).await,
                #[cfg(feature = "sandbox")]
                Command::Sandbox(options) => sandboxes::serve(&options).await,
                Command::Template(_)
                | Command::Lint(_)
                | Command::Export(_)
                | Command::Audit(_) => Ok(()),
            }
        })
        .map(|()| ExitCode::SUCCESS)
}
