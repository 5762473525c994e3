//! `lab up | down | status | programs`: two real API servers for manual experiments;
//! `lab mesh up | down | status | programs`: two or three clusters whose nodes run containers.

use lab::{
    Error, background,
    mesh::{self, Fault, MeshConfig},
};
use std::{path::PathBuf, process::ExitCode};

const USAGE: &str = "lab up [--folder DIR]      start both clusters in the background
lab down [--folder DIR]    stop them
lab status [--folder DIR]  print their addresses and kubeconfigs
lab programs               find or build the programs and print their folder
lab mesh up | down | status | programs [--folder DIR] [--clusters 2|3] [--nodes 1|2|3] [--separate]
                           [--range CIDR]  the same with nodes that run containers; needs root
lab mesh required                       succeed where a mesh lab must run: with root and Go
lab mesh pause | resume CLUSTER         stop and continue the API server of a cluster
lab mesh blind | unblind POD CLUSTER    drop what a pod of istiod sends to the API server of a cluster, and end that";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(error.to_string())),
    };
    let outcome = runtime.block_on(async {
        match arguments.split_first() {
            Some((word, rest)) if word == "mesh" => mesh(rest).await,
            _ => real_api_servers(&arguments).await,
        }
    });
    finish(outcome.map_err(|error| error.chain()))
}

async fn real_api_servers(arguments: &[String]) -> Result<String, Error> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (command, folder) = match words.as_slice() {
        [command] => (*command, background::default_folder()),
        [command, "--folder", folder] => (*command, PathBuf::from(folder)),
        _ => ("", PathBuf::new()),
    };
    let folder = std::path::absolute(&folder).unwrap_or(folder);
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
}

async fn mesh(arguments: &[String]) -> Result<String, Error> {
    let usage = |error: String| Error::Background(format!("{error}\n{USAGE}"));
    let Some((command, options)) = arguments.split_first() else {
        return Err(Error::Background(USAGE.to_owned()));
    };
    if let Some((fault, options)) = Fault::parse(arguments) {
        return fault.apply(&MeshConfig::parse(options).map_err(usage)?);
    }
    let config = MeshConfig::parse(options).map_err(usage)?;
    match command.as_str() {
        "up" => mesh::background::up(&config).await,
        "down" => mesh::background::down(&config).await,
        "status" => mesh::background::status(&config).await,
        "run" => mesh::background::run(config).await.map(|()| String::new()),
        "programs" => mesh::provide_programs().map(|_| String::new()),
        "required" if mesh::required() => Ok("a mesh lab must run here\n".to_owned()),
        "required" => Err(Error::Background("root or Go is not there".to_owned())),
        other => Err(usage(format!("{other} is unknown"))),
    }
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
