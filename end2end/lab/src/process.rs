//! Programs that end with us, however we end.
//!
//! Each program runs under a small shell that reads from a pipe whose other end we hold: when the pipe
//! closes, because we said so or because our process is gone, the shell kills the program. No signal
//! of ours is needed for it, and none can be lost.

use crate::{Error, programs::last_lines};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Starts `"$@"` and waits for it; kills it when standard input ends.
const SUPERVISE: &str = r#"
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
{ cat <&3 >/dev/null 2>&1; kill -KILL $program 2>/dev/null; } &
exec 3<&-
wait $program
"#;

/// Removes the folder `$1` when standard input ends and the programs in it had time to die.
const SWEEP: &str = r#"cat >/dev/null; sleep 1; rm -rf -- "$1""#;

/// A program that runs; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Kept {
    name: String,
    log: PathBuf,
    shell: Child,
}

impl Kept {
    /// Starts `program`; what it says goes to `<folder>/<name>.log`.
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

    /// Fails with the end of its log when the program is gone.
    pub(crate) fn alive(&mut self, cluster: &str) -> Result<(), Error> {
        match self.shell.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(Error::Died {
                program: self.name.clone(),
                cluster: cluster.to_owned(),
                log: self.log_end(),
            }),
        }
    }

    /// How its log ends.
    pub(crate) fn log_end(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log), 8)
    }

    /// Ends the program and waits until it is gone.
    pub(crate) fn stop(&mut self) {
        drop(self.shell.stdin.take());
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            match self.shell.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                _ => return,
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder that is removed when this is dropped, or our process ends.
#[derive(Debug)]
pub(crate) struct Swept {
    path: PathBuf,
    shell: Option<Child>,
}

impl Swept {
    /// A new folder among the system's temporary ones.
    pub(crate) fn temporary(name: &str) -> Result<Self, Error> {
        let write = |source| Error::Write {
            path: std::env::temp_dir(),
            source,
        };
        let prefix = format!("meshspan-{name}-");
        let made = tempfile::Builder::new().prefix(&prefix).tempdir();
        let path = made.map_err(write)?.keep();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SWEEP, "sh"])
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

impl Drop for Swept {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            // It sleeps for a second; nobody waits for it.
            std::thread::spawn(move || shell.wait());
        }
    }
}
