//! A cluster and the way to it: deadlines on each call, retries with jitter, addresses checked.
//!
//! kube-rs has no read timeout by default, so every call here ends by a deadline of ours; what is tried
//! again is in [`retry`]. A 409 is tried again only where we read, changed and wrote.

mod retry;
mod token;

use crate::{
    Credentials, Error, Kinds, Login, Said, Verb,
    address::{AddressPolicy, Refused, Resolver},
};
use futures::future::BoxFuture;
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::TokioExecutor,
};
use kube::{
    Client, Config,
    client::{Body, ConfigExt as _},
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use std::{future::Future, sync::Arc, time::Duration};
use tower::{
    BoxError, Layer as _, Service, ServiceExt as _, buffer::BufferLayer, retry::RetryLayer,
};
use wire::ClusterName;

/// The name under which we own fields of objects.
pub const FIELD_MANAGER: &str = "meshspan";

/// How long one call may take.
const DEADLINE: Duration = Duration::from_secs(20);
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// One cluster, ready to be asked. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    name: ClusterName,
    /// Where it is dialled; none over a service.
    server: Option<String>,
    /// The name under which it owns fields.
    pub(crate) manager: Arc<str>,
    pub(crate) client: Client,
    pub(crate) kinds: Arc<tokio::sync::RwLock<Option<Arc<Kinds>>>>,
    deadline: Duration,
}

impl Cluster {
    /// Prepares the connection; nothing is dialled before the first call.
    ///
    /// # Errors
    /// [`Error::Address`] when the address may not be dialled, [`Error::Connect`] when certificate or key
    /// cannot be used.
    pub fn connect(
        name: ClusterName,
        credentials: &Credentials,
        policy: AddressPolicy,
    ) -> Result<Self, Error> {
        let failed = |source: BoxError| Error::Connect {
            cluster: name.clone(),
            source,
        };
        let uri: http::Uri = credentials
            .server
            .parse()
            .map_err(|e| failed(Box::new(e)))?;
        let host = uri.host().unwrap_or_default().to_owned();
        policy.check_host(&host).map_err(|source| Error::Address {
            cluster: name.clone(),
            source,
        })?;
        let config = config_of(uri, credentials).map_err(failed)?;
        let service =
            stack(&config, &credentials.login, policy).map_err(|e| failed(Box::new(e)))?;
        Ok(Self {
            server: Some(credentials.server.clone()),
            ..Self::with(name, Client::new(service, "default"))
        })
    }

    /// A cluster over a tower service, such as the sandbox's: the same calls, no network.
    pub fn over<S, B>(service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let name = ClusterName::new("sandbox").unwrap_or_else(|_| unreachable!("a plain label"));
        Self::with(name, Client::new(service, "default"))
    }

    fn with(name: ClusterName, client: Client) -> Self {
        Self {
            name,
            server: None,
            manager: FIELD_MANAGER.into(),
            client,
            kinds: Arc::default(),
            deadline: DEADLINE,
        }
    }

    /// The same cluster under another name.
    #[must_use]
    pub fn named(mut self, name: ClusterName) -> Self {
        self.name = name;
        self
    }

    /// The same cluster with another deadline for each call.
    #[must_use]
    pub fn within_at_most(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The same cluster, but fields are owned under another name than ours.
    #[must_use]
    pub fn managing_as(mut self, manager: &str) -> Self {
        self.manager = manager.into();
        self
    }

    /// Its name in this console.
    pub fn name(&self) -> &ClusterName {
        &self.name
    }

    /// The address at which it is dialled, `https://host:port`; none over a tower service.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Awaits `call` for at most the deadline and words what went wrong. On the heap: kube's futures are
    /// large, and each use case would carry all of its calls along.
    pub(crate) fn call<'a, T: 'a>(
        &'a self,
        verb: Verb,
        object: impl ToString,
        call: impl Future<Output = kube::Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Error>> {
        let object = object.to_string();
        Box::pin(async move {
            match tokio::time::timeout(self.deadline, call).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(self.error(verb, object, error)),
                Err(_) => Err(Error::TimedOut {
                    cluster: self.name.clone(),
                    verb,
                    object,
                    after: self.deadline,
                }),
            }
        })
    }

    pub(crate) fn error(&self, verb: Verb, object: String, error: kube::Error) -> Error {
        let cluster = self.name.clone();
        let status = match error {
            kube::Error::Api(status) => status,
            other => return unreachable_or_refused(cluster, verb, object, other),
        };
        let causes = status
            .details
            .map(|details| details.causes)
            .unwrap_or_default();
        let source = Said {
            code: status.code,
            reason: status.reason,
            message: status.message,
            causes: causes
                .into_iter()
                .map(|cause| (cause.field, cause.message))
                .collect(),
        };
        Error::Refused {
            cluster,
            verb,
            object,
            source,
        }
    }
}

/// A connection that failed because its address is refused is told as such.
fn unreachable_or_refused(
    cluster: ClusterName,
    verb: Verb,
    object: String,
    error: kube::Error,
) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Error::Address {
                cluster,
                source: refused.clone(),
            };
        }
        cause = error.source();
    }
    Error::Unreachable {
        cluster,
        verb,
        object,
        source: Box::new(error),
    }
}

fn config_of(uri: http::Uri, credentials: &Credentials) -> Result<Config, BoxError> {
    let mut config = Config::new(uri);
    let authorities: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(credentials.authority.as_bytes()).collect();
    config.root_cert = Some(authorities?.into_iter().map(|der| der.to_vec()).collect());
    config
        .tls_server_name
        .clone_from(&credentials.tls_server_name);
    config.connect_timeout = Some(CONNECT_DEADLINE);
    config.write_timeout = Some(DEADLINE);
    config.proxy_url = None;
    match &credentials.login {
        Login::Token(token) => {
            let text = format!("Bearer {}", token.reveal());
            let mut value = http::HeaderValue::from_str(&text)?;
            value.set_sensitive(true);
            config.headers.push((http::header::AUTHORIZATION, value));
        }
        // Each call reads it anew.
        Login::TokenFile(_) => {}
        Login::Certificate { certificate, key } => {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            config.auth_info.client_certificate_data = Some(STANDARD.encode(certificate));
            config.auth_info.client_key_data = Some(STANDARD.encode(key.reveal()).into());
        }
    }
    Ok(config)
}

fn stack(
    config: &Config,
    login: &Login,
    policy: AddressPolicy,
) -> kube::Result<
    impl Service<
        http::Request<Body>,
        Response = http::Response<
            impl http_body::Body<Data = bytes::Bytes, Error: Into<BoxError>> + Send + 'static,
        >,
        Error = BoxError,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static,
> {
    let mut connector = HttpConnector::new_with_resolver(Resolver { policy });
    connector.enforce_http(false);
    connector.set_connect_timeout(Some(CONNECT_DEADLINE));
    connector.set_nodelay(true);
    let https = config.rustls_https_connector_with_connector(connector)?;
    let client: Hyper<_, Body> = Hyper::builder(TokioExecutor::new()).build(https);
    let client = client.map_err(BoxError::from);
    let client = config.extra_headers_layer()?.layer(client);
    let file = match login {
        Login::TokenFile(file) => Some(file.as_path()),
        Login::Token(_) | Login::Certificate { .. } => None,
    };
    let client = token::FromFile::new(client, file);
    let client = config.base_uri_layer().layer(client);
    let again = retry::Again::new().map_err(|error| kube::Error::Service(error.into()))?;
    let client = RetryLayer::new(again).layer(client);
    Ok(BufferLayer::new(256).layer(client))
}
