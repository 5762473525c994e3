//! The credentials of a cluster: tokens, a client certificate, and kubeconfigs with inline data.

use crate::{
    Error,
    ca::{CertificateAuthority, CertificatePair},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::{
    Api,
    api::{DynamicObject, Patch, PatchParams},
    core::{ApiResource, GroupVersionKind},
};
use serde_json::{Value, json};

/// The users with a token: name, group, and the ClusterRole that the group is bound to.
const USERS: [(&str, &str, Option<&str>); 6] = [
    ("admin", "system:masters", None),
    ("ops", "ops", Some("cluster-admin")),
    ("viewer", "viewers", Some("view")),
    ("unprivileged", "unprivileged", None),
    ("system:kube-controller-manager", "", None),
    ("system:kube-scheduler", "", None),
];

/// A user with a token.
#[derive(Clone, Debug)]
struct Account {
    user: String,
    group: String,
    token: String,
}

impl Account {
    fn new(user: &str, group: &str) -> Self {
        Self {
            user: user.to_owned(),
            group: group.to_owned(),
            token: format!("lab-{:032x}", rand::random::<u128>()),
        }
    }
}

/// Everything that a client needs to connect to a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) cluster: String,
    pub(crate) server: String,
    pub(crate) ca: String,
    accounts: Vec<Account>,
    certificate: CertificatePair,
}

impl Access {
    pub(crate) fn new(
        cluster: &str,
        server: String,
        ca: &CertificateAuthority,
    ) -> Result<Self, Error> {
        let account = |(user, group, _): (&str, &str, _)| Account::new(user, group);
        Ok(Self {
            cluster: cluster.to_owned(),
            server,
            ca: ca.pem.clone(),
            accounts: USERS.map(account).to_vec(),
            certificate: ca.client("admin-by-certificate", Some("system:masters"))?,
        })
    }

    /// Adds a user with a token.
    pub(crate) fn add_user(&mut self, user: &str, group: &str) {
        self.accounts.push(Account::new(user, group));
    }

    /// The token of a user; an invalid token for an unknown user.
    pub(crate) fn token(&self, user: &str) -> &str {
        let account = self.accounts.iter().find(|account| account.user == user);
        account.map_or("unknown", |account| &account.token)
    }

    /// The content of the file for `--token-auth-file`.
    pub(crate) fn token_file(&self) -> String {
        let line = |account: &Account| {
            let Account { user, group, token } = account;
            format!("{token},{user},{user},\"{group}\"\n")
        };
        self.accounts.iter().map(line).collect()
    }

    /// Creates the ClusterRoleBindings of the users.
    pub(crate) async fn bind_users(&self) -> Result<(), Error> {
        let client = self.client("admin")?;
        let kind = GroupVersionKind::gvk("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding");
        let api: Api<DynamicObject> = Api::all_with(client, &ApiResource::from_gvk(&kind));
        for binding in Self::bindings() {
            let name = binding["metadata"]["name"].as_str().unwrap_or_default();
            let parameters = PatchParams::apply("lab");
            let applied = api.patch(name, &parameters, &Patch::Apply(&binding)).await;
            applied.map_err(|error| self.refused("bind its users", error))?;
        }
        Ok(())
    }

    /// The error of a request that the cluster refused.
    pub(crate) fn refused(
        &self,
        attempt: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::Refused {
            cluster: self.cluster.clone(),
            attempt,
            source: source.into(),
        }
    }

    /// The ClusterRoleBindings of the users.
    fn bindings() -> impl Iterator<Item = Value> {
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

    /// A kubeconfig with the token of a user.
    pub(crate) fn kubeconfig(&self, user: &str) -> String {
        self.render(user, &format!("token: {}", self.token(user)))
    }

    /// A kubeconfig with the client certificate of the administrator.
    pub(crate) fn certificate_kubeconfig(&self) -> String {
        let certificate = STANDARD.encode(&self.certificate.certificate);
        let key = STANDARD.encode(&self.certificate.key);
        let credentials =
            format!("client-certificate-data: {certificate}\n    client-key-data: {key}");
        self.render("admin-by-certificate", &credentials)
    }

    fn render(&self, user: &str, credentials: &str) -> String {
        let Self {
            cluster,
            server,
            ca,
            ..
        } = self;
        let ca = STANDARD.encode(ca);
        format!(
            "apiVersion: v1
kind: Config
clusters:
- name: {cluster}
  cluster:
    server: {server}
    certificate-authority-data: {ca}
users:
- name: {cluster}-{user}
  user:
    {credentials}
contexts:
- name: {cluster}
  context:
    cluster: {cluster}
    user: {cluster}-{user}
current-context: {cluster}
"
        )
    }

    /// A client with the token of a user; it must be used in the runtime that created it.
    pub(crate) fn client(&self, user: &str) -> Result<kube::Client, Error> {
        use rustls_pki_types::{CertificateDer, pem::PemObject as _};
        let refused = |source: Box<dyn std::error::Error + Send + Sync>| {
            self.refused("prepare a connection", source)
        };
        let server: http::Uri = self.server.parse().map_err(|e| refused(Box::new(e)))?;
        let mut config = kube::Config::new(server);
        let ca = CertificateDer::from_pem_slice(self.ca.as_bytes());
        let ca = ca.map_err(|e| refused(Box::new(e)))?;
        config.root_cert = Some(vec![ca.to_vec()]);
        config.auth_info.token = Some(self.token(user).to_owned().into());
        kube::Client::try_from(config).map_err(|e| refused(Box::new(e)))
    }
}
