//! The one tool of this repository: `cargo xtask` lists what it can do.
//!
//! People and CI use the same commands. Each command is one file; what several of them need (the
//! cache folder, running a program, installing one) is in [`cache`], [`run_program`] and [`tools`].

#![expect(
    clippy::disallowed_methods,
    reason = "a tool of the repository reads where cargo and the caches are from the environment"
)]

mod bench;
mod cache;
mod check;
mod conformance;
mod css;
mod front;
mod fuzz;
mod golden;
mod lab;
mod run;
mod run_program;
mod site;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

/// What can go wrong here is said in a sentence and ends the command.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// One command: its name, what it does in a line, and the function behind it.
struct Command {
    name: &'static str,
    says: &'static str,
    act: fn(&[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        says: "build everything in release mode and serve it with two sandbox clusters",
        act: run::run,
    },
    Command {
        name: "test",
        says: "the whole suite: unit, sandbox, real API servers, browser journeys",
        act: test::test,
    },
    Command {
        name: "check",
        says: "fmt, clippy, cargo-deny, the tidy test, the wasm dependency guard",
        act: check::check,
    },
    Command {
        name: "conformance",
        says: "[DIR]…: whole charts by our engine and by the real Helm, with what differs",
        act: conformance::conformance,
    },
    Command {
        name: "bench",
        says: "[charts] [DIR]…: measure against peers, print a table, write target/bench.json",
        act: bench::bench,
    },
    Command {
        name: "fuzz",
        says: "[TARGET] [SECONDS]: throw made-up texts at the chart engine's readers",
        act: fuzz::fuzz,
    },
    Command {
        name: "golden",
        says: "[--all] [WORD]: record from the real Helm what the chart engine must say",
        act: golden::golden,
    },
    Command {
        name: "lab",
        says: "up | down | status: two real API servers",
        act: lab::lab,
    },
    Command {
        name: "site",
        says: "build wasm, css and assets into target/site [--release]",
        act: site::site,
    },
    Command {
        name: "css",
        says: "compile the classes of app/src and check them",
        act: css::command,
    },
    Command {
        name: "tidy",
        says: "sizes, module docs and the edges between crates",
        act: tidy::tidy,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        list();
        return ExitCode::SUCCESS;
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("xtask: no command {name}");
        list();
        return ExitCode::FAILURE;
    };
    match (command.act)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    for command in COMMANDS {
        eprintln!("cargo xtask {:<6} {}", command.name, command.says);
    }
}
