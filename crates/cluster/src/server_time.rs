//! The time of an API server, from the `Date` header of its responses.

use crate::{Cluster, Error, Verb};
use jiff::{Timestamp, fmt::rfc2822};
use kube::client::Body;

impl Cluster {
    /// The time of the API server, to the second; none when its responses carry no date.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn server_time(&self) -> Result<Option<Timestamp>, Error> {
        let request = http::Request::get("/version").body(Body::empty());
        let request = request.map_err(|source| Error::Connect {
            cluster: self.name().clone(),
            source: source.into(),
        })?;
        let call = self.client.send(request);
        let response = self.call(Verb::Get, "the server time", call).await?;
        let date = response.headers().get(http::header::DATE);
        let text = date.and_then(|date| date.to_str().ok()).unwrap_or_default();
        let parsed = rfc2822::DateTimeParser::new().parse_timestamp(text);
        Ok(parsed.ok())
    }
}
