//! The network of a mesh lab: a router with a bridge in a namespace of its own, one namespace per control
//! plane and node, and one link to the host.
//!
//! Start at [`Network::create`]. No namespace has a name: it ends with the last process in it, and its
//! links end with it.

use super::{MeshConfig, host::INTERFACE};
use crate::{Error, command, process::Process};
use ipnet::Ipv4Net;
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long the first process of a namespace may take to start.
const START_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Writes its process ID to `$1` and waits forever.
const HOLD: &str = r#"echo $$ > "$1.new" && mv "$1.new" "$1" && exec sleep infinity"#;

/// A network namespace, with a process that holds it.
#[derive(Debug)]
pub(super) struct Namespace {
    process_id: u32,
    _holder: Process,
}

impl Namespace {
    fn create(name: &str, folder: &Path) -> Result<Self, Error> {
        let file = folder.join(format!("{name}.pid"));
        let _ = fs::remove_file(&file);
        let words = ["--net", "--", "sh", "-c", HOLD, "sh"].map(str::to_owned);
        let mut arguments = words.to_vec();
        arguments.push(file.display().to_string());
        let mut holder = Process::start(name, Path::new("unshare"), &arguments, folder)?;
        let start = Instant::now();
        loop {
            if let Some(process_id) = read_process_id(&file) {
                let this = Self {
                    process_id,
                    _holder: holder,
                };
                this.ip("link set lo up")?;
                return Ok(this);
            }
            holder.check_running(name)?;
            if start.elapsed() > START_TIMEOUT {
                return Err(Error::NotReady {
                    cluster: name.to_owned(),
                    seconds: START_TIMEOUT.as_secs(),
                    missing: "its network namespace".to_owned(),
                });
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// The file by which other processes enter the namespace.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/ns/net", self.process_id))
    }

    /// Executes lines of the program `ip` in the namespace.
    pub(super) fn ip(&self, lines: &str) -> Result<(), Error> {
        self.run("ip", &["-batch", "-"], lines).map(|_| ())
    }

    /// Runs a program in the namespace and returns its standard output.
    pub(super) fn run(
        &self,
        program: &str,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, Error> {
        let namespace = format!("--net={}", self.path().display());
        let mut all = vec![namespace.as_str(), "--", program];
        all.extend_from_slice(arguments);
        command::run("nsenter", &all, input)
    }

    /// Sets parameters of the kernel below `net.ipv4`, such as `ip_forward`.
    fn set(&self, parameters: &[(&str, u8)]) -> Result<(), Error> {
        let line =
            |(name, value): &(&str, u8)| format!("echo {value} > /proc/sys/net/ipv4/{name}\n");
        let script: String = parameters.iter().map(line).collect();
        self.run("sh", &["-e"], &script).map(|_| ())
    }
}

fn read_process_id(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// The router and its bridge; the link of the host ends with it.
#[derive(Debug)]
pub(super) struct Network {
    router: Namespace,
    gateway: Ipv4Addr,
    folder: PathBuf,
}

impl Network {
    /// Creates the router, its bridge, and the link to the host.
    pub(super) fn create(config: &MeshConfig) -> Result<Self, Error> {
        let router = Namespace::create("router", &config.folder)?;
        let gateway = config.router();
        router.set(&[("ip_forward", 1), ("conf/all/send_redirects", 0)])?;
        router.ip(&format!(
            "link add bridge type bridge\naddress add {gateway}/24 dev bridge\nlink set bridge up"
        ))?;
        let (host, lab) = config.host_link();
        let (process_id, range) = (router.process_id, config.range);
        let lines = format!(
            "link add {INTERFACE} type veth peer name host netns {process_id}
             address add {host} peer {lab} dev {INTERFACE}
             link set {INTERFACE} up"
        );
        command::run("ip", &["-batch", "-"], &lines)?;
        router.ip(&format!(
            "address add {lab} peer {host} dev host\nlink set host up"
        ))?;
        let route = format!("route add {range} via {lab} dev {INTERFACE}");
        command::run("ip", &["-batch", "-"], &route)?;
        for number in 1..=config.clusters {
            let (balancers, node) = (config.balancers(number), config.node(number, 1));
            router.ip(&format!("route add {balancers} via {node}"))?;
        }
        Ok(Self {
            router,
            gateway,
            folder: config.folder.clone(),
        })
    }

    /// Creates a namespace with this address at the bridge. The names of interfaces allow 15 characters.
    pub(super) fn attach(&self, name: &str, address: Ipv4Addr) -> Result<Namespace, Error> {
        let namespace = Namespace::create(name, &self.folder)?;
        let (process_id, gateway) = (namespace.process_id, self.gateway);
        let port = format!("port{}", u32::from(address) & 0xff);
        self.router.ip(&format!(
            "link add {port} type veth peer name eth0 netns {process_id}
             link set {port} master bridge
             link set {port} up"
        ))?;
        namespace.set(&[("ip_forward", 1), ("conf/all/route_localnet", 1)])?;
        namespace.ip(&format!(
            "address add {address}/24 dev eth0
             link set eth0 up
             route add default via {gateway}"
        ))?;
        Ok(namespace)
    }

    /// Leads a range to a node.
    pub(super) fn route(&self, range: Ipv4Net, node: Ipv4Addr) -> Result<(), Error> {
        self.router.ip(&format!("route replace {range} via {node}"))
    }
}

impl Drop for Network {
    /// Removes the link of the host at once, with its other end and its route; the kernel removes the rest
    /// with the namespaces.
    fn drop(&mut self) {
        let _ = command::read("ip", &["link", "delete", INTERFACE]);
    }
}
