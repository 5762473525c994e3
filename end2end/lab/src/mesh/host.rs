//! What a mesh lab needs of the host: root, programs, and addresses that nothing else uses.
//!
//! Start at [`check`].

use super::MeshConfig;
use crate::{Error, command};
use ipnet::Ipv4Net;
use serde_json::Value;
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// The interface of the host that leads to the lab.
pub(super) const INTERFACE: &str = "meshspan-lab";

/// Programs of the system that the nodes run.
const PROGRAMS: [&str; 8] = [
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "runc",
    "iptables",
    "ip",
    "nsenter",
    "unshare",
];

/// Where distributions install the plugins of the Container Network Interface.
const PLUGIN_FOLDERS: [&str; 2] = ["/usr/lib/cni", "/opt/cni/bin"];

/// The plugins that the nodes use.
const PLUGINS: [&str; 3] = ["ptp", "host-local", "loopback"];

/// Folders that a node hides from its programs.
const HIDDEN: [&str; 4] = ["/run", "/var/log", "/var/lib/cni", "/var/lib/kubelet"];

/// Whether this process runs as root.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Checks everything that does not change while the lab runs.
pub(super) fn check(config: &MeshConfig) -> Result<(), Error> {
    let missing = |reason: String| Err(Error::Missing { reason });
    if !is_root() {
        return missing(
            "a mesh lab needs root for its network namespaces; run it with sudo -E".into(),
        );
    }
    let absent: Vec<&str> = PROGRAMS
        .into_iter()
        .filter(|program| command::find(program).is_none())
        .collect();
    if !absent.is_empty() {
        return missing(format!(
            "{} not installed; `cargo xtask lab mesh up` installs Debian's packages",
            absent.join(", ")
        ));
    }
    plugins()?;
    if HIDDEN
        .iter()
        .any(|hidden| config.folder.starts_with(hidden))
    {
        let folder = config.folder.display();
        return missing(format!(
            "the folder {folder} is below {}, which nodes replace; choose another one with --folder",
            HIDDEN.join(", ")
        ));
    }
    if Path::new("/sys/class/net").join(INTERFACE).exists() {
        return Err(Error::Background(format!(
            "a mesh lab already runs on this machine: the interface {INTERFACE} exists"
        )));
    }
    match used_range(config.range)? {
        None => Ok(()),
        Some(user) => Err(Error::RangeInUse {
            range: config.range.to_string(),
            user,
        }),
    }
}

/// The folder with the plugins of the Container Network Interface.
pub(super) fn plugins() -> Result<PathBuf, Error> {
    let has_all = |folder: &&Path| PLUGINS.iter().all(|plugin| folder.join(plugin).is_file());
    let mut folders = PLUGIN_FOLDERS.iter().map(Path::new);
    let found = folders.find(has_all).map(Path::to_owned);
    found.ok_or_else(|| Error::Missing {
        reason: format!(
            "the CNI plugins {} are not in {}; `cargo xtask lab mesh up` installs Debian's packages",
            PLUGINS.join(", "),
            PLUGIN_FOLDERS.join(" or ")
        ),
    })
}

/// The route or address of the host that overlaps with `range`, if any.
fn used_range(range: Ipv4Net) -> Result<Option<String>, Error> {
    let routes = command::read("ip", &["-json", "-4", "route", "show", "table", "all"])?;
    let addresses = command::read("ip", &["-json", "-4", "address", "show"])?;
    Ok(overlapping_route(&routes, range).or_else(|| overlapping_address(&addresses, range)))
}

fn overlapping_route(routes: &str, range: Ipv4Net) -> Option<String> {
    let routes: Vec<Value> = serde_json::from_str(routes).unwrap_or_default();
    routes.iter().find_map(|route| {
        let text = route["dst"].as_str().filter(|text| *text != "default")?;
        let device = route["dev"].as_str().unwrap_or("no device");
        let to = network(text).filter(|to| overlap(*to, range))?;
        Some(format!("route {to} ({device})"))
    })
}

fn overlapping_address(interfaces: &str, range: Ipv4Net) -> Option<String> {
    let interfaces: Vec<Value> = serde_json::from_str(interfaces).unwrap_or_default();
    interfaces.iter().find_map(|interface| {
        let name = interface["ifname"].as_str().unwrap_or_default();
        let mut addresses = interface["addr_info"].as_array()?.iter();
        addresses.find_map(|address| {
            let address = address["local"].as_str()?;
            let used = network(address).filter(|used| overlap(*used, range))?;
            Some(format!("address {} ({name})", used.addr()))
        })
    })
}

/// A range or an address, as `ip` prints it.
fn network(text: &str) -> Option<Ipv4Net> {
    let address = || text.parse::<Ipv4Addr>().ok().map(Ipv4Net::from);
    text.parse().ok().or_else(address)
}

fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b) || b.contains(&a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_the_host_uses_is_found() {
        let range = "10.99.0.0/16".parse().expect("a range");
        let routes = |to: &str| {
            format!(r#"[{{"dst":"default","dev":"eth0"}},{{"dst":"{to}","dev":"tun0"}}]"#)
        };
        let found = |to: &str| overlapping_route(&routes(to), range);
        assert_eq!(
            found("10.99.7.0/24").as_deref(),
            Some("route 10.99.7.0/24 (tun0)")
        );
        assert_eq!(
            found("10.0.0.0/8").as_deref(),
            Some("route 10.0.0.0/8 (tun0)")
        );
        assert_eq!(found("10.98.0.0/16"), None);
        let addresses = r#"[{"ifname":"lo","addr_info":[{"local":"10.99.1.2","prefixlen":32}]}]"#;
        let address = overlapping_address(addresses, range);
        assert_eq!(address.as_deref(), Some("address 10.99.1.2 (lo)"));
    }
}
