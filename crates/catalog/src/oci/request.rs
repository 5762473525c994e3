//! Authenticated requests to a registry.
//!
//! Credentials are sent only to the registry itself, and to its token service when that has the same origin.
//! Start at [`Registry::get`].

use super::{Registry, challenge::Challenge, token};
use crate::{
    Error,
    client::{RedirectPolicy, Request, Response, redacted},
    credentials::{Credentials, bearer},
    fetch_error::{CredentialsSent, FetchError},
};
use reqwest::header::{ACCEPT, HeaderValue, WWW_AUTHENTICATE};
use url::Url;
use wire::Secret;

/// The size limit of a token response.
const MAX_TOKEN_BYTES: u64 = 1 << 20;

impl Registry {
    /// Sends a request, and repeats it once with the credentials that the registry asks for.
    pub(super) async fn get(
        &self,
        url: Url,
        path: &str,
        accept: &'static str,
        max_bytes: u64,
        redirects: RedirectPolicy,
    ) -> Result<Response, Error> {
        let at = redacted(&url);
        let failed = |source| Error::Fetch {
            url: at.clone(),
            source,
        };
        let token = self.tokens.get(path);
        let authorization = match (&token, self.client.credentials()) {
            (Some(token), _) => bearer(token),
            (None, Credentials::Token(token)) => bearer(token),
            // A password is sent only after the challenge of the registry.
            (None, _) => None,
        };
        let headers = [(ACCEPT, HeaderValue::from_static(accept))];
        let request = |authorization| Request {
            url: url.clone(),
            authorization,
            headers: &headers,
            max_bytes,
            redirects,
        };
        let response = self
            .client
            .get(request(authorization))
            .await
            .map_err(failed)?;
        if response.status != 401 {
            return Ok(response);
        }
        self.tokens.remove(path);
        let challenge = response
            .header(&WWW_AUTHENTICATE)
            .and_then(Challenge::parse);
        let authorization = match challenge {
            Some(Challenge::Basic) => self.client.authorization_for(&url),
            Some(Challenge::Bearer {
                realm,
                service,
                scope,
            }) => {
                let scope =
                    scope.or_else(|| (!path.is_empty()).then(|| format!("repository:{path}:pull")));
                let token = self
                    .token(&realm, service.as_deref(), scope.as_deref())
                    .await
                    .map_err(failed)?;
                let header = bearer(&token);
                self.tokens.insert(path, token);
                header
            }
            None => None,
        };
        if authorization.is_none() {
            return Ok(response);
        }
        self.client
            .get(request(authorization))
            .await
            .map_err(failed)
    }

    /// Fetches a token. The credentials are sent only to the registry's own origin.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Secret<String>, FetchError> {
        let other_origin = || FetchError::CrossOriginRealm {
            realm: realm.chars().take(200).collect(),
        };
        let mut url = Url::parse(realm).map_err(|_| other_origin())?;
        let own = self.client.is_own(&url);
        if !own && (*self.client.credentials() != Credentials::Anonymous || url.scheme() != "https")
        {
            return Err(FetchError::CrossOriginRealm {
                realm: redacted(&url),
            });
        }
        for (key, value) in [("service", service), ("scope", scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(key, value);
            }
        }
        let authorization = self.client.authorization_for(&url);
        let sent = if authorization.is_some() {
            CredentialsSent::Yes
        } else {
            CredentialsSent::No
        };
        let request = Request {
            url,
            authorization,
            headers: &[],
            max_bytes: MAX_TOKEN_BYTES,
            redirects: RedirectPolicy::SameOrigin,
        };
        let body = self.client.get(request).await?.content(sent)?;
        let rejected = || FetchError::CredentialsRejected { status: 401, sent };
        token::parse(&body).ok_or_else(rejected)
    }

    pub(super) fn content(&self, response: Response, at: &str) -> Result<Vec<u8>, Error> {
        let sent = match self.client.credentials() {
            Credentials::Anonymous => CredentialsSent::No,
            _ => CredentialsSent::Yes,
        };
        let body = response.content(sent);
        body.map_err(|source| Error::Fetch {
            url: at.to_owned(),
            source,
        })
    }
}
