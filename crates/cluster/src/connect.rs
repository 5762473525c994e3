//! The client of one cluster: a deadline on each call, retries with jitter, addresses checked.
//!
//! kube-rs has no read timeout by default, so every call here has a deadline. [`retry`] decides which
//! calls are retried; a 409 is retried only by read-modify-write callers.

mod echo;
mod retry;
mod token;
mod unreachable;

use crate::{
    ApiStatus, AuthInfo, Credentials, Error, Verb,
    address::{AddressPolicy, Resolver},
    credentials, crypto,
    kinds::KindsCache,
    limits::Limited,
};
use echo::SentToken;
use futures::future::BoxFuture;
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use kube::{
    Client, Config,
    client::{Body, ConfigExt as _, UpgradeConnectionError},
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use std::{future::Future, sync::Arc, time::Duration};
use tower::{
    BoxError, Layer as _, Service, ServiceExt as _, buffer::BufferLayer, retry::RetryLayer,
};
use unreachable::connection_error;
pub(crate) use unreachable::failure;
use wire::ClusterName;

/// The name of the field manager that owns the fields of applied objects.
pub const FIELD_MANAGER: &str = "meshspan";

/// The default timeout of one call.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection of a cluster is kept, and how many of them: each takes some 65 kB, and a console
/// may have hundreds of clusters.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_IDLE_CONNECTIONS: usize = 2;
/// The buffer that each connection keeps, in bytes; the headers of a response have to fit.
const READ_BUFFER: usize = 16 << 10;

/// The client of one cluster. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    name: ClusterName,
    /// The API server's URL; none over a tower service.
    server: Option<String>,
    /// The name of the field manager.
    pub(crate) manager: Arc<str>,
    pub(crate) client: Client,
    sent: SentToken,
    pub(crate) kinds: Arc<KindsCache>,
    timeout: Duration,
}

impl Cluster {
    /// Configures the client; nothing is dialled before the first call.
    ///
    /// # Errors
    /// [`Error::Address`] when the policy refuses the address, [`Error::Connect`] when certificate or key
    /// are invalid.
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
        let config = client_config(uri, credentials).map_err(|bad| failed(Box::new(bad)))?;
        // The error is left out: it may quote the key.
        let service = client_stack(&config, &credentials.auth_info, policy)
            .map_err(|_| failed(Box::new(BadCredentials::Tls)))?;
        Ok(Self {
            server: Some(credentials.server.clone()),
            sent: SentToken::of(&credentials.auth_info),
            ..Self::with_service(name, service)
        })
    }

    /// A cluster behind a tower service, such as the sandbox's: the same calls, no network.
    pub fn from_service<S, B>(service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let name = ClusterName::new("sandbox").unwrap_or_else(|_| unreachable!("a plain label"));
        Self::with_service(name, service)
    }

    /// A cluster whose responses are limited, whatever answers.
    fn with_service<S, B>(name: ClusterName, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self {
            name,
            server: None,
            manager: FIELD_MANAGER.into(),
            client: Client::new(Limited(service), "default"),
            sent: SentToken::default(),
            kinds: Arc::default(),
            timeout: CALL_TIMEOUT,
        }
    }

    /// The same cluster under another name.
    #[must_use]
    pub fn with_name(mut self, name: ClusterName) -> Self {
        self.name = name;
        self
    }

    /// The same cluster with another timeout for each call.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same cluster with another field manager.
    #[must_use]
    pub fn with_field_manager(mut self, manager: &str) -> Self {
        self.manager = manager.into();
        self
    }

    /// The name of the cluster in this console.
    pub fn name(&self) -> &ClusterName {
        &self.name
    }

    /// The API server's URL, `https://host:port`; none over a tower service.
    pub fn server(&self) -> Option<&str> {
        self.server.as_deref()
    }

    /// Awaits `call` with the timeout and converts its error. Boxed: kube's futures are large, and each use
    /// case would contain all of its calls.
    pub(crate) fn call<'a, T: 'a>(
        &'a self,
        verb: Verb,
        object: impl ToString,
        call: impl Future<Output = kube::Result<T>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Error>> {
        let object = object.to_string();
        Box::pin(async move {
            match tokio::time::timeout(self.timeout, call).await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(self.error(verb, object, error)),
                Err(_) => Err(Error::TimedOut {
                    cluster: self.name.clone(),
                    verb,
                    object,
                    after: self.timeout,
                }),
            }
        })
    }

    pub(crate) fn error(&self, verb: Verb, object: String, error: kube::Error) -> Error {
        let cluster = self.name.clone();
        let status = match error {
            kube::Error::Api(status) => status,
            kube::Error::UpgradeConnection(UpgradeConnectionError::ProtocolSwitch(status))
                if matches!(status.as_u16(), 401 | 403 | 404) =>
            {
                let source = ApiStatus {
                    code: status.as_u16(),
                    reason: status
                        .canonical_reason()
                        .unwrap_or_default()
                        .replace(' ', ""),
                    message: format!("the API server answers with HTTP status {status}"),
                    causes: Vec::new(),
                };
                return Error::Refused {
                    cluster,
                    verb,
                    object,
                    source,
                };
            }
            error => return connection_error(cluster, verb, object, error),
        };
        let causes = status
            .details
            .map(|details| details.causes)
            .unwrap_or_default();
        let source = self.sent.out_of(ApiStatus {
            code: status.code,
            reason: status.reason,
            message: status.message,
            causes: causes
                .into_iter()
                .map(|cause| (cause.field, cause.message))
                .collect(),
        });
        Error::Refused {
            cluster,
            verb,
            object,
            source,
        }
    }
}

