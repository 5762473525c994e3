//! The programs of one control plane: their order of start and their arguments.

use crate::{
    ClusterConfig, Error, Programs,
    access::Access,
    ca::{CertificateAuthority, write_private},
    ports,
    process::Process,
};
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long an API server may take to become ready.
const READY_TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Where the programs of a control plane run, and where they listen.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    /// The address of the API server.
    address: Ipv4Addr,
    /// The network namespace, unless it is that of this process.
    namespace: Option<PathBuf>,
    /// The ports of the API server and of etcd, for clients and for peers.
    ports: [u16; 3],
}

impl Placement {
    /// On loopback, with free ports.
    pub(crate) fn loopback() -> Result<Self, Error> {
        Ok(Self {
            address: Ipv4Addr::LOCALHOST,
            namespace: None,
            ports: ports::free()?,
        })
    }

    /// In a network namespace with this address, with the usual ports.
    pub(crate) fn in_namespace(namespace: PathBuf, address: Ipv4Addr) -> Self {
        Self {
            address,
            namespace: Some(namespace),
            ports: [6443, 2379, 2380],
        }
    }
}

/// The running programs; they are killed when this is dropped, in the reverse order of their start.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    pub(crate) access: Access,
    config: ClusterConfig,
    placement: Placement,
    folder: PathBuf,
    programs: Vec<(&'static str, Process)>,
}

impl ControlPlane {
    /// Writes the certificates and tokens; `users` are added to those of every cluster, with their group.
    pub(crate) fn prepare(
        config: &ClusterConfig,
        placement: Placement,
        users: &[(String, &str)],
        folder: &Path,
    ) -> Result<Self, Error> {
        let ca = CertificateAuthority::new(&format!("{}-ca", config.name))?;
        ca.write(folder, &[config.first_service(), placement.address.into()])?;
        let server = format!("https://{}:{}", placement.address, placement.ports[0]);
        let mut access = Access::new(&config.name, server, &ca)?;
        for (user, group) in users {
            access.add_user(user, group);
        }
        write_private(&folder.join("tokens.csv"), &access.token_file())?;
        Ok(Self {
            access,
            config: config.clone(),
            placement,
            folder: folder.to_owned(),
            programs: Vec::new(),
        })
    }

    /// Starts all programs and waits until the API server is ready.
    pub(crate) async fn start(&mut self, programs: &Programs) -> Result<(), Error> {
        self.run(programs, "etcd", self.etcd())?;
        self.run(programs, "kube-apiserver", self.api_server())?;
        self.wait_until_ready().await?;
        let manager = self.controller_manager()?;
        self.run(programs, "kube-controller-manager", manager)?;
        let scheduler = self.scheduler()?;
        self.run(programs, "kube-scheduler", scheduler)
    }

    fn run(
        &mut self,
        programs: &Programs,
        name: &'static str,
        arguments: Vec<String>,
    ) -> Result<(), Error> {
        let program = programs.path(name);
        let process = match &self.placement.namespace {
            None => Process::start(name, &program, &arguments, &self.folder)?,
            Some(namespace) => {
                Process::start_in(namespace, name, &program, &arguments, &self.folder)?
            }
        };
        self.programs.push((name, process));
        Ok(())
    }

    /// Fails with the end of the log when one of the programs has exited.
    pub(crate) fn check_running(&mut self) -> Result<(), Error> {
        let mut programs = self.programs.iter_mut();
        programs.try_for_each(|(_, program)| program.check_running(&self.config.name))
    }

    /// The end of the API server's log.
    pub(crate) fn log_end(&self) -> String {
        let api_server = self
            .programs
            .iter()
            .find(|(name, _)| *name == "kube-apiserver");
        api_server
            .map(|(_, program)| program.log_end())
            .unwrap_or_default()
    }

    /// Kills the API server; the other programs keep running.
    pub(crate) fn stop_api_server(&mut self) {
        for (_, program) in self
            .programs
            .iter_mut()
            .filter(|(name, _)| *name == "kube-apiserver")
        {
            program.stop();
        }
    }

