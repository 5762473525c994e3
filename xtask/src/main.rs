//! The one tool of this repository: `cargo xtask` lists what it can do.
//!
//! People and CI use the same commands. Each command is one file; what several of them share (the
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
mod dev;
mod front;
mod fuzz;
mod golden;
mod lab;
mod matrix;
mod mesh_lab;
mod profile;
mod run;
mod run_program;
mod sbom;
mod site;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

/// The result of a command; an error is one sentence and ends the command.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// One command: its name, a line of help, and the function that runs it.
struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        help: "[--release] [--lab] build everything and serve it with two sandbox clusters, or the mesh lab",
        run: run::run,
    },
    Command {
        name: "dev",
        help: "the same, built and served again after each change",
        run: dev::dev,
    },
    Command {
        name: "test",
        help: "the whole suite: unit, sandbox, real API servers, browser journeys",
        run: test::test,
    },
    Command {
        name: "check",
        help: "fmt, clippy, cargo-deny with advisories, the tidy test, the wasm dependency guard",
        run: check::check,
    },
    Command {
        name: "conformance",
        help: "[DIR]…: whole charts by our engine and by the real Helm, with what differs",
        run: conformance::conformance,
    },
    Command {
        name: "bench",
        help: "[charts|load|pages] [DIR]…: measure against peers, print a table, write target/bench.json",
        run: bench::bench,
    },
    Command {
        name: "matrix",
        help: "[faults|crashes]: every one of them, of which `test` tries a sample; write docs/matrix/",
        run: matrix::matrix,
    },
    Command {
        name: "fuzz",
        help: "[TARGET] [SECONDS]: throw made-up texts at the chart engine's readers",
        run: fuzz::fuzz,
    },
    Command {
        name: "golden",
        help: "[--all] [WORD]: record from the real Helm what the chart engine must say",
        run: golden::golden,
    },
    Command {
        name: "lab",
        help: "[mesh] up | down | status: two real API servers; with mesh, clusters that run containers",
        run: lab::lab,
    },
    Command {
        name: "site",
        help: "build wasm, css and assets into target/site [--release]",
        run: site::site,
    },
    Command {
        name: "css",
        help: "compile the classes of app/src and check them",
        run: css::command,
    },
    Command {
        name: "sbom",
        help: "[FILE]: write the bill of materials, as CycloneDX, to target/meshspan.cdx.json",
        run: sbom::sbom,
    },
    Command {
        name: "tidy",
        help: "sizes, module docs and the edges between crates",
        run: tidy::tidy,
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
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn list() {
    for command in COMMANDS {
        eprintln!("cargo xtask {:<6} {}", command.name, command.help);
    }
}
