//! `lab up | down | status | programs`: two real API servers to try things on.

use lab::{Error, background};
use std::{path::PathBuf, process::ExitCode};

const USAGE: &str = "lab up [--folder DIR]      start both clusters in the background
lab down [--folder DIR]    end them
lab status [--folder DIR]  where they are
lab programs               find or build the programs, and say where they are";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (command, folder) = match words.as_slice() {
        [command] => (*command, background::usual_folder()),
        [command, "--folder", folder] => (*command, PathBuf::from(folder)),
        _ => ("", PathBuf::new()),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return ended(Err(error.to_string())),
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let outcome: Result<String, Error> = runtime.block_on(async {
        match command {
            "up" => background::up(&folder).await,
            "down" => background::down(&folder).await,
            "status" => background::status(&folder).await,
            "hold" => background::hold(&folder).await.map(|()| String::new()),
            "programs" => lab::programs().map(|found| format!("{}\n", found.folder().display())),
            _ => Err(Error::Background(USAGE.to_owned())),
        }
    });
    ended(outcome.map_err(|error| error.chain()))
}

#[expect(clippy::print_stdout, reason = "what the command answers")]
fn ended(outcome: Result<String, String>) -> ExitCode {
    match outcome {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("lab: {error}");
            ExitCode::FAILURE
        }
    }
}
