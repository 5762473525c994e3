//! The commands of a plan, executed with the real kubectl and helm, have the same effect as the step.
#![expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]

use crate::{meshes::Pair, support::operator};
use std::{path::PathBuf, process::Command};
use wire::mesh::{CommandView, PageContent, PlannedChange, StepKind, StepState};

/// The folder with kubectl and helm; none, and a line that says why, where they are not.
#[expect(
    clippy::print_stdout,
    reason = "the line that `cargo xtask test` counts"
)]
fn tools(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or(home).map(|cache| cache.join("meshspan/tools"));
    let has = |folder: &PathBuf| {
        ["helm", "kubectl"]
            .iter()
            .all(|file| folder.join(file).is_file())
    };
    let found = [named, cache].into_iter().flatten().find(has);
    if found.is_none() {
        println!(
            "SKIPPED: {test}: helm and kubectl are not in MESHSPAN_TOOLS, nor in the cache folder"
        );
    }
    found
}

/// A shell in which both clusters are contexts.
struct Shell {
    tools: PathBuf,
    home: tempfile::TempDir,
}

impl Shell {
    fn new(tools: PathBuf, pair: &Pair) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("config"), pair.kubeconfig()).unwrap();
        Self { tools, home }
    }

    /// Runs them; `meshspan` itself is this process.
    fn run(&self, commands: &[CommandView]) {
        let mut lines = Vec::new();
        for line in commands.iter().flat_map(|command| command.text.lines()) {
            match line.strip_prefix("meshspan export ") {
                Some(to) => drop(catalog::export(&self.home.path().join(to)).unwrap()),
                None => lines.push(line),
            }
        }
        let charts = lines.iter().any(|line| line.contains(" built-in/"));
        let exported = self.home.path().join("built-in").is_dir();
        assert!(exported || !charts, "the charts come from the export");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &lines.join("\n")])
            .current_dir(self.home.path())
            .env("PATH", format!("{}:{path}", self.tools.display()))
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("config"))
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{message}\n{}", lines.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_every_step_do_what_the_step_does() {
    let Some(tools) = tools("the_commands_of_every_step_do_what_the_step_does") else {
        return;
    };
    let pair = Pair::new().await;
    let shell = Shell::new(tools, &pair);
    pair.accept().await;
    for kind in [
        StepKind::ControlPlane,
        StepKind::Join,
        StepKind::RemoteChart,
        StepKind::Sample,
        StepKind::Details,
    ] {
        let step = pair.step(kind).await.step;
        let plan = pair.console.plan_step(&operator(), &step).await.unwrap();
        shell.run(&plan.commands);
        assert_eq!(pair.step(kind).await.state, StepState::Done, "{kind:?}");
    }
    // What was made by hand is what the console would make: there is nothing left for it to do.
    let join = pair.step(StepKind::Join).await.step;
    let plan = pair.console.plan_step(&operator(), &join).await.unwrap();
    let left = plan
        .objects
        .iter()
        .filter(|object| object.change != PlannedChange::Keep);
    let left =
        left.map(|object| format!("{} {:?} {:?}", object.object, object.change, object.details));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
    let verdict = pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    assert_eq!(verdict.page.says, Some(PageContent::Details));
}
