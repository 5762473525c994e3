//! The HTTP client of repositories, with limits on size, time, redirects and the use of credentials.
//!
//! A redirect is followed within the same origin. Only content with a known digest may be redirected to
//! another origin: over HTTPS, to a public address, and without credentials. Start at [`Client::get`].

use crate::{
    credentials::Credentials,
    fetch_error::{CredentialsSent, FetchError},
    resolver::{AllowedHosts, Resolver, tls},
};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect::Policy,
};
use std::time::Duration;
use url::Url;

/// The number of redirects that are followed.
const MAX_REDIRECTS: usize = 5;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The timeout of requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) timeout: Duration,
}

/// A request.
pub(crate) struct Request<'a> {
    pub(crate) url: Url,
    /// The `Authorization` header; it is sent to the URL's own origin only.
    pub(crate) authorization: Option<HeaderValue>,
    /// Additional headers.
    pub(crate) headers: &'a [(HeaderName, HeaderValue)],
    /// The maximum size of the body.
    pub(crate) max_bytes: u64,
    /// The redirects that are followed.
    pub(crate) redirects: RedirectPolicy,
}

/// The redirects that a request follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RedirectPolicy {
    /// Within the same scheme, host and port.
    SameOrigin,
    /// To any public address: the digest of the content is known.
    PublicContent,
}

/// A response.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The client of one repository, and of other hosts that it refers to.
#[derive(Clone)]
pub(crate) struct Client {
    own: reqwest::Client,
    others: reqwest::Client,
    /// The hosts that `own` may dial.
    hosts: AllowedHosts,
    network: Network,
    origin: Url,
    credentials: Credentials,
}

impl Client {
    /// A client of `origin`, which receives the credentials and is verified by the CA bundle.
    pub(crate) fn new(
        origin: &Url,
        credentials: &Credentials,
        ca_bundle: &str,
        hosts: AllowedHosts,
        network: Network,
    ) -> Result<Self, FetchError> {
        if *credentials != Credentials::Anonymous && !is_confidential(origin) {
            return Err(FetchError::InsecureCredentials);
        }
        Ok(Self {
            own: build_client(ca_bundle, hosts, network)?,
            others: build_client("", AllowedHosts::Public, network)?,
            hosts,
            network,
            origin: origin.clone(),
            credentials: credentials.clone(),
        })
    }

    /// A client of another origin that this repository names: without its credentials, and for public
    /// addresses only; the same client for its own origin.
    pub(crate) fn for_origin(&self, origin: &Url) -> Result<Self, FetchError> {
        if self.is_own(origin) {
            return Ok(self.clone());
        }
        let (anonymous, public) = (Credentials::Anonymous, AllowedHosts::Public);
        Self::new(origin, &anonymous, "", public, self.network)
    }

    /// Whether a URL has the origin that the credentials belong to.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }

    /// The credentials.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The authorization header for a URL of the credentials' origin.
    pub(crate) fn authorization_for(&self, url: &Url) -> Option<HeaderValue> {
        self.credentials.header().filter(|_| self.is_own(url))
    }

    /// Sends a request and follows redirects; any other status is a response.
    pub(crate) async fn get(&self, request: Request<'_>) -> Result<Response, FetchError> {
        let timeout = self.network.timeout;
        let response = tokio::time::timeout(timeout, self.follow_redirects(request)).await;
        response.map_err(|_| FetchError::TimedOut(timeout))?
    }

    async fn follow_redirects(&self, request: Request<'_>) -> Result<Response, FetchError> {
        let mut url = request.url.clone();
        let mut foreign = !self.is_own(&url);
        for _ in 0..=MAX_REDIRECTS {
            let head = self.send(&url, foreign, &request).await?;
            let Some(next) = redirect_target(&url, &head) else {
                let body =
                    read_body(head.response, request.max_bytes, self.network.timeout).await?;
                return Ok(Response {
                    status: head.status,
                    headers: head.headers,
                    body,
                });
            };
            if next.origin() != url.origin() {
                check_cross_origin(&next, request.redirects)?;
                foreign = true;
            }
            url = next;
        }
        Err(FetchError::TooManyRedirects)
    }

