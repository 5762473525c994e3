//! A node: containerd, a kubelet and a kube-proxy in network, mount and process namespaces of their own.
//!
//! Start at [`Node::start`]. When the first process of the process namespace is killed, the kernel kills
//! all processes of the node, containers included.

use super::{host, images::Images, leftovers::CGROUP, network::Namespace, programs::MeshPrograms};
use crate::{ClusterConfig, Error, access::Access, ca::write_private, process::Process};
use serde_json::{Value, json};
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// Prepares the node and runs its programs, see the file.
const SCRIPT: &str = include_str!("node.sh");

/// The user of kube-proxy, to which Kubernetes binds its role.
pub(super) const PROXY_USER: &str = "system:kube-proxy";

/// The user of a kubelet.
pub(super) fn kubelet_user(node: &str) -> String {
    format!("system:node:{node}")
}

/// What a node is made of.
pub(super) struct NodeConfig<'a> {
    pub(super) cluster: &'a ClusterConfig,
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    /// The folder of the cluster, which has the certificate of its CA.
    pub(super) folder: &'a Path,
    pub(super) access: &'a Access,
}

/// A running node; all of its processes are killed when this is dropped.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    folder: PathBuf,
    // Fields are dropped in this order: the programs, then their network namespace.
    process: Process,
    _namespace: Namespace,
}

impl Node {
    /// Starts containerd; the kubelet follows after [`Node::start_kubelet`].
    pub(super) fn start(
        config: NodeConfig<'_>,
        namespace: Namespace,
        programs: &MeshPrograms,
        images: &Images,
    ) -> Result<Self, Error> {
        let folder = config.folder.join(&config.name);
        write_files(&config, &folder)?;
        let words = [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "sh",
            "-c",
            SCRIPT,
            "node",
        ];
        let mut arguments = vec![format!("--net={}", namespace.path().display()), "--".into()];
        arguments.extend(words.map(str::to_owned));
        let files = [&folder, programs.kubernetes(), &images.base].into_iter();
        let files = files.chain(images.others.iter().map(PathBuf::as_path));
        arguments.extend(files.map(|path| path.display().to_string()));
        let process = Process::start("node", Path::new("nsenter"), &arguments, &folder)?;
        Ok(Self {
            name: config.name,
            address: config.address,
            folder,
            process,
            _namespace: namespace,
        })
    }

    /// Starts the kubelet, when the API server is ready.
    pub(super) fn start_kubelet(&self) -> Result<(), Error> {
        write(&self.folder.join("api-server-is-ready"), "")
    }

    /// Gives the pods of the node addresses of `pods`, its part of the pod CIDR; then kube-proxy starts.
    pub(super) fn connect_pods(&self, pods: &str) -> Result<(), Error> {
        let file = self.folder.join("cni/lab.conflist");
        let new = self.folder.join("cni/lab.conflist.new");
        write(&new, &pod_network(pods).to_string())?;
        fs::rename(&new, &file).map_err(|source| write_error(&file, source))
    }

    /// Whether all images are imported.
    pub(super) fn has_images(&self) -> bool {
        self.folder.join("images-are-imported").is_file()
    }

    /// Fails with the end of the log when the node has ended.
    pub(super) fn check_running(&mut self) -> Result<(), Error> {
        self.process.check_running(&self.name)
    }
}

fn write_files(config: &NodeConfig<'_>, folder: &Path) -> Result<(), Error> {
    for name in ["cni", "kernel", "log", "kubelet"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|source| write_error(&path, source))?;
    }
    let kubelet = config.access.kubeconfig(&kubelet_user(&config.name));
    write_private(&folder.join("kubelet.kubeconfig"), &kubelet)?;
    let proxy = config.access.kubeconfig(PROXY_USER);
    write_private(&folder.join("kube-proxy.kubeconfig"), &proxy)?;
    for (name, text) in [
        ("address", config.address.to_string()),
        // No resolver beyond the cluster: DNS of the lab answers for the cluster only.
        ("resolv.conf", "options attempts:1 timeout:1\n".to_owned()),
        ("containerd.toml", containerd(folder)?),
        ("kubelet.json", kubelet_config(config, folder).to_string()),
        ("kube-proxy.json", proxy_config(config, folder).to_string()),
    ] {
        write(&folder.join(name), &text)?;
    }
    Ok(())
}

/// The configuration of containerd: its data in the folder of the node, no registry.
fn containerd(folder: &Path) -> Result<String, Error> {
    // Quoted as TOML quotes text.
    let quoted = |path: &Path| format!("{:?}", path.display().to_string());
    let root = quoted(&folder.join("containerd"));
    let plugins = quoted(&host::plugins()?);
    let configuration = quoted(&folder.join("cni"));
    Ok(format!(
        r#"version = 2
root = {root}
state = "/run/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = {plugins}
    conf_dir = {configuration}
"#,
        pause = super::images::PAUSE,
    ))
}

fn kubelet_config(config: &NodeConfig<'_>, folder: &Path) -> Value {
    let file = |name: &str| folder.join(name).display().to_string();
    json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": "0.0.0.0",
        "authentication": {
            "anonymous": {"enabled": false},
            "webhook": {"enabled": true},
            "x509": {"clientCAFile": config.folder.join("ca.crt").display().to_string()},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [config.cluster.dns_service().to_string()],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "resolvConf": file("resolv.conf"),
        "volumePluginDir": file("volume-plugins"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{CGROUP}"),
        "cgroupsPerQOS": false,
        "enforceNodeAllocatable": [],
        // Otherwise a host with version 1 of cgroups is refused.
        "failCgroupV1": false,
        "failSwapOn": false,
        "serializeImagePulls": false,
        // Otherwise an image whose pull has failed once is not taken from the local images later.
        "imagePullCredentialsVerificationPolicy": "NeverVerify",
        "imageGCHighThresholdPercent": 100,
        "evictionHard": {"memory.available": "50Mi"},
        // A lost node is noticed within seconds, see the controller manager.
        "nodeStatusUpdateFrequency": "4s",
        "nodeLeaseDurationSeconds": 8,
    })
}

fn proxy_config(config: &NodeConfig<'_>, folder: &Path) -> Value {
    json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": folder.join("kube-proxy.kubeconfig").display().to_string()},
        "mode": "iptables",
        "clusterCIDR": config.cluster.pods.to_string(),
        "hostnameOverride": config.name,
        // Limits of connections belong to the whole machine.
        "conntrack": {
            "maxPerCore": 0, "min": 0, "tcpCloseWaitTimeout": "0s", "tcpEstablishedTimeout": "0s",
        },
    })
}

/// Each pod has a link of its own to the node: with a bridge, responses of a Service to a pod of the same
/// node would bypass kube-proxy on hosts without the module `br_netfilter`.
fn pod_network(pods: &str) -> Value {
    json!({
        "cniVersion": "0.4.0",
        "name": "lab",
        "plugins": [{
            "type": "ptp",
            "ipMasq": false,
            "ipam": {
                "type": "host-local",
                "dataDir": "/run/cni",
                "ranges": [[{"subnet": pods}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        }],
    })
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| write_error(path, source))
}

fn write_error(path: &Path, source: std::io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}
