//! Fetches bytes within bounds: size, time, redirects, and where a login goes.
//!
//! A redirect is followed within its own scheme, host and port. Only content whose digest is known
//! beforehand may lead elsewhere, over HTTPS, to a public address, and without the login. Start at
//! [`Client::get`].

use crate::{
    dial::{Hosts, Resolver, tls},
    fault::{Fault, Sent},
    login::Login,
};
use reqwest::{
    StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION},
    redirect::Policy,
};
use std::time::Duration;
use url::Url;
use wire::address::AddressPolicy;

/// How many redirects are followed.
const MOST_REDIRECTS: usize = 5;
const CONNECT: Duration = Duration::from_secs(5);

/// How far the catalog reaches, and how long it waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    pub(crate) addresses: AddressPolicy,
    pub(crate) deadline: Duration,
}

/// What is asked for.
pub(crate) struct Ask<'a> {
    pub(crate) url: Url,
    /// The `Authorization`; it goes to the URL's own origin only.
    pub(crate) login: Option<HeaderValue>,
    /// Further headers.
    pub(crate) headers: &'a [(HeaderName, HeaderValue)],
    /// The most bytes that are taken.
    pub(crate) most: u64,
    /// Whether the content may lie elsewhere.
    pub(crate) leads: Leads,
}

/// Where a redirect may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leads {
    /// Within the same scheme, host and port.
    Within,
    /// Anywhere public: the digest of the content is known.
    ToContent,
}

/// What came.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The way to one repository, and to places that it names.
#[derive(Clone)]
pub(crate) struct Client {
    own: reqwest::Client,
    others: reqwest::Client,
    network: Network,
    origin: Url,
    login: Login,
}

impl Client {
    /// The way to `origin`, which gets the login and is judged by the authority.
    pub(crate) fn new(
        origin: &Url,
        login: &Login,
        authority: &str,
        hosts: Hosts,
        network: Network,
    ) -> Result<Self, Fault> {
        if *login != Login::Nobody && !private_enough(origin) {
            return Err(Fault::LoginInPlain);
        }
        Ok(Self {
            own: built(authority, hosts, network)?,
            others: built("", Hosts::Strangers(network.addresses), network)?,
            network,
            origin: origin.clone(),
            login: login.clone(),
        })
    }

    /// Whether a URL is of the scheme, host and port that the login belongs to.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin()
    }

    /// How to log in.
    pub(crate) fn login(&self) -> &Login {
        &self.login
    }

    /// The login's header, for its own origin.
    pub(crate) fn header_for(&self, url: &Url) -> Option<HeaderValue> {
        self.login.header().filter(|_| self.is_own(url))
    }

    /// Asks; any status but a redirect comes back as an answer.
    pub(crate) async fn get(&self, ask: Ask<'_>) -> Result<Answer, Fault> {
        let deadline = self.network.deadline;
        let asked = tokio::time::timeout(deadline, self.follow(ask)).await;
        asked.map_err(|_| Fault::TimedOut(deadline))?
    }

    async fn follow(&self, ask: Ask<'_>) -> Result<Answer, Fault> {
        let mut url = ask.url.clone();
        let mut strayed = !self.is_own(&url);
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.once(&url, strayed, &ask).await?;
            let Some(next) = next(&url, &answer) else {
                let body = body(answer.response, ask.most, self.network.deadline).await?;
                return Ok(Answer {
                    status: answer.status,
                    headers: answer.headers,
                    body,
                });
            };
            if next.origin() != url.origin() {
                may_stray(&next, ask.leads)?;
                strayed = true;
            }
            url = next;
        }
        Err(Fault::Circles)
    }

    async fn once(&self, url: &Url, strayed: bool, ask: &Ask<'_>) -> Result<Head, Fault> {
        let (client, hosts) = if strayed {
            let hosts = Hosts::Strangers(self.network.addresses);
            (&self.others, hosts)
        } else {
            (&self.own, Hosts::Named(self.network.addresses))
        };
        hosts.check_url(url)?;
        let mut request = client.get(url.clone());
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if let Some(login) = ask
            .login
            .as_ref()
            .filter(|_| url.origin() == ask.url.origin())
        {
            request = request.header(AUTHORIZATION, login);
        }
        let failed = |error| Fault::of(error, self.network.deadline);
        let response = request.send().await.map_err(failed)?;
        Ok(Head {
            status: response.status(),
            headers: response.headers().clone(),
            response,
        })
    }
}

/// An answer whose body has not been read.
struct Head {
    status: StatusCode,
    headers: HeaderMap,
    response: reqwest::Response,
}

impl Answer {
    /// The body of a 200; any other status is a fault. A login that was sent is told apart from none.
    pub(crate) fn content(self, sent: Sent) -> Result<Vec<u8>, Fault> {
        match self.status.as_u16() {
            200 => Ok(self.body),
            status @ (401 | 403) => Err(Fault::Login { status, sent }),
            status => Err(Fault::Status { status }),
        }
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn built(authority: &str, hosts: Hosts, network: Network) -> Result<reqwest::Client, Fault> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls(authority)?)
        .dns_resolver(Resolver(hosts))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT.min(network.deadline))
        .user_agent("meshspan")
        .build()
        .map_err(Fault::Request)
}

/// Whether nobody else reads what is sent: over TLS, or without leaving this machine.
fn private_enough(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Ipv4(v4)) => v4.is_loopback(),
        Some(url::Host::Ipv6(v6)) => v6.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || loopback
}

/// Where an answer leads to, when it is a redirect.
fn next(from: &Url, answer: &Head) -> Option<Url> {
    if !matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers.get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

/// Whether a redirect may leave its origin.
fn may_stray(to: &Url, leads: Leads) -> Result<(), Fault> {
    if leads == Leads::ToContent && to.scheme() == "https" {
        return Ok(());
    }
    Err(Fault::LedAway { to: shown(to) })
}

/// A URL without what could be secret: user, password, query and fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.into()
}

/// The body, at most `most` bytes of it.
async fn body(
    mut response: reqwest::Response,
    most: u64,
    deadline: Duration,
) -> Result<Vec<u8>, Fault> {
    let failed = |error| Fault::of(error, deadline);
    if response
        .content_length()
        .is_some_and(|length| length > most)
    {
        return Err(Fault::TooLarge { most });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if (body.len() + chunk.len()) as u64 > most {
            return Err(Fault::TooLarge { most });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn only_content_with_a_known_digest_may_lie_elsewhere_and_over_https() {
        let elsewhere = url("https://files.example/a.tgz?signature=secret");
        assert!(may_stray(&elsewhere, Leads::ToContent).is_ok());
        let refused = may_stray(&elsewhere, Leads::Within).expect_err("it is elsewhere");
        assert!(!format!("{refused:?}").contains("secret"));
        assert!(may_stray(&url("http://files.example/a.tgz"), Leads::ToContent).is_err());
    }

    #[test]
    fn a_login_is_not_sent_in_plain_but_on_this_machine() {
        for (text, fine) in [
            ("https://charts.example", true),
            ("http://charts.example", false),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
        ] {
            assert_eq!(private_enough(&url(text)), fine, "{text}");
        }
    }
}