    async fn send(
        &self,
        url: &Url,
        foreign: bool,
        request: &Request<'_>,
    ) -> Result<ResponseHead, FetchError> {
        let (client, hosts) = if foreign {
            (&self.others, AllowedHosts::Public)
        } else {
            (&self.own, self.hosts)
        };
        hosts.check_url(url)?;
        let mut builder = client.get(url.clone());
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(authorization) = request
            .authorization
            .as_ref()
            .filter(|_| url.origin() == request.url.origin())
        {
            builder = builder.header(AUTHORIZATION, authorization);
        }
        let failed = |error| FetchError::from_reqwest(error, self.network.timeout);
        let response = builder.send().await.map_err(failed)?;
        Ok(ResponseHead {
            status: response.status(),
            headers: response.headers().clone(),
            response,
        })
    }
}

/// A response whose body has not been read.
struct ResponseHead {
    status: StatusCode,
    headers: HeaderMap,
    response: reqwest::Response,
}

impl Response {
    /// The body of a 200; any other status is an error, which tells whether credentials were sent.
    pub(crate) fn content(self, sent: CredentialsSent) -> Result<Vec<u8>, FetchError> {
        match self.status.as_u16() {
            200 => Ok(self.body),
            status @ (401 | 403) => Err(FetchError::CredentialsRejected { status, sent }),
            status => Err(FetchError::Status { status }),
        }
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn build_client(
    ca_bundle: &str,
    hosts: AllowedHosts,
    network: Network,
) -> Result<reqwest::Client, FetchError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(ca_bundle)?)
        .dns_resolver(Resolver(hosts))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT.min(network.timeout))
        .user_agent("meshspan")
        .build()
        .map_err(FetchError::Request)
}

/// Whether a request is confidential: over TLS, or to the loopback address.
fn is_confidential(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(v4)) => v4.is_loopback(),
        Some(url::Host::Ipv6(v6)) => v6.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || loopback
}

/// The target of a redirect; none for any other response.
fn redirect_target(from: &Url, head: &ResponseHead) -> Option<Url> {
    if !matches!(head.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = head.headers.get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

/// Whether a redirect may leave the origin of the request.
fn check_cross_origin(to: &Url, redirects: RedirectPolicy) -> Result<(), FetchError> {
    if redirects == RedirectPolicy::PublicContent && to.scheme() == "https" {
        return Ok(());
    }
    Err(FetchError::CrossOriginRedirect { to: redacted(to) })
}

/// A URL without its possible secrets: user, password, query and fragment.
pub(crate) fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.into()
}

/// The body, at most `max` bytes of it.
async fn read_body(
    mut response: reqwest::Response,
    max: u64,
    timeout: Duration,
) -> Result<Vec<u8>, FetchError> {
    let failed = |error| FetchError::from_reqwest(error, timeout);
    if response.content_length().is_some_and(|length| length > max) {
        return Err(FetchError::TooLarge { max });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if (body.len() + chunk.len()) as u64 > max {
            return Err(FetchError::TooLarge { max });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::address::AddressPolicy;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn only_content_with_a_known_digest_is_redirected_to_another_origin_over_https() {
        let elsewhere = url("https://files.example/a.tgz?signature=secret");
        assert!(check_cross_origin(&elsewhere, RedirectPolicy::PublicContent).is_ok());
        let refused =
            check_cross_origin(&elsewhere, RedirectPolicy::SameOrigin).expect_err("another origin");
        assert!(!format!("{refused:?}").contains("secret"));
        assert!(
            check_cross_origin(
                &url("http://files.example/a.tgz"),
                RedirectPolicy::PublicContent
            )
            .is_err()
        );
    }

    #[test]
    fn credentials_are_sent_to_their_own_origin_only() {
        let network = Network {
            timeout: CONNECT_TIMEOUT,
        };
        let credentials = Credentials::Token(wire::Secret::new("t".to_owned()));
        let hosts = AllowedHosts::Operator(AddressPolicy::Remote);
        let own = url("https://charts.example/index.yaml");
        let client = Client::new(&own, &credentials, "", hosts, network).expect("a client");
        for (text, sent) in [
            ("https://charts.example/a.tgz", true),
            ("https://charts.example:8443/a.tgz", false),
            ("http://charts.example/a.tgz", false),
            ("https://files.example/a.tgz", false),
        ] {
            assert_eq!(
                client.authorization_for(&url(text)).is_some(),
                sent,
                "{text}"
            );
        }
    }

    #[test]
    fn credentials_are_sent_in_plain_to_loopback_only() {
        for (text, confidential) in [
            ("https://charts.example", true),
            ("http://charts.example", false),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
        ] {
            assert_eq!(is_confidential(&url(text)), confidential, "{text}");
        }
    }
}
