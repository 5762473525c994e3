//! The programs of one control plane, started in their order, with what each has to be told.

use crate::{
    Error, Programs, Shape,
    access::Access,
    ca::{Authority, secret},
    process::Kept,
    ports,
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long an API server may take until it says that it is ready.
const PATIENCE: Duration = Duration::from_secs(90);

/// The running programs; they are killed when this is dropped, the last started first.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    pub(crate) access: Access,
    shape: Shape,
    folder: PathBuf,
    programs: Vec<(&'static str, Kept)>,
}

impl ControlPlane {
    /// Starts everything and waits until the API server is ready.
    pub(crate) async fn start(
        programs: &Programs,
        shape: &Shape,
        folder: &Path,
    ) -> Result<Self, Error> {
        let [api, clients, peers] = ports::free()?;
        let authority = Authority::new(&format!("{}-ca", shape.name))?;
        authority.write(folder, shape.first_service())?;
        let access = Access::new(&shape.name, api, &authority)?;
        secret(&folder.join("tokens.csv"), &access.token_file())?;
        let mut this = Self {
            access,
            shape: shape.clone(),
            folder: folder.to_owned(),
            programs: Vec::new(),
        };
        this.run(programs, "etcd", this.etcd(clients, peers))?;
        this.run(programs, "kube-apiserver", this.api_server(api, clients))?;
        this.ready().await?;
        let manager = this.controller_manager()?;
        this.run(programs, "kube-controller-manager", manager)?;
        let scheduler = this.scheduler()?;
        this.run(programs, "kube-scheduler", scheduler)?;
        Ok(this)
    }

    fn run(
        &mut self,
        programs: &Programs,
        name: &'static str,
        arguments: Vec<String>,
    ) -> Result<(), Error> {
        let kept = Kept::start(name, &programs.path(name), &arguments, &self.folder)?;
        self.programs.push((name, kept));
        Ok(())
    }

    /// Fails, with the end of its log, when one of the programs is gone.
    pub(crate) fn alive(&mut self) -> Result<(), Error> {
        let mut programs = self.programs.iter_mut();
        programs.try_for_each(|(_, program)| program.alive(&self.shape.name))
    }

    /// How the API server's log ends.
    pub(crate) fn log_end(&self) -> String {
        let api = self
            .programs
            .iter()
            .find(|(name, _)| *name == "kube-apiserver");
        api.map(|(_, program)| program.log_end())
            .unwrap_or_default()
    }

    /// Kills the API server; the others stay.
    pub(crate) fn stop_api_server(&mut self) {
        for (_, program) in self
            .programs
            .iter_mut()
            .filter(|(name, _)| *name == "kube-apiserver")
        {
            program.stop();
        }
    }

    async fn ready(&mut self) -> Result<(), Error> {
        let client = self.access.client("admin")?;
        let start = Instant::now();
        loop {
            self.alive()?;
            let answer = http::Request::get("/readyz").body(Vec::new());
            let missing = match answer {
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
            if start.elapsed() > PATIENCE {
                return Err(Error::NotReady {
                    cluster: self.shape.name.clone(),
                    seconds: PATIENCE.as_secs(),
                    missing: format!("{missing}\n{}", self.log_end()),
                });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn etcd(&self, clients: u16, peers: u16) -> Vec<String> {
        let clients = format!("http://127.0.0.1:{clients}");
        let peers = format!("http://127.0.0.1:{peers}");
        words([
            ("--name", "lab".into()),
            ("--data-dir", self.file("etcd")),
            ("--listen-client-urls", clients.clone()),
            ("--advertise-client-urls", clients),
            ("--listen-peer-urls", peers.clone()),
            ("--initial-advertise-peer-urls", peers.clone()),
            ("--initial-cluster", format!("lab={peers}")),
            // What it holds ends with the lab: nothing has to survive a power cut.
            ("--unsafe-no-fsync", "true".into()),
        ])
    }

    fn api_server(&self, port: u16, etcd: u16) -> Vec<String> {
        words([
            ("--etcd-servers", format!("http://127.0.0.1:{etcd}")),
            ("--bind-address", "127.0.0.1".into()),
            ("--secure-port", port.to_string()),
            ("--advertise-address", "127.0.0.1".into()),
            // An EndpointSlice may not name a loopback address, so nobody writes one for ourselves.
            ("--endpoint-reconciler-type", "none".into()),
            ("--tls-cert-file", self.file("apiserver.crt")),
            ("--tls-private-key-file", self.file("apiserver.key")),
            ("--client-ca-file", self.file("ca.crt")),
            ("--token-auth-file", self.file("tokens.csv")),
            (
                "--service-cluster-ip-range",
                self.shape.services.to_string(),
            ),
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
        ])
    }

    fn controller_manager(&self) -> Result<Vec<String>, Error> {
        let kubeconfig = self.written_kubeconfig("system:kube-controller-manager", "manager")?;
        Ok(words([
            ("--kubeconfig", kubeconfig),
            // It serves nothing that a test asks for.
            ("--secure-port", "0".into()),
            ("--use-service-account-credentials", "true".into()),
            ("--service-account-private-key-file", self.file("sa.key")),
            ("--root-ca-file", self.file("ca.crt")),
            ("--cluster-signing-cert-file", self.file("ca.crt")),
            ("--cluster-signing-key-file", self.file("ca.key")),
            (
                "--service-cluster-ip-range",
                self.shape.services.to_string(),
            ),
            ("--cluster-cidr", self.shape.pods.to_string()),
            ("--allocate-node-cidrs", "true".into()),
            ("--leader-elect", "false".into()),
        ]))
    }

    fn scheduler(&self) -> Result<Vec<String>, Error> {
        let kubeconfig = self.written_kubeconfig("system:kube-scheduler", "scheduler")?;
        Ok(words([
            ("--kubeconfig", kubeconfig),
            ("--secure-port", "0".into()),
            ("--leader-elect", "false".into()),
        ]))
    }

    fn written_kubeconfig(&self, user: &str, name: &str) -> Result<String, Error> {
        let path = self.folder.join(format!("{name}.kubeconfig"));
        secret(&path, &self.access.kubeconfig(user))?;
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

fn words<const N: usize>(flags: [(&str, String); N]) -> Vec<String> {
    flags
        .map(|(flag, value)| format!("{flag}={value}"))
        .to_vec()
}
