//! Asks a registry, as whom it wants to be asked.
//!
//! A login goes along only where it belongs: to the registry, and to what gives out its tokens when
//! that is the registry itself. Start at [`Registry::get`].

use super::{Registry, challenge::Challenge, token};
use crate::{
    Error,
    client::{Answer, Ask, Leads, shown},
    fault::{Fault, Sent},
    login::{Login, bearer},
};
use reqwest::header::{ACCEPT, HeaderValue, WWW_AUTHENTICATE};
use url::Url;
use wire::Secret;

impl Registry {
    /// Asks, and once more with what the registry wants.
    pub(super) async fn get(
        &self,
        url: Url,
        path: &str,
        accept: &'static str,
        most: u64,
        leads: Leads,
    ) -> Result<Answer, Error> {
        let at = shown(&url);
        let fault = |source| Error::Fetch {
            url: at.clone(),
            source,
        };
        let token = self.tokens.kept(path);
        let login = match (&token, self.client.login()) {
            (Some(token), _) => bearer(token),
            (None, Login::Token(token)) => bearer(token),
            // A password goes out when the registry has said how it wants it.
            (None, _) => None,
        };
        let headers = [(ACCEPT, HeaderValue::from_static(accept))];
        let ask = |login| Ask {
            url: url.clone(),
            login,
            headers: &headers,
            most,
            leads,
        };
        let answer = self.client.get(ask(login)).await.map_err(fault)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget(path);
        let challenge = answer.header(&WWW_AUTHENTICATE).and_then(Challenge::read);
        let login = match challenge {
            Some(Challenge::Basic) => self.client.header_for(&url),
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
                    .map_err(fault)?;
                let header = bearer(&token);
                self.tokens.keep(path, token);
                header
            }
            None => None,
        };
        if login.is_none() {
            return Ok(answer);
        }
        self.client.get(ask(login)).await.map_err(fault)
    }

    /// Fetches a token. The login goes along only where it belongs.
    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        scope: Option<&str>,
    ) -> Result<Secret<String>, Fault> {
        let elsewhere = || Fault::OtherRealm {
            realm: realm.chars().take(200).collect(),
        };
        let mut url = Url::parse(realm).map_err(|_| elsewhere())?;
        let own = self.client.is_own(&url);
        if !own && (*self.client.login() != Login::Nobody || url.scheme() != "https") {
            return Err(Fault::OtherRealm { realm: shown(&url) });
        }
        for (key, value) in [("service", service), ("scope", scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(key, value);
            }
        }
        let login = self.client.header_for(&url);
        let sent = if login.is_some() {
            Sent::Login
        } else {
            Sent::Nothing
        };
        let ask = Ask {
            url,
            login,
            headers: &[],
            most: 1 << 20,
            leads: Leads::Within,
        };
        let body = self.client.get(ask).await?.content(sent)?;
        let refused = || Fault::Login { status: 401, sent };
        token::read(&body).ok_or_else(refused)
    }

    pub(super) fn content(&self, answer: Answer, at: &str) -> Result<Vec<u8>, Error> {
        let sent = match self.client.login() {
            Login::Nobody => Sent::Nothing,
            _ => Sent::Login,
        };
        let fetched = answer.content(sent);
        fetched.map_err(|source| Error::Fetch {
            url: at.to_owned(),
            source,
        })
    }
}
