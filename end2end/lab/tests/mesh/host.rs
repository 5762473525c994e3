//! What a lab could leave on the host: interfaces, routes, rules of iptables, mounts, processes in network
//! namespaces, and folders.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// The programs that a lab starts.
const PROGRAMS: [&str; 15] = [
    "sleep",
    "containerd",
    "containerd-shim",
    "runc",
    "kubelet",
    "kube-proxy",
    "kube-apiserver",
    "kube-controller",
    "kube-scheduler",
    "etcd",
    "coredns",
    "bookinfo",
    "pilot-agent",
    "pilot-discovery",
    "envoy",
];

/// Folders of the system that the programs of a node use elsewhere.
const FOLDERS: [&str; 8] = [
    "/run/containerd",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/pods",
    "/var/log/containers",
    "/opt/containerd",
    "/usr/libexec/kubernetes",
];

/// The state of the host.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Host {
    interfaces: String,
    routes: String,
    rules: String,
    mounts: BTreeSet<String>,
    programs: Vec<String>,
    folders: Vec<PathBuf>,
}

impl Host {
    pub(crate) fn read() -> Self {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        Self {
            interfaces: output("ip", &["-brief", "link"]),
            routes: output("ip", &["route", "show", "table", "all"]),
            rules: ["iptables-save", "ip6tables-save"]
                .map(|program| without_comments(&output(program, &[])))
                .concat(),
            mounts: mounts.lines().map(str::to_owned).collect(),
            programs: programs(),
            folders: FOLDERS
                .map(PathBuf::from)
                .into_iter()
                .filter(|folder| folder.exists())
                .collect(),
        }
    }

    pub(crate) fn assert_unchanged(&self) {
        let now = Self::read();
        assert_eq!(self, &now);
    }

    /// Waits until everything but folders is as before.
    pub(crate) async fn wait_until_unchanged(&self, timeout: Duration) {
        let start = Instant::now();
        loop {
            let mut now = Self::read();
            now.folders.clone_from(&self.folders);
            if &now == self {
                return;
            }
            assert!(
                start.elapsed() < timeout,
                "before: {self:#?}\nafter: {now:#?}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The number of cgroups of labs.
pub(crate) fn cgroups() -> usize {
    let hierarchies = fs::read_dir("/sys/fs/cgroup").unwrap().flatten();
    let named = hierarchies.map(|hierarchy| hierarchy.path().join("meshspan-lab"));
    named
        .chain([PathBuf::from("/sys/fs/cgroup/meshspan-lab")])
        .filter(|cgroup| cgroup.exists())
        .count()
}

/// Kills the process whose command line has all of these arguments.
pub(crate) fn kill(arguments: &[&str]) {
    let mut processes = processes().into_iter();
    let process = processes.find(|(_, command)| {
        arguments
            .iter()
            .all(|argument| command.iter().any(|word| word == argument))
    });
    let (id, _) = process.expect("a process with these arguments");
    let killed = Command::new("kill").args(["-KILL", &id]).status().unwrap();
    assert!(killed.success());
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).into_owned()
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}

/// The processes by ID, with their command lines.
fn processes() -> Vec<(String, Vec<String>)> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| {
            let id = entry.file_name().into_string().ok()?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            let words = command.split(|byte| *byte == 0);
            let words = words.map(|word| String::from_utf8_lossy(word).into_owned());
            id.parse::<u32>().ok()?;
            Some((id, words.collect()))
        })
        .collect()
}

/// The programs of labs that run in network namespaces, by their name; tests with other clusters may run
/// the same programs on the host.
fn programs() -> Vec<String> {
    let own = namespace("self");
    let mut programs: Vec<String> = processes()
        .into_iter()
        .filter(|(id, _)| namespace(id).is_some_and(|namespace| Some(namespace) != own))
        .filter_map(|(_, command)| {
            let name = Path::new(command.first()?).file_name()?;
            let name = name.to_string_lossy().into_owned();
            let is_ours = PROGRAMS.iter().any(|program| name.starts_with(program));
            is_ours.then_some(name)
        })
        .collect();
    programs.sort();
    programs
}

/// The network namespace of a process.
fn namespace(process: &str) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{process}/ns/net")).ok()
}
