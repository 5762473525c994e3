//! Faults of a running mesh lab that no API server can cause: a stopped API server, and an istiod that does not
//! reach the API server of another cluster.
//!
//! They are caused from another process than the lab's, by what `/proc` tells about its processes. Start at
//! [`Fault::parse`].

use super::MeshConfig;
use crate::{Error, command};
use std::{fs, net::Ipv4Addr};

/// A fault, or its end.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// The API server of this cluster stops with its port open: nothing is answered.
    Pause(String),
    /// The API server of this cluster continues.
    Resume(String),
    /// This pod of istiod does not reach the API server of this cluster any more, and its container is
    /// restarted.
    Blind(String, String),
    /// This pod of istiod reaches the API server of this cluster again.
    Unblind(String, String),
}

impl Fault {
    /// Reads `pause CLUSTER`, `resume CLUSTER`, `blind POD CLUSTER` or `unblind POD CLUSTER`, with the options
    /// after it.
    pub fn parse(words: &[String]) -> Option<(Self, &[String])> {
        let word = |at: usize| words.get(at).cloned();
        let (fault, length) = match words.first()?.as_str() {
            "pause" => (Self::Pause(word(1)?), 2),
            "resume" => (Self::Resume(word(1)?), 2),
            "blind" => (Self::Blind(word(1)?, word(2)?), 3),
            "unblind" => (Self::Unblind(word(1)?, word(2)?), 3),
            _ => return None,
        };
        Some((fault, words.get(length..)?))
    }

    /// Causes or ends the fault in the running lab.
    ///
    /// # Errors
    /// [`Error::Background`] when the lab has no such cluster or process; [`Error::Command`] when the program
    /// that changes it fails.
    pub fn apply(&self, config: &MeshConfig) -> Result<String, Error> {
        match self {
            Self::Pause(cluster) => signal(api_server(config, cluster)?, "STOP"),
            Self::Resume(cluster) => signal(api_server(config, cluster)?, "CONT"),
            Self::Blind(pod, cluster) => {
                let istiod = istiod(pod)?;
                drop_packets(istiod, address(config, cluster)?, "--insert")?;
                signal(istiod, "KILL")
            }
            Self::Unblind(pod, cluster) => {
                drop_packets(istiod(pod)?, address(config, cluster)?, "--delete")
            }
        }
        .map(|()| String::new())
    }
}

/// The address of the API server of a cluster.
fn address(config: &MeshConfig, cluster: &str) -> Result<Ipv4Addr, Error> {
    let number = (1..=config.clusters).find(|number| config.cluster(*number).name == cluster);
    let number =
        number.ok_or_else(|| Error::Background(format!("the lab has no cluster {cluster}")))?;
    Ok(config.api_server(number))
}

/// The process of the API server of a cluster.
fn api_server(config: &MeshConfig, cluster: &str) -> Result<u32, Error> {
    let flag = format!("--advertise-address={}", address(config, cluster)?);
    let found = processes("kube-apiserver").find(|process| has_entry(*process, "cmdline", &flag));
    found.ok_or_else(|| Error::Background(format!("no API server of {cluster} runs")))
}

/// The process of istiod in a pod.
fn istiod(pod: &str) -> Result<u32, Error> {
    let name = format!("POD_NAME={pod}");
    let found = processes("pilot-discovery").find(|process| has_entry(*process, "environ", &name));
    found.ok_or_else(|| Error::Background(format!("no istiod runs in a pod {pod}")))
}

/// The processes of a program.
fn processes(program: &str) -> impl Iterator<Item = u32> {
    // The kernel keeps 15 characters of the name of a process.
    let name: String = program.chars().take(15).collect();
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(move |process: &u32| {
            let file = format!("/proc/{process}/comm");
            fs::read_to_string(file).is_ok_and(|text| text.trim_end() == name)
        })
}

/// Whether a file of a process, whose entries end with NUL, has an entry.
fn has_entry(process: u32, file: &str, entry: &str) -> bool {
    let content = fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
    content
        .split(|byte| *byte == 0)
        .any(|part| part == entry.as_bytes())
}

fn signal(process: u32, name: &str) -> Result<(), Error> {
    command::read("kill", &["-s", name, &process.to_string()]).map(|_| ())
}

/// Inserts or deletes the rule that drops what a process sends to an address. The network namespace belongs to
/// the pod, so that it outlives the container.
fn drop_packets(process: u32, to: Ipv4Addr, change: &str) -> Result<(), Error> {
    let namespace = format!("--net=/proc/{process}/ns/net");
    let to = to.to_string();
    let rule = [
        &namespace,
        "--",
        "iptables",
        change,
        "OUTPUT",
        "--destination",
        &to,
        "--jump",
        "DROP",
    ];
    command::read("nsenter", &rule).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_fault_is_read_and_the_options_are_left() {
        let arguments = words("blind istiod-1 west --folder /tmp/x");
        let (fault, options) = Fault::parse(&arguments).expect("a fault");
        let (pod, cluster) = ("istiod-1".to_owned(), "west".to_owned());
        assert_eq!(fault, Fault::Blind(pod, cluster));
        assert_eq!(options, words("--folder /tmp/x"));
        assert_eq!(Fault::parse(&words("pause")), None);
        assert_eq!(Fault::parse(&words("up")), None);
    }

    #[test]
    fn a_cluster_that_the_lab_lacks_is_named() {
        let cluster = "north".to_owned();
        let config = MeshConfig::new(Path::new("/nonexistent"));
        let error = Fault::Pause(cluster).apply(&config).expect_err("an error");
        assert_eq!(error.to_string(), "the lab has no cluster north");
    }
}
