//! Who may talk to a cluster: its tokens, and kubeconfigs with everything inline.

use crate::{
    Error,
    ca::{Authority, Pair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// The users that have a token: name, groups, and the ClusterRole that is bound to them at the start.
const USERS: [(&str, &str, Option<&str>); 6] = [
    ("admin", "system:masters", None),
    ("ops", "ops", Some("cluster-admin")),
    ("viewer", "viewers", Some("view")),
    ("nobody", "nobodies", None),
    ("system:kube-controller-manager", "", None),
    ("system:kube-scheduler", "", None),
];

/// Everything a client needs to reach a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) cluster: String,
    pub(crate) server: String,
    pub(crate) authority: String,
    tokens: Vec<(&'static str, String)>,
    certificate: Pair,
}

impl Access {
    pub(crate) fn new(cluster: &str, port: u16, authority: &Authority) -> Result<Self, Error> {
        let token = |(user, _, _): (&'static str, _, _)| {
            (user, format!("lab-{:032x}", rand::random::<u128>()))
        };
        Ok(Self {
            cluster: cluster.to_owned(),
            server: format!("https://127.0.0.1:{port}"),
            authority: authority.pem.clone(),
            tokens: USERS.map(token).to_vec(),
            certificate: authority.client("admin-by-certificate", Some("system:masters"))?,
        })
    }

    /// A user's token; an unknown user has one that the cluster does not know.
    pub(crate) fn token(&self, user: &str) -> &str {
        let known = self.tokens.iter().find(|(known, _)| *known == user);
        known.map_or("unknown", |(_, token)| token)
    }

    /// What `--token-auth-file` names.
    pub(crate) fn token_file(&self) -> String {
        let line = |(user, group, _): (&str, &str, _)| {
            let token = self.token(user);
            format!("{token},{user},{user},\"{group}\"\n")
        };
        USERS.map(line).concat()
    }

    /// The bindings that give the users their rights.
    pub(crate) fn bindings() -> impl Iterator<Item = Value> {
        USERS.into_iter().filter_map(|(user, group, role)| {
            let role = role?;
            Some(json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                "metadata": {"name": format!("lab-{user}")},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
            }))
        })
    }

    /// A kubeconfig with a user's token.
    pub(crate) fn kubeconfig(&self, user: &str) -> String {
        self.written(user, &format!("token: {}", self.token(user)))
    }

    /// A kubeconfig with the administrator's certificate.
    pub(crate) fn certificate_kubeconfig(&self) -> String {
        let certificate = STANDARD.encode(&self.certificate.certificate);
        let key = STANDARD.encode(&self.certificate.key);
        let login = format!("client-certificate-data: {certificate}\n    client-key-data: {key}");
        self.written("admin-by-certificate", &login)
    }

    fn written(&self, user: &str, login: &str) -> String {
        let Self {
            cluster,
            server,
            authority,
            ..
        } = self;
        let authority = STANDARD.encode(authority);
        format!(
            "apiVersion: v1
kind: Config
clusters:
- name: {cluster}
  cluster:
    server: {server}
    certificate-authority-data: {authority}
users:
- name: {cluster}-{user}
  user:
    {login}
contexts:
- name: {cluster}
  context:
    cluster: {cluster}
    user: {cluster}-{user}
current-context: {cluster}
"
        )
    }

    /// A client with a user's token; it lives in the runtime that it was made in.
    pub(crate) fn client(&self, user: &str) -> Result<kube::Client, Error> {
        use rustls_pki_types::{CertificateDer, pem::PemObject as _};
        let refused = |source: Box<dyn std::error::Error + Send + Sync>| Error::Refused {
            cluster: self.cluster.clone(),
            attempt: "prepare a connection",
            source,
        };
        let server: http::Uri = self.server.parse().map_err(|e| refused(Box::new(e)))?;
        let mut config = kube::Config::new(server);
        let authority = CertificateDer::from_pem_slice(self.authority.as_bytes());
        let authority = authority.map_err(|e| refused(Box::new(e)))?;
        config.root_cert = Some(vec![authority.to_vec()]);
        config.auth_info.token = Some(self.token(user).to_owned().into());
        kube::Client::try_from(config).map_err(|e| refused(Box::new(e)))
    }
}