/// Credentials of which no client can be made. No variant repeats anything of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum BadCredentials {
    #[error("the CA bundle is not PEM")]
    CaBundle,
    #[error("the token contains characters that no header may have")]
    Token,
    #[error("the client certificate is not PEM")]
    Certificate,
    #[error("the client key is not PEM")]
    Key,
    #[error("the client certificate and its key cannot be used")]
    Tls,
}

fn client_config(uri: http::Uri, credentials: &Credentials) -> Result<Config, BadCredentials> {
    let mut config = Config::new(uri);
    let ca_certificates: Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(credentials.ca_bundle.as_bytes()).collect();
    let ca_certificates = ca_certificates.map_err(|_| BadCredentials::CaBundle)?;
    // Without any, the verifier of the platform decides.
    config.root_cert = (!credentials.ca_bundle.is_empty()).then(|| {
        ca_certificates
            .into_iter()
            .map(|der| der.to_vec())
            .collect()
    });
    config
        .tls_server_name
        .clone_from(&credentials.tls_server_name);
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.write_timeout = Some(CALL_TIMEOUT);
    config.proxy_url = None;
    match &credentials.auth_info {
        AuthInfo::Token(token) => {
            let text = format!("Bearer {}", token.reveal());
            let mut value =
                http::HeaderValue::from_str(&text).map_err(|_| BadCredentials::Token)?;
            value.set_sensitive(true);
            config.headers.push((http::header::AUTHORIZATION, value));
        }
        // Read again for each call.
        AuthInfo::TokenFile(_) => {}
        AuthInfo::Certificate { certificate, key } => {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            if !credentials::are_certificates(certificate) {
                return Err(BadCredentials::Certificate);
            }
            if !credentials::is_private_key(key.reveal()) {
                return Err(BadCredentials::Key);
            }
            config.auth_info.client_certificate_data = Some(STANDARD.encode(certificate));
            config.auth_info.client_key_data = Some(STANDARD.encode(key.reveal()).into());
        }
    }
    Ok(config)
}

fn client_stack(
    config: &Config,
    auth_info: &AuthInfo,
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
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.set_nodelay(true);
    crypto::install();
    let https = config.rustls_https_connector_with_connector(connector)?;
    let client: Hyper<_, Body> = Hyper::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
        .http1_read_buf_exact_size(READ_BUFFER)
        .build(https);
    let client = client.map_err(BoxError::from);
    let client = config.extra_headers_layer()?.layer(client);
    let token_file = match auth_info {
        AuthInfo::TokenFile(file) => Some(file.as_path()),
        AuthInfo::Token(_) | AuthInfo::Certificate { .. } => None,
    };
    let client = token::TokenFromFile::new(client, token_file);
    let client = config.base_uri_layer().layer(client);
    let policy =
        retry::CallRetryPolicy::new().map_err(|error| kube::Error::Service(error.into()))?;
    let client = RetryLayer::new(policy).layer(client);
    Ok(BufferLayer::new(256).layer(client))
}