    async fn wait_until_ready(&mut self) -> Result<(), Error> {
        let client = self.access.client("admin")?;
        let start = Instant::now();
        loop {
            self.check_running()?;
            let request = http::Request::get("/readyz").body(Vec::new());
            let missing = match request {
                Ok(request) => client
                    .request_text(request)
                    .await
                    .err()
                    .map(|e| e.to_string()),
                Err(error) => Some(error.to_string()),
            };
            let Some(missing) = missing else {
                return Ok(());
            };
            if start.elapsed() > READY_TIMEOUT {
                return Err(Error::NotReady {
                    cluster: self.config.name.clone(),
                    seconds: READY_TIMEOUT.as_secs(),
                    missing: format!("{missing}\n{}", self.log_end()),
                });
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn etcd(&self) -> Vec<String> {
        let [_, clients, peers] = self.placement.ports;
        let clients = format!("http://127.0.0.1:{clients}");
        let peers = format!("http://127.0.0.1:{peers}");
        flags([
            ("--name", "lab".into()),
            ("--data-dir", self.file("etcd")),
            ("--listen-client-urls", clients.clone()),
            ("--advertise-client-urls", clients),
            ("--listen-peer-urls", peers.clone()),
            ("--initial-advertise-peer-urls", peers.clone()),
            ("--initial-cluster", format!("lab={peers}")),
            // The data is lost when the lab stops, so that it need not be durable.
            ("--unsafe-no-fsync", "true".into()),
        ])
    }

    fn api_server(&self) -> Vec<String> {
        let [port, etcd, _] = self.placement.ports;
        let address = self.placement.address.to_string();
        let mut arguments = flags([
            ("--etcd-servers", format!("http://127.0.0.1:{etcd}")),
            ("--bind-address", address.clone()),
            ("--secure-port", port.to_string()),
            ("--advertise-address", address),
            ("--tls-cert-file", self.file("apiserver.crt")),
            ("--tls-private-key-file", self.file("apiserver.key")),
            ("--client-ca-file", self.file("ca.crt")),
            ("--token-auth-file", self.file("tokens.csv")),
            (
                "--service-cluster-ip-range",
                self.config.services.to_string(),
            ),
            // Kubernetes allocates the first 128 ports of such a range last: the ports that Istio's ingress
            // gateway asks for (31380, 31390, 31400) are not given to the Services of other tests.
            ("--service-node-port-range", "31380-35475".into()),
            ("--authorization-mode", "Node,RBAC".into()),
            ("--enable-admission-plugins", "NodeRestriction".into()),
            (
                "--service-account-issuer",
                "https://kubernetes.default.svc".into(),
            ),
            ("--service-account-signing-key-file", self.file("sa.key")),
            ("--service-account-key-file", self.file("sa.pub")),
            ("--allow-privileged", "true".into()),
            ("--profiling", "false".into()),
        ]);
        arguments.extend(match self.placement.namespace {
            // An EndpointSlice must not contain a loopback address, so that none is written for the
            // Service `kubernetes`.
            None => flags([("--endpoint-reconciler-type", "none".into())]),
            Some(_) => self.with_nodes(),
        });
        arguments
    }

    /// Arguments of an API server that connects to kubelets and to the pods of webhooks.
    fn with_nodes(&self) -> Vec<String> {
        flags([
            (
                "--kubelet-client-certificate",
                self.file("kubelet-client.crt"),
            ),
            ("--kubelet-client-key", self.file("kubelet-client.key")),
            ("--kubelet-preferred-address-types", "InternalIP".into()),
            // Where the control plane runs, no kube-proxy gives cluster IPs a meaning.
            ("--enable-aggregator-routing", "true".into()),
        ])
    }

    fn controller_manager(&self) -> Result<Vec<String>, Error> {
        let kubeconfig = self.write_kubeconfig("system:kube-controller-manager", "manager")?;
        Ok(flags([
            ("--kubeconfig", kubeconfig),
            // No test uses its HTTP endpoints.
            ("--secure-port", "0".into()),
            ("--use-service-account-credentials", "true".into()),
            ("--service-account-private-key-file", self.file("sa.key")),
            ("--root-ca-file", self.file("ca.crt")),
            ("--cluster-signing-cert-file", self.file("ca.crt")),
            ("--cluster-signing-key-file", self.file("ca.key")),
            (
                "--service-cluster-ip-range",
                self.config.services.to_string(),
            ),
            ("--cluster-cidr", self.config.pods.to_string()),
            ("--allocate-node-cidrs", "true".into()),
            // Created when it is missing; the default is a folder of the system.
            ("--flex-volume-plugin-dir", self.file("volume-plugins")),
            ("--leader-elect", "false".into()),
        ]))
    }

    fn scheduler(&self) -> Result<Vec<String>, Error> {
        let kubeconfig = self.write_kubeconfig("system:kube-scheduler", "scheduler")?;
        Ok(flags([
            ("--kubeconfig", kubeconfig),
            ("--secure-port", "0".into()),
            ("--leader-elect", "false".into()),
        ]))
    }

    fn write_kubeconfig(&self, user: &str, name: &str) -> Result<String, Error> {
        let path = self.folder.join(format!("{name}.kubeconfig"));
        write_private(&path, &self.access.kubeconfig(user))?;
        Ok(path.display().to_string())
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        while let Some((_, program)) = self.programs.pop() {
            drop(program);
        }
    }
}

/// Command-line arguments of the form `--flag=value`.
fn flags<const N: usize>(flags: [(&str, String); N]) -> Vec<String> {
    flags
        .map(|(flag, value)| format!("{flag}={value}"))
        .to_vec()
}
