//! Child processes and temporary folders that never outlive this process, even when it is killed.
//!
//! Each program runs under a small shell that reads from a pipe whose write end this process holds. When
//! the pipe closes, on purpose or because this process is gone, the shell kills the program.

use crate::{Error, go::last_lines};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Starts `"$@"` and waits for it; kills it at the end of standard input.
const SUPERVISE: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ cat <&3 >/dev/null 2>&1; kill -KILL $program 2>/dev/null; } &
exec 3<&-
wait $program
"#;

/// Removes the folder `$1` at the end of standard input, after the programs in it have exited.
const REMOVE_FOLDER: &str = r#"cat >/dev/null; sleep 1; rm -rf -- "$1""#;

/// A running program; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    log: PathBuf,
    shell: Child,
}

impl Process {
    /// Starts `program`; its output goes to `<folder>/<name>.log`.
    pub(crate) fn start(
        name: &str,
        program: &Path,
        arguments: &[String],
        folder: &Path,
    ) -> Result<Self, Error> {
        let log = folder.join(format!("{name}.log"));
        let failed = |source| Error::Start {
            program: name.to_owned(),
            source,
        };
        let output = File::create(&log).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let shell = Command::new("sh")
            .args(["-c", SUPERVISE, "sh"])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(failed)?;
        Ok(Self {
            name: name.to_owned(),
            log,
            shell,
        })
    }

    /// Starts `program` in a network namespace, as [`Process::start`].
    pub(crate) fn start_in(
        namespace: &Path,
        name: &str,
        program: &Path,
        arguments: &[String],
        folder: &Path,
    ) -> Result<Self, Error> {
        let mut all = vec![
            format!("--net={}", namespace.display()),
            "--".to_owned(),
            program.display().to_string(),
        ];
        all.extend_from_slice(arguments);
        Self::start(name, Path::new("nsenter"), &all, folder)
    }

    /// Fails with the end of the log when the program has exited.
    pub(crate) fn check_running(&mut self, cluster: &str) -> Result<(), Error> {
        match self.shell.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(Error::Exited {
                program: self.name.clone(),
                cluster: cluster.to_owned(),
                log: self.log_end(),
            }),
        }
    }

    /// The end of its log.
    pub(crate) fn log_end(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log), 8)
    }

    /// Kills the program and waits until it has exited.
    pub(crate) fn stop(&mut self) {
        drop(self.shell.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline {
            match self.shell.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                _ => return,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder that is removed when this is dropped or this process ends.
#[derive(Debug)]
pub(crate) struct TemporaryFolder {
    path: PathBuf,
    shell: Option<Child>,
}

impl TemporaryFolder {
    /// Creates a folder in the temporary directory of the system.
    pub(crate) fn new(name: &str) -> Result<Self, Error> {
        let write = |source| Error::Write {
            path: std::env::temp_dir(),
            source,
        };
        let prefix = format!("meshspan-{name}-");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir();
        let path = folder.map_err(write)?.keep();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", REMOVE_FOLDER, "sh"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Self {
            shell: shell.spawn().ok(),
            path,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            // The shell sleeps for a second, so a thread reaps it.
            std::thread::spawn(move || shell.wait());
        }
    }
}
