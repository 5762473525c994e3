//! `lab up | down | status | programs`: two real API servers for manual experiments.

use lab::{Error, background};
use std::{path::PathBuf, process::ExitCode};

const USAGE: &str = "lab up [--folder DIR]      start both clusters in the background
lab down [--folder DIR]    stop them
lab status [--folder DIR]  print their addresses and kubeconfigs
lab programs               find or build the programs and print their folder";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (command, folder) = match words.as_slice() {
        [command] => (*command, background::default_folder()),
        [command, "--folder", folder] => (*command, PathBuf::from(folder)),
        _ => ("", PathBuf::new()),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(error.to_string())),
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let outcome: Result<String, Error> = runtime.block_on(async {
        match command {
            "up" => background::up(&folder).await,
            "down" => background::down(&folder).await,
            "status" => background::status(&folder).await,
            "run" => background::run(&folder).await.map(|()| String::new()),
            "programs" => {
                lab::find_programs().map(|programs| format!("{}\n", programs.folder().display()))
            }
            _ => Err(Error::Background(USAGE.to_owned())),
        }
    });
    finish(outcome.map_err(|error| error.chain()))
}

#[expect(clippy::print_stdout, reason = "the output of the command")]
fn finish(outcome: Result<String, String>) -> ExitCode {
    match outcome {
        Ok(output) => {
            print!("{output}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lab: {error}");
            ExitCode::FAILURE
        }
    }
}
